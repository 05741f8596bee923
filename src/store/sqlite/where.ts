import { type Filter, foldTag } from '../../model/filter.ts';
import type { RecordKind } from '../../model/record.ts';
import type { SqlValue } from './connection.ts';
import { TABLES } from './tables.ts';
import { textValue } from './text-value.ts';

/** A condition on the record table under the alias `r`, with the values that it binds. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/**
 * `seek`: indexes of the filter's columns may lead. `walk`: the order of the query leads and the filter only checks, so
 * that a scan in pages goes over the table once instead of sorting all that passes for every page.
 */
export type Approach = 'seek' | 'walk';

/** The filter as SQL: model/filter.ts `matches` says what it must mean. */
export function whereFilter(kind: RecordKind, filter: Filter | undefined, approach: Approach): Condition {
  if (filter === undefined) return TRUE;
  const { projects, categories, tags, since, until } = filter;
  if (kind === 'code_unit' && categories.length + tags.length > 0) return FALSE;
  // A unary plus keeps SQLite from using an index for the term.
  const seek = approach === 'seek' ? '' : '+';
  const instant = `+r.${TABLES[kind].instant}`;
  const terms: Condition[] = [];
  if (projects.length > 0) terms.push(oneOf(`${seek}r.project_name`, projects.map(textValue)));
  if (categories.length > 0) terms.push(oneOf(`${seek}r.category`, categories.map(textValue)));
  if (since !== null) terms.push({ sql: `${instant} >= ?`, values: [since] });
  if (until !== null) terms.push({ sql: `${instant} <= ?`, values: [until] });
  if (tags.length > 0) terms.push(hasTag([...new Set(tags.map(foldTag))].map(textValue), approach));
  return terms.length === 0 ? TRUE : all(terms);
}

/** Whether the filter lets every record of the kind through. */
export function isTrue(condition: Condition): boolean {
  return condition === TRUE;
}

const TRUE: Condition = { sql: 'TRUE', values: [] };
const FALSE: Condition = { sql: 'FALSE', values: [] };

function oneOf(column: string, values: readonly SqlValue[]): Condition {
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, values };
}

function hasTag(tags: readonly SqlValue[], approach: Approach): Condition {
  const tagged = oneOf('t.tag', tags);
  const sql =
    approach === 'seek'
      ? `r.seq IN (SELECT t.seq FROM memory_tags t WHERE ${tagged.sql})`
      : `EXISTS (SELECT 1 FROM memory_tags t WHERE ${tagged.sql} AND t.seq = r.seq)`;
  return { sql, values: tagged.values };
}

function all(terms: readonly Condition[]): Condition {
  return { sql: terms.map(term => term.sql).join(' AND '), values: terms.flatMap(term => term.values) };
}

import type { Filter } from '../../model/filter.ts';
import type { Instant } from '../../model/instant.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Counts, Statistics, VectorGroup } from '../store.ts';
import type { Connection } from './connection.ts';
import { TABLES } from './tables.ts';
import { optionalTextOf, textOf, textValue } from './text-value.ts';
import { isTrue, whereFilter } from './where.ts';

/** Tombstones are counted whole: they have nothing that a filter could look at. */
export function countRecords(connection: Connection, filter: Filter | undefined): Counts {
  return connection.consistently(() => ({
    memories: countKind(connection, 'memory', filter),
    codeUnits: countKind(connection, 'code_unit', filter),
    tombstones: connection.integer('SELECT count(*) FROM tombstones'),
  }));
}

function countKind(connection: Connection, kind: RecordKind, filter: Filter | undefined): number {
  const where = whereFilter(kind, filter, 'seek');
  return connection.integer(
    `SELECT count(*) FROM ${TABLES[kind].records} r WHERE ${where.sql}`,
    where.values,
  );
}

type GroupRow = readonly [
  project: string | Uint8Array | null,
  category: string,
  lifecycle: string,
  count: bigint,
  oldest: bigint,
  newest: bigint,
];

export function statistics(connection: Connection, filter: Filter | undefined): Statistics {
  return connection.consistently(() => {
    const where = whereFilter('memory', filter, 'seek');
    // One pass over the narrow index memories_by_project, which covers this statement.
    const groups = connection.allExact<GroupRow>(
      `SELECT r.project_name, r.category, r.lifecycle_state, count(*), min(r.created_at), max(r.updated_at)
       FROM memories r WHERE ${where.sql} GROUP BY r.project_name, r.category, r.lifecycle_state`,
      where.values,
    );
    return {
      counts: countRecords(connection, filter),
      byCategory: sums(groups.map(row => [row[1], row[3]])),
      byProject: sums(groups.flatMap(row => (row[0] === null ? [] : [[textOf(row[0]), row[3]] as const]))),
      byTag: countTags(connection, filter),
      byLifecycle: sums(groups.map(row => [row[2], row[3]])),
      byLanguage: countLanguages(connection, filter),
      oldestCreatedAt: first(groups.map(row => row[4])),
      newestUpdatedAt: first(
        groups.map(row => -row[5]),
        -1n,
      ),
    };
  });
}

function countTags(connection: Connection, filter: Filter | undefined): Readonly<Record<string, number>> {
  const where = whereFilter('memory', filter, 'seek');
  const among = isTrue(where) ? 'TRUE' : `seq IN (SELECT r.seq FROM memories r WHERE ${where.sql})`;
  const sql = `SELECT tag, count(*) FROM memory_tags WHERE ${among} GROUP BY tag`;
  return countsByText(connection, sql, where.values);
}

function countLanguages(
  connection: Connection,
  filter: Filter | undefined,
): Readonly<Record<string, number>> {
  const where = whereFilter('code_unit', filter, 'seek');
  const sql = `SELECT r.language, count(*) FROM code_units r WHERE ${where.sql} GROUP BY r.language`;
  return countsByText(connection, sql, where.values);
}

function countsByText(
  connection: Connection,
  sql: string,
  values: Parameters<Connection['allExact']>[1],
): Readonly<Record<string, number>> {
  const rows = connection.allExact<readonly [string | Uint8Array, bigint]>(sql, values);
  return sums(rows.map(([text, count]) => [textOf(text), count]));
}

/** The counts added up by name, names sorted by UTF-16 code units. */
function sums(counts: readonly (readonly [string, bigint])[]): Readonly<Record<string, number>> {
  const totals = new Map<string, number>();
  for (const [name, count] of counts) totals.set(name, (totals.get(name) ?? 0) + Number(count));
  return Object.fromEntries([...totals].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The least of the values, times `sign`. */
function first(values: readonly Instant[], sign = 1n): Instant | null {
  const [start, ...rest] = values;
  if (start === undefined) return null;
  return sign * rest.reduce((least, value) => (value < least ? value : least), start);
}

export function pendingVectors(connection: Connection, model: string, dimensions: number | null): number {
  if (dimensions === null) {
    const sql = `SELECT count(*) FROM memories r LEFT JOIN memory_search_vectors s ON s.seq = r.seq AND s.model = ?
      WHERE s.seq IS NULL AND NOT (r.embedding_model IS ? AND r.embedding_dimensions IS NOT NULL)`;
    return connection.integer(sql, [textValue(model), textValue(model)]);
  }
  const sql = `SELECT (SELECT count(*) FROM memories)
    - (SELECT count(*) FROM memories WHERE embedding_model = ? AND embedding_dimensions = ?)
    - (SELECT count(*) FROM memory_search_vectors WHERE model = ? AND length(embedding) = 4 * ?)`;
  return connection.integer(sql, [textValue(model), dimensions, textValue(model), dimensions]);
}

type VectorGroupRow = readonly [string | Uint8Array | null, number, number];

/** Sorted as the content digest sorts them: by the model's JSON spelling, then the dimension. */
export function vectorGroups(
  connection: Connection,
  kind: RecordKind,
  filter: Filter | undefined,
): readonly (VectorGroup & { readonly count: number })[] {
  const where = whereFilter(kind, filter, 'seek');
  const sql = `SELECT r.embedding_model, r.embedding_dimensions, count(*) FROM ${TABLES[kind].records} r
    WHERE r.embedding_dimensions IS NOT NULL AND ${where.sql} GROUP BY r.embedding_model, r.embedding_dimensions`;
  const groups = connection
    .all<VectorGroupRow>(sql, where.values)
    .map(([model, dimensions, count]) => ({ model: optionalTextOf(model), dimensions, count }));
  return groups.sort((a, b) => {
    const [left, right] = [JSON.stringify(a.model), JSON.stringify(b.model)];
    return left === right ? a.dimensions - b.dimensions : left < right ? -1 : 1;
  });
}

import type { OnProgress } from '../../model/progress.ts';
import { readEntry } from '../../model/read-entry.ts';
import { RECORD_KINDS, type RecordKind } from '../../model/record.ts';
import type { StoreFault } from '../store.ts';
import type { Connection, SqlValue } from './connection.ts';
import { DERIVED, valuesOf } from './derived.ts';
import { TABLES } from './tables.ts';

const MOST_NAMED = 10;
const PAGE = 500;

/** Rows of one table that have none in another, as SQL that counts them. */
const ORPHANS: readonly (readonly [what: string, table: string, key: string, owners: string])[] = [
  ['vectors', 'memory_vectors', 'seq', 'memories'],
  ['search vectors', 'memory_search_vectors', 'seq', 'memories'],
  ['codes of vectors', 'memory_vector_codes', 'seq', 'memory_vectors'],
  ['codes of search vectors', 'memory_search_vector_codes', 'seq', 'memory_search_vectors'],
  ['tags', 'memory_tags', 'seq', 'memories'],
  ['full texts', 'memory_text_docsize', 'id', 'memories'],
  ['vectors of code', 'code_unit_vectors', 'seq', 'code_units'],
  ['full texts of code', 'code_unit_text_docsize', 'id', 'code_units'],
];

/** The pages of the file, as SQLite checks them, with its indexes and the inside of the full text. */
export function checkPages(connection: Connection): readonly StoreFault[] {
  const found = connection.all<readonly [string]>(`PRAGMA integrity_check(${MOST_NAMED})`);
  const references = connection.all<readonly SqlValue[]>('PRAGMA foreign_key_check').slice(0, MOST_NAMED);
  return [
    ...found.filter(([message]) => message !== 'ok').map(([message]) => fault('pages', message)),
    ...references.map(([table, row]) =>
      fault('pages', `row ${row} of ${table} names a row that is not there`),
    ),
  ];
}

/** What belongs to a record that is not there, and records that lack what each must have. */
export function checkReferences(connection: Connection): readonly StoreFault[] {
  const lacking = (kind: RecordKind): string => {
    const { records, text } = TABLES[kind];
    return `SELECT count(*) FROM ${records} r WHERE NOT EXISTS (SELECT 1 FROM ${text}_docsize t WHERE t.id = r.seq)`;
  };
  const wrongVectors = (kind: RecordKind): string => {
    const { records, vectors } = TABLES[kind];
    return `SELECT count(*) FROM ${records} r LEFT JOIN ${vectors} v ON v.seq = r.seq
      WHERE coalesce(length(v.embedding), 0) <> 4 * coalesce(r.embedding_dimensions, 0)`;
  };
  const counts: readonly (readonly [message: string, sql: string])[] = [
    ...ORPHANS.map(
      ([what, table, key, owners]) =>
        [
          `${what} that belong to nothing`,
          `SELECT count(*) FROM ${table} o WHERE NOT EXISTS (SELECT 1 FROM ${owners} r WHERE r.seq = o.${key})`,
        ] as const,
    ),
    ...RECORD_KINDS.flatMap(kind => [
      [`${NAMES[kind]} that the full text lacks`, lacking(kind)] as const,
      [`${NAMES[kind]} whose vector is not as long as their row says`, wrongVectors(kind)] as const,
    ]),
  ];
  return counts.flatMap(([message, sql]) => {
    const count = connection.integer(sql);
    return count === 0 ? [] : [fault('indexes', `${count} ${message}`)];
  });
}

/** Each record against the columns that are made from it, in pages, so that others get their turn. */
export function* checkRecords(
  connection: Connection,
  onProgress: OnProgress = () => {},
): Generator<readonly StoreFault[]> {
  let done = 0;
  for (const kind of RECORD_KINDS) {
    const { records, vectors } = TABLES[kind];
    const { columns } = DERIVED[kind];
    // Faults of vectors are counted by checkReferences.
    const sql = `SELECT r.seq, v.embedding, ${columns.map(name => `r.${name}`).join(', ')}
      FROM ${records} r LEFT JOIN ${vectors} v ON v.seq = r.seq WHERE r.seq > ? ORDER BY r.seq LIMIT ?`;
    for (let after = 0n; ; ) {
      const rows = connection.allExact<readonly SqlValue[]>(sql, [after, PAGE]);
      const last = rows.at(-1)?.[0];
      if (typeof last !== 'bigint') break;
      after = last;
      yield rows.flatMap(([, vector = null, ...values]) => checkRow(kind, vector, values));
      done += rows.length;
      onProgress({ phase: 'checking', done, total: null, unit: 'records' });
    }
  }
}

function checkRow(kind: RecordKind, vector: SqlValue, values: readonly SqlValue[]): readonly StoreFault[] {
  const { columns } = DERIVED[kind];
  const [line, id] = values.slice(-2);
  let expected: readonly SqlValue[];
  try {
    const entry = readEntry(kind, String(line), null);
    expected = valuesOf(entry, vector instanceof Uint8Array ? vector.length / 4 : null);
  } catch (error) {
    return [fault('records', `the ${NAME[kind]} ${String(id)} can't be read: ${String(error)}`)];
  }
  const wrong = columns.filter((_, i) => !sameValue(values[i], expected[i]));
  return wrong.length === 0
    ? []
    : [fault('indexes', `the ${NAME[kind]} ${String(id)} is filed under another ${wrong.join(', ')}`)];
}

function sameValue(a: SqlValue | undefined, b: SqlValue | undefined): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  if (typeof a === 'bigint' && typeof b === 'number') return a === BigInt(b);
  return a === b;
}

const NAME: Readonly<Record<RecordKind, string>> = { memory: 'memory', code_unit: 'code unit' };
const NAMES: Readonly<Record<RecordKind, string>> = { memory: 'memories', code_unit: 'code units' };

function fault(part: StoreFault['part'], message: string): StoreFault {
  return { part, message };
}

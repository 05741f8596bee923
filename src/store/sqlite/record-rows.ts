import type { Entry, RecordKind } from '../../model/record.ts';
import { vectorBytes } from '../../model/vector.ts';
import type { Write } from '../store.ts';
import type { Connection } from './connection.ts';
import type { RowPlace } from './journal.ts';
import { TABLES } from './tables.ts';

/** Writes the rows of one kind of record: all tables in which a record has one. */
export interface RecordRows<E extends Entry> {
  readonly kind: E['kind'];
  insert(write: RowWrite<E>): void;
  replace(row: StoredRow, write: RowWrite<E>): void;
  remove(row: StoredRow): void;
}

/** What is to be written of one record. */
export interface RowWrite<E extends Entry> {
  readonly entry: E;
  /** The own vector; never of length 0. */
  readonly vector: Float32Array | null;
  readonly searchVector: Write['searchVector'];
  readonly keepSearchVector: boolean;
  readonly contentHash: Uint8Array;
}

/** What columns hold besides what the record itself says. */
export interface DerivedParts {
  /** Of the own vector; null without one. */
  readonly dimensions: number | null;
  readonly contentHash: Uint8Array;
}

/** What a write needs to know of a row that is there already. */
export interface StoredRow extends RowPlace {
  readonly line: string;
  readonly contentHash: Uint8Array;
}

/** The rows of these ids, in ascending order of seq: the order in which the full text takes changes cheaply. */
export function storedRows(
  connection: Connection,
  kind: RecordKind,
  ids: readonly string[],
): readonly StoredRow[] {
  const sql = `SELECT seq, id, record, content_hash FROM ${TABLES[kind].records}
    WHERE id IN (SELECT value FROM json_each(?)) ORDER BY seq`;
  const rows = connection.all<readonly [number, string, string, Uint8Array]>(sql, [JSON.stringify(ids)]);
  return rows.map(([seq, id, line, contentHash]) => ({ kind, id, seq, line, contentHash }));
}

/** Sets the own vector of a row, in place of any that is there. */
export function setVector(
  connection: Connection,
  kind: RecordKind,
  seq: number | bigint,
  vector: Float32Array,
): void {
  const table = TABLES[kind].vectors;
  const bytes = vectorBytes(vector);
  // Neither INSERT OR REPLACE nor ON CONFLICT DO UPDATE: with the triggers of these tables they make SQLite copy every page
  // that they touch, to be able to take the statement back, and imports take half as long again.
  if (connection.run(`INSERT OR IGNORE INTO ${table} (seq, embedding) VALUES (?, ?)`, [seq, bytes]) === 0)
    connection.run(`UPDATE ${table} SET embedding = ? WHERE seq = ?`, [bytes, seq]);
}

export function removeVector(connection: Connection, kind: RecordKind, seq: number): void {
  connection.run(`DELETE FROM ${TABLES[kind].vectors} WHERE seq = ?`, [seq]);
}

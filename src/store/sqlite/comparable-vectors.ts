import type { ModelVectors, StoredVector } from '../store.ts';
import type { Connection, SqlValue } from './connection.ts';
import { PAGE_SIZE } from './scan.ts';
import { textValue } from './text-value.ts';

interface IdPage {
  readonly after: string | null;
  readonly limit: number;
}

/** A memory's own vector of a model, else its search vector of it: the two tables are disjoint per model. */
const JOINS = `LEFT JOIN memory_vectors v
    ON v.seq = r.seq AND r.embedding_model = ? AND r.embedding_dimensions = ?
  LEFT JOIN memory_search_vectors s ON s.seq = r.seq AND s.model = ? AND length(s.embedding) = 4 * ?`;

export function idsWithoutVector(
  connection: Connection,
  { model, dimensions }: ModelVectors,
  { after, limit }: IdPage,
): readonly string[] {
  const sql = `SELECT r.id FROM memories r
    LEFT JOIN memory_search_vectors s ON s.seq = r.seq AND s.model = ? AND length(s.embedding) = 4 * ?
    WHERE r.id > ? AND s.seq IS NULL AND NOT (r.embedding_model IS ? AND r.embedding_dimensions IS ?)
    ORDER BY r.id LIMIT ?`;
  const group = [textValue(model), dimensions];
  const values = [...group, after ?? '', ...group, limit];
  return connection.all<readonly [string]>(sql, values).map(([id]) => id);
}

export function comparableVectors(
  connection: Connection,
  { model, dimensions }: ModelVectors,
  which: readonly string[] | IdPage,
): readonly StoredVector[] {
  const select = `SELECT r.id, coalesce(v.embedding, s.embedding) FROM`;
  const isThere = '(v.seq IS NOT NULL OR s.seq IS NOT NULL)';
  const group: readonly SqlValue[] = [textValue(model), dimensions, textValue(model), dimensions];
  if (isPage(which)) {
    const sql = `${select} memories r ${JOINS} WHERE r.id > ? AND ${isThere} ORDER BY r.id LIMIT ?`;
    const room = Math.max(1, Math.floor(PAGE_SIZE / Math.max(1, 4 * dimensions)));
    return read(connection, sql, [...group, which.after ?? '', Math.min(which.limit, room)]);
  }
  const sql = `${select} memories r ${JOINS}
    WHERE r.id IN (SELECT value FROM json_each(?)) AND ${isThere} ORDER BY r.id`;
  return read(connection, sql, [...group, JSON.stringify(which)]);
}

function read(connection: Connection, sql: string, values: readonly SqlValue[]): readonly StoredVector[] {
  return connection.all<readonly [string, Uint8Array]>(sql, values).map(([id, bytes]) => ({ id, bytes }));
}

function isPage(which: readonly string[] | IdPage): which is IdPage {
  return !Array.isArray(which);
}

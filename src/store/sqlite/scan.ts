import { MemportError } from '../../errors.ts';
import { EVERYTHING } from '../../model/filter.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Page, StoredLine, StoredVector, VectorGroup } from '../store.ts';
import type { Connection } from './connection.ts';
import { TABLES } from './tables.ts';
import { optionalTextOf, optionalTextValue } from './text-value.ts';
import { whereFilter } from './where.ts';

export const ID_LENGTH = 36;

/** A page ends early when it holds so much (characters or bytes): records may be 16 MiB each. */
export const PAGE_SIZE = 1024 * 1024;

/** Columns of a StoredLine, in the order of LineRow. */
export const LINE_COLUMNS = 'r.id, r.record, r.embedding_model, r.embedding_dimensions';
export type LineRow = readonly [
  id: string,
  record: string,
  model: string | Uint8Array | null,
  dimensions: number | null,
];

export function storedLine([id, line, model, dimensions]: LineRow): StoredLine {
  return { id, line, model: optionalTextOf(model), dimensions };
}

export function scanLines(connection: Connection, kind: RecordKind, page: Page): readonly StoredLine[] {
  const where = whereFilter(kind, page.filter ?? EVERYTHING, 'walk');
  const sql = `SELECT ${LINE_COLUMNS} FROM ${TABLES[kind].records} r
    WHERE r.id > ? AND ${where.sql} ORDER BY r.id LIMIT ?`;
  const rows = connection.statement<LineRow>(sql).iterate(page.after ?? '', ...where.values, page.limit);
  const lines: StoredLine[] = [];
  let size = 0;
  for (const row of rows) {
    lines.push(storedLine(row));
    size += row[1].length;
    if (size >= PAGE_SIZE) break;
  }
  return lines;
}

export function scanVectors(
  connection: Connection,
  kind: RecordKind,
  group: VectorGroup,
  page: Page,
): readonly StoredVector[] {
  const { records, vectors } = TABLES[kind];
  const where = whereFilter(kind, page.filter ?? EVERYTHING, 'walk');
  // One text of ids and one blob of vectors for the page: a Buffer of its own for each vector costs more than the reading.
  // group_concat takes a blob's bytes as they are, and both columns in the same order.
  const sql = `SELECT group_concat(id, ''), CAST(group_concat(embedding, '') AS BLOB) FROM (
      SELECT r.id, v.embedding FROM ${records} r CROSS JOIN ${vectors} v ON v.seq = r.seq
      WHERE r.id > ? AND +r.embedding_model IS ? AND +r.embedding_dimensions = ? AND ${where.sql}
      ORDER BY r.id LIMIT ?)`;
  const size = 4 * group.dimensions;
  const room = Math.max(1, Math.floor(PAGE_SIZE / Math.max(1, size)));
  const [row] = connection.all<readonly [string | null, Uint8Array | null]>(sql, [
    page.after ?? '',
    optionalTextValue(group.model),
    group.dimensions,
    ...where.values,
    Math.min(page.limit, room),
  ]);
  const [ids, bytes] = row ?? [null, null];
  if (ids === null || bytes === null) return [];
  const count = ids.length / ID_LENGTH;
  if (bytes.length !== count * size)
    throw new MemportError('integrity', 'stored vectors are not of their length');
  return Array.from({ length: count }, (_, i) => ({
    id: ids.slice(i * ID_LENGTH, (i + 1) * ID_LENGTH),
    bytes: bytes.subarray(i * size, (i + 1) * size),
  }));
}

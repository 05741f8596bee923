import type { Filter } from '../../model/filter.ts';
import type { RecordKind } from '../../model/record.ts';
import { vectorFromBytes } from '../../model/vector.ts';
import type { NewestPage, RecordGroup, StoredEntry, StoredLine } from '../store.ts';
import type { Connection, SqlValue } from './connection.ts';
import { LINE_COLUMNS, type LineRow, storedLine } from './scan.ts';
import { TABLES } from './tables.ts';
import { optionalTextValue, textValue } from './text-value.ts';
import { whereFilter } from './where.ts';

type EntryRow = readonly [...LineRow, vector: Uint8Array | null];

export function entriesById(
  connection: Connection,
  kind: RecordKind,
  ids: readonly string[],
): readonly StoredEntry[] {
  const { records, vectors } = TABLES[kind];
  const sql = `SELECT ${LINE_COLUMNS}, v.embedding FROM ${records} r LEFT JOIN ${vectors} v ON v.seq = r.seq
    WHERE r.id IN (SELECT value FROM json_each(?))`;
  return connection.all<EntryRow>(sql, [JSON.stringify(ids)]).map(([id, line, model, dimensions, bytes]) => ({
    ...storedLine([id, line, model, dimensions]),
    vector: bytes === null ? null : vectorFromBytes(bytes),
  }));
}

/** The contract is that of Reader.lines. */
export function linesById(
  connection: Connection,
  kind: RecordKind,
  ids: readonly string[],
): readonly StoredLine[] {
  const sql = `SELECT ${LINE_COLUMNS} FROM ${TABLES[kind].records} r
    WHERE r.id IN (SELECT value FROM json_each(?))`;
  return connection.all<LineRow>(sql, [JSON.stringify(ids)]).map(storedLine);
}

/** Two terms, since only the first one can be looked up in the index. */
const BEHIND_PLACE = ' AND r.updated_at <= ? AND (r.updated_at < ? OR r.id > ?)';

export function newestMemories(
  connection: Connection,
  filter: Filter,
  page: NewestPage,
): readonly StoredLine[] {
  const where = whereFilter('memory', filter, 'seek');
  const [behind, values, offset]: readonly [string, readonly SqlValue[], number] =
    'after' in page
      ? [BEHIND_PLACE, [page.after.updatedAt, page.after.updatedAt, page.after.id], 0]
      : ['', [], page.offset];
  const sql = `SELECT ${LINE_COLUMNS} FROM memories r WHERE ${where.sql}${behind}
    ORDER BY r.updated_at DESC, r.id LIMIT ? OFFSET ?`;
  return connection.all<LineRow>(sql, [...where.values, ...values, page.limit, offset]).map(storedLine);
}

/** The contract is that of Reader.groupIds. */
export function groupIds(connection: Connection, group: RecordGroup, filter: Filter | undefined): string {
  const where = whereFilter(group.kind, filter, 'walk');
  const [members, order, values] =
    group.kind === 'memory'
      ? [
          'r.project_name IS ? AND r.category = ?',
          'r.created_at DESC, r.id DESC',
          [optionalTextValue(group.project), textValue(group.category)],
        ]
      : [
          'r.project_name = ?',
          "r.file_path, json_extract(r.record, '$.start_line'), r.id",
          [textValue(group.project)],
        ];
  const sql = `SELECT group_concat(id, '') FROM (
    SELECT r.id FROM ${TABLES[group.kind].records} r WHERE ${members} AND ${where.sql} ORDER BY ${order})`;
  const [row] = connection.all<readonly [string | null]>(sql, [...values, ...where.values]);
  return row?.[0] ?? '';
}

export function idsByPrefix(
  connection: Connection,
  kind: RecordKind,
  prefix: string,
  limit: number,
): readonly string[] {
  // A tilde sorts after everything that an id is made of.
  const sql = `SELECT id FROM ${TABLES[kind].records} WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`;
  return connection.all<readonly [string]>(sql, [prefix, `${prefix}~`, limit]).map(([id]) => id);
}

export function idsByContentHash(
  connection: Connection,
  kind: RecordKind,
  hashes: readonly string[],
): ReadonlyMap<string, string> {
  const sql = `SELECT lower(hex(content_hash)), min(id) FROM ${TABLES[kind].records}
    WHERE content_hash IN (SELECT unhex(value) FROM json_each(?)) GROUP BY content_hash`;
  return new Map(connection.all<readonly [string, string]>(sql, [JSON.stringify(hashes)]));
}

import type { RecordKind } from '../../model/record.ts';
import type { Tombstone } from '../../model/tombstone.ts';
import type { Connection } from './connection.ts';
import { TABLES } from './tables.ts';
import { textOf, textValue } from './text-value.ts';

type TombstoneRow = readonly [RecordKind, string, bigint, string | Uint8Array];

const COLUMNS = 'kind, id, deleted_at, content_hash';

export function tombstonePage(
  connection: Connection,
  page: { readonly after: Tombstone | null; readonly limit: number },
): readonly Tombstone[] {
  const sql = `SELECT ${COLUMNS} FROM tombstones WHERE (kind, id) > (?, ?) ORDER BY kind, id LIMIT ?`;
  const after = page.after ?? { kind: '', id: '' };
  return connection.allExact<TombstoneRow>(sql, [after.kind, after.id, page.limit]).map(tombstone);
}

/** The tombstones of these ids, by id. */
export function tombstonesOf(
  connection: Connection,
  kind: RecordKind,
  ids: readonly string[],
): ReadonlyMap<string, Tombstone> {
  const sql = `SELECT ${COLUMNS} FROM tombstones WHERE kind = ? AND id IN (SELECT value FROM json_each(?))`;
  const rows = connection.allExact<TombstoneRow>(sql, [kind, JSON.stringify(ids)]);
  return new Map(rows.map(row => [row[1], tombstone(row)]));
}

/** Sets one, in place of any that is there. */
export function setTombstone(connection: Connection, tombstone: Tombstone): void {
  const { kind, id, deletedAt, contentHash } = tombstone;
  const sql = `INSERT INTO tombstones (${COLUMNS}) VALUES (?, ?, ?, ?) ON CONFLICT (kind, id)
    DO UPDATE SET deleted_at = excluded.deleted_at, content_hash = excluded.content_hash`;
  connection.run(sql, [kind, id, deletedAt, textValue(contentHash)]);
}

export function removeTombstone(connection: Connection, kind: RecordKind, id: string): void {
  connection.run('DELETE FROM tombstones WHERE kind = ? AND id = ?', [kind, id]);
}

/** Whether a record or a tombstone stands under this id. */
export function isKnown(connection: Connection, { kind, id }: Tombstone): boolean {
  const sql = `SELECT EXISTS (SELECT 1 FROM ${TABLES[kind].records} WHERE id = ?)
    OR EXISTS (SELECT 1 FROM tombstones WHERE kind = ? AND id = ?)`;
  return connection.integer(sql, [id, kind, id]) === 1;
}

function tombstone([kind, id, deletedAt, contentHash]: TombstoneRow): Tombstone {
  return { id, kind, deletedAt, contentHash: textOf(contentHash) };
}

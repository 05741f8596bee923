import type { Instant } from '../../model/instant.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Tombstone } from '../../model/tombstone.ts';
import type { Vacancy } from '../store.ts';
import { CodeUnitRows } from './code-unit-rows.ts';
import type { Connection } from './connection.ts';
import { type Journal, NOTHING, tombstoneDigest } from './journal.ts';
import { MemoryRows } from './memory-rows.ts';
import { storedRows } from './record-rows.ts';
import { isKnown, removeTombstone, setTombstone, tombstonesOf } from './tombstones.ts';

/** The contract is that of Transaction.delete. */
export function deleteRecords(
  connection: Connection,
  kind: RecordKind,
  ids: readonly string[],
  deletedAt: Instant,
  journal: Journal | null,
): number {
  const rows = rowsOf(connection, kind);
  const existing = storedRows(connection, kind, ids);
  for (const row of existing) {
    const contentHash = Buffer.from(row.contentHash).toString('hex');
    const tombstone: Tombstone = { id: row.id, kind, deletedAt, contentHash };
    journal?.present(row, tombstoneDigest(tombstone));
    rows.remove(row);
    setTombstone(connection, tombstone);
  }
  return existing.length;
}

/** The contract is that of Transaction.clear. */
export function clearRecords(
  connection: Connection,
  kind: RecordKind,
  places: readonly Vacancy[],
  journal: Journal | null,
): number {
  const rows = rowsOf(connection, kind);
  const ids = places.map(({ id }) => id);
  const existing = new Map(storedRows(connection, kind, ids).map(row => [row.id, row]));
  const tombstones = tombstonesOf(connection, kind, ids);
  for (const { id, tombstone } of places) {
    const row = existing.get(id);
    const old = tombstones.get(id) ?? null;
    if (row === undefined && isSame(old, tombstone)) continue;
    const after = tombstone === null ? NOTHING : tombstoneDigest(tombstone);
    if (row === undefined) journal?.absent(kind, id, old, after);
    else {
      journal?.present(row, after);
      rows.remove(row);
    }
    if (tombstone === null) removeTombstone(connection, kind, id);
    else setTombstone(connection, tombstone);
  }
  return existing.size;
}

/** The contract is that of Transaction.addTombstones. */
export function addTombstones(
  connection: Connection,
  tombstones: readonly Tombstone[],
  journal: Journal | null,
): readonly Tombstone[] {
  const added: Tombstone[] = [];
  for (const tombstone of tombstones) {
    if (isKnown(connection, tombstone)) continue;
    journal?.absent(tombstone.kind, tombstone.id, null, tombstoneDigest(tombstone));
    setTombstone(connection, tombstone);
    added.push(tombstone);
  }
  return added;
}

function rowsOf(connection: Connection, kind: RecordKind): MemoryRows | CodeUnitRows {
  return kind === 'memory' ? new MemoryRows(connection) : new CodeUnitRows(connection);
}

function isSame(a: Tombstone | null, b: Tombstone | null): boolean {
  return a?.deletedAt === b?.deletedAt && a?.contentHash === b?.contentHash;
}

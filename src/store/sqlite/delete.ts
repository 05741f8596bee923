import type { Instant } from '../../model/instant.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Tombstone } from '../../model/tombstone.ts';
import { CodeUnitRows } from './code-unit-rows.ts';
import type { Connection } from './connection.ts';
import { type Journal, tombstoneDigest } from './journal.ts';
import { MemoryRows } from './memory-rows.ts';
import { storedRows } from './record-rows.ts';
import { isKnown, setTombstone } from './tombstones.ts';

/** The contract is that of Transaction.delete. */
export function deleteRecords(
  connection: Connection,
  kind: RecordKind,
  ids: readonly string[],
  deletedAt: Instant,
  journal: Journal | null,
): number {
  const rows = kind === 'memory' ? new MemoryRows(connection) : new CodeUnitRows(connection);
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

/** The contract is that of Transaction.addTombstones. */
export function addTombstones(
  connection: Connection,
  tombstones: readonly Tombstone[],
  journal: Journal | null,
): number {
  let added = 0;
  for (const tombstone of tombstones) {
    if (isKnown(connection, tombstone)) continue;
    journal?.absent(tombstone.kind, tombstone.id, null, tombstoneDigest(tombstone));
    setTombstone(connection, tombstone);
    added += 1;
  }
  return added;
}

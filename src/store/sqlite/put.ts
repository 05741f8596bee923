import { contentHash } from '../../model/identity.ts';
import type { Entry } from '../../model/record.ts';
import type { Write } from '../store.ts';
import { CodeUnitRows } from './code-unit-rows.ts';
import type { Connection } from './connection.ts';
import { type Journal, stateDigest } from './journal.ts';
import { MemoryRows } from './memory-rows.ts';
import { type RecordRows, type RowWrite, type StoredRow, storedRows } from './record-rows.ts';
import { removeTombstone, tombstonesOf } from './tombstones.ts';

/** The contract is that of Transaction.put. Throws before the first change when an id is there twice. */
export function putRecords(connection: Connection, writes: readonly Write[], journal: Journal | null): void {
  refuseTwins(writes);
  const memories = writes.flatMap(({ entry, searchVector, keepSearchVector = false }) =>
    entry.kind === 'memory' ? [rowWrite(entry, searchVector, keepSearchVector)] : [],
  );
  if (memories.length > 0) putRows(connection, new MemoryRows(connection), memories, journal);
  const units = writes.flatMap(({ entry }) =>
    entry.kind === 'code_unit' ? [rowWrite(entry, null, false)] : [],
  );
  if (units.length > 0) putRows(connection, new CodeUnitRows(connection), units, journal);
}

function refuseTwins(writes: readonly Write[]): void {
  const seen = new Set<string>();
  for (const { entry } of writes) {
    const key = `${entry.kind} ${entry.record.id}`;
    if (seen.has(key)) throw new RangeError(`${key} is twice in one batch`);
    seen.add(key);
  }
}

function rowWrite<E extends Entry>(
  entry: E,
  searchVector: Write['searchVector'],
  keepSearchVector: boolean,
): RowWrite<E> {
  // A vector without components says no more than none.
  const vector = entry.vector?.length ? entry.vector : null;
  const redundant =
    searchVector?.model === entry.record.embeddingModel && searchVector?.vector.length === vector?.length;
  return {
    entry,
    vector,
    searchVector: redundant || !searchVector?.vector.length ? null : searchVector,
    keepSearchVector,
    contentHash: Buffer.from(contentHash(entry), 'hex'),
  };
}

function putRows<E extends Entry>(
  connection: Connection,
  rows: RecordRows<E>,
  writes: readonly RowWrite<E>[],
  journal: Journal | null,
): void {
  const ids = writes.map(({ entry }) => entry.record.id);
  const existing = storedRows(connection, rows.kind, ids);
  replaceRows(rows, existing, writes, journal);
  const present = new Set(existing.map(row => row.id));
  const tombstones = tombstonesOf(connection, rows.kind, ids);
  for (const write of writes) {
    const { id } = write.entry.record;
    if (present.has(id)) continue;
    const tombstone = tombstones.get(id) ?? null;
    journal?.absent(rows.kind, id, tombstone, stateDigest(write.entry.line, write.vector));
    if (tombstone !== null) removeTombstone(connection, rows.kind, id);
    rows.insert(write);
  }
}

function replaceRows<E extends Entry>(
  rows: RecordRows<E>,
  existing: readonly StoredRow[],
  writes: readonly RowWrite<E>[],
  journal: Journal | null,
): void {
  if (existing.length === 0) return;
  const byId = new Map(writes.map(write => [write.entry.record.id, write]));
  for (const row of existing) {
    const write = byId.get(row.id);
    if (write === undefined) continue;
    journal?.present(row, stateDigest(write.entry.line, write.vector));
    rows.replace(row, write);
  }
}

import type { Embedder } from '../embedding/embedder.ts';
import type { WorkOptions } from '../model/progress.ts';
import { type Entry, RECORD_KINDS, type RecordKind } from '../model/record.ts';
import type { Reader, Transaction, Vacancy } from '../store/store.ts';
import { compareProjects, compareRecords, compareTombstones, type Difference } from '../transfer/compare.ts';
import { entriesOf } from '../transfer/ordered-records.ts';
import { countPending, type PlannedWrites, planVectors } from '../transfer/plan-vectors.ts';
import type { Staged } from '../transfer/stage.ts';
import { type Coverage, type RestorePlan, RestoreTally } from './restore-plan.ts';

export interface ApplyContext {
  readonly transaction: Transaction;
  readonly staged: Staged;
  readonly coverage: Coverage;
  /** How many records are expected to be written or removed. */
  readonly expected: number;
  readonly embedder: Embedder | null;
}

export interface Applied {
  /** What was done: the plan, unless others wrote since it was made. */
  readonly plan: RestorePlan;
  /** Memories that were written and can't be found by vector yet. */
  readonly pendingVectors: number;
}

const TOMBSTONE_BATCH = 500;

/** Makes what the transaction sees what the file holds, as far as the file speaks of it. */
export async function applyRestore(context: ApplyContext, work: WorkOptions): Promise<Applied> {
  const { transaction, staged, coverage, expected } = context;
  const tally = new RestoreTally();
  await tally.others(transaction, staged, coverage, work);
  let [done, pendingVectors] = [0, 0];
  for (const kind of RECORD_KINDS) {
    const options = { vectors: coverage.vectors, signal: work.signal };
    for await (const comparison of compareRecords(transaction, staged.records, kind, options)) {
      pendingVectors += await applyRecords(context, kind, comparison.differences, work);
      tally.records(comparison);
      done += comparison.differences.length;
      work.onProgress?.({ phase: 'restoring', done, total: expected, unit: 'records' });
    }
  }
  if (coverage.tombstones) await applyTombstones(transaction, staged.store, work);
  if (coverage.projects) {
    const { changed, removed } = await compareProjects(transaction, staged.store);
    await transaction.deleteProjects(removed);
    await transaction.putProjects(changed);
  }
  return { plan: tally.plan(), pendingVectors };
}

/** Resolves to how many memories were written that can't be found by vector yet. */
async function applyRecords(
  { transaction, staged, coverage, embedder }: ApplyContext,
  kind: RecordKind,
  differences: readonly Difference[],
  work: WorkOptions,
): Promise<number> {
  const removed = differences.filter(({ type }) => type === 'removed');
  await transaction.clear(
    kind,
    removed.map(({ id }) => ({ id, tombstone: null })),
  );
  const entries = await entriesOf(
    staged.records,
    kind,
    differences.flatMap(({ now }) => now ?? []),
  );
  if (entries.length === 0) return 0;
  const planned = await planVectors(entries, embedder, { signal: work.signal });
  await transaction.put(coverage.vectors ? besideOwn(planned, entries, embedder) : planned.writes);
  return countPending(transaction, planned.writes, embedder);
}

/** Where the file speaks of vectors, a made one never becomes a record's own: it only helps to search. */
function besideOwn(
  { writes }: PlannedWrites,
  entries: readonly Entry[],
  embedder: Embedder | null,
): PlannedWrites['writes'] {
  return writes.map((write, i) => {
    const entry = entries[i] ?? write.entry;
    const made = write.entry.vector;
    if (embedder === null || made === null || entry.vector !== null) return { ...write, entry };
    return { entry, searchVector: { model: embedder.model, vector: made } };
  });
}

async function applyTombstones(transaction: Transaction, staged: Reader, work: WorkOptions): Promise<void> {
  const batches = new Map<RecordKind, Vacancy[]>(RECORD_KINDS.map(kind => [kind, []]));
  for await (const { before, after } of compareTombstones(transaction, staged, work)) {
    const place = after ?? before;
    const batch = place === null ? undefined : batches.get(place.kind);
    if (place === null || batch === undefined) continue;
    batch.push({ id: place.id, tombstone: after });
    if (batch.length < TOMBSTONE_BATCH) continue;
    await transaction.clear(place.kind, batch);
    batch.length = 0;
  }
  for (const [kind, batch] of batches) await transaction.clear(kind, batch);
}

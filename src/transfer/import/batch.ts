import type { Embedder } from '../../embedding/embedder.ts';
import type { SourceRecord } from '../../formats/source.ts';
import { wholeText } from '../../formats/whole-text.ts';
import { type Filter, matches } from '../../model/filter.ts';
import { contentHash } from '../../model/identity.ts';
import { RecordError } from '../../model/read-fields.ts';
import type { Entry, RecordKind } from '../../model/record.ts';
import type { Reader, Transaction, Write } from '../../store/store.ts';
import type { Near, NearMemories } from '../near/near-memories.ts';
import { countPending, planVectors } from '../plan-vectors.ts';
import { storedEntry } from '../stored-entry.ts';
import type { Decision } from './decision.ts';
import { findDuplicates, type Placed, type SkippedDuplicates } from './duplicates.ts';
import type { MissingOutcome } from './missing.ts';
import type { NearMode } from './near.ts';
import { prepare } from './prepare.ts';
import type { Reject, RejectsFile } from './rejects.ts';
import { type Renames, renameEntry } from './rename.ts';
import type { Tally } from './report.ts';
import { settleCopy } from './resolve.ts';
import { type VectorMode, withVectorMode } from './vectors.ts';

export interface BatchContext {
  readonly transaction: Transaction;
  /** The store as it was before the import: an exact duplicate is one of a record that was there. */
  readonly before: Reader;
  readonly system: string;
  readonly filter: Filter;
  readonly renames: Renames;
  /** Whether records that are missing are deleted in the end. */
  readonly deleteMissing?: boolean | undefined;
  /** Decides about an imported record whose id the store has. */
  readonly resolve: (existing: Entry, imported: Entry) => Decision;
  readonly keepDuplicates: boolean;
  /** Told which records were skipped as exact duplicates. */
  readonly skippedDuplicates: SkippedDuplicates;
  /** Finds near duplicates; null where nobody looks. */
  readonly near: NearMemories | null;
  /** What becomes of them. */
  readonly nearDuplicates: NearMode;
  readonly vectors: VectorMode;
  readonly embedder: Embedder | null;
  /** Whether the embedder is to make any. */
  readonly makeVectors: boolean;
  /** Told how many texts have just been embedded. */
  readonly onEmbedded?: (count: number) => void;
  readonly tally: Tally;
  readonly rejects: RejectsFile;
  readonly onOutcome: ((outcome: Outcome) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** What became of one record, for whoever shows it. */
export type Outcome =
  | {
      readonly type: 'decision';
      readonly imported: Entry;
      readonly existing: Entry | null;
      readonly decision: Decision;
    }
  | { readonly type: 'reject'; readonly reject: Reject }
  /** What was told of this duplicate does not hold: it comes in after all, and its decision follows. */
  | { readonly type: 'withdrawn'; readonly imported: Entry }
  | MissingOutcome;

/** Takes one batch of records of one kind through validate, select, rename, match, resolve and apply. */
export async function importBatch(
  kind: RecordKind,
  records: readonly SourceRecord[],
  context: BatchContext,
): Promise<void> {
  const selected: Placed[] = [];
  const filteredOut = new Set<string>();
  for (const record of records) {
    const entry = await validate(record, context);
    if (entry === null) continue;
    const { position } = record;
    if (matches(context.filter, entry)) selected.push({ entry: intended(entry, context), position });
    else {
      context.tally.filteredOut += 1;
      filteredOut.add(entry.record.id);
    }
  }
  if (context.deleteMissing && filteredOut.size > 0) {
    const known = await context.transaction.get(kind, [...filteredOut]);
    context.tally.newFilteredOut += filteredOut.size - known.length;
  }
  for (const group of withDistinctIds(selected)) await importGroup(kind, group, context);
}

/**
 * Brings in those of a batch that were skipped as duplicates of a note that is no longer there (SkippedDuplicates), and
 * counts them anew.
 */
export async function importOrphans(
  kind: RecordKind,
  records: readonly SourceRecord[],
  context: BatchContext,
): Promise<void> {
  const orphans: Placed[] = [];
  for (const record of records) {
    const entry = readAgain(record, context);
    const { position } = record;
    if (entry === null || !context.skippedDuplicates.has(kind, contentHash(entry), position)) continue;
    orphans.push({ entry, position });
    context.tally.discount('duplicates', kind);
    context.onOutcome?.({ type: 'withdrawn', imported: entry });
  }
  const all = { ...context, keepDuplicates: true };
  for (const group of withDistinctIds(orphans)) await importGroup(kind, group, all);
}

/** A record that has been validated and counted once already. */
function readAgain(record: SourceRecord, context: BatchContext): Entry | null {
  try {
    const { entry } = prepare(record, context.system);
    const renamed = renameEntry(entry, context.renames);
    return matches(context.filter, entry) ? withVectorMode(renamed, context.vectors, context.embedder) : null;
  } catch (error) {
    if (error instanceof RecordError) return null;
    throw error;
  }
}

export async function rejectRecord(reject: Reject, context: BatchContext): Promise<void> {
  context.tally.count('rejected', reject.kind);
  await context.rejects.add(reject);
  context.onOutcome?.({ type: 'reject', reject });
}

async function validate(record: SourceRecord, context: BatchContext): Promise<Entry | null> {
  try {
    const { entry, warnings } = prepare(record, context.system);
    for (const warning of warnings) context.tally.warn(warning);
    return entry;
  } catch (error) {
    if (!(error instanceof RecordError)) throw error;
    const { id } = record.value;
    const text = wholeText(record);
    const { kind, position } = record;
    await rejectRecord(
      { kind, position, id: typeof id === 'string' ? id : null, reason: error.message, text },
      context,
    );
    return null;
  }
}

/** Under the name of its project and with the vector that it is to have. */
function intended(entry: Entry, context: BatchContext): Entry {
  return withVectorMode(rename(entry, context), context.vectors, context.embedder);
}

function rename(entry: Entry, context: BatchContext): Entry {
  const renamed = renameEntry(entry, context.renames);
  if (renamed !== entry && entry.record.projectName !== null)
    context.tally.countRenamed(entry.record.projectName);
  return renamed;
}

/** Splits a batch so that no id stands twice in a group: the second of two is matched against the first as written. */
function* withDistinctIds(records: readonly Placed[]): Iterable<readonly Placed[]> {
  let group = new Map<string, Placed>();
  for (const placed of records) {
    const { id } = placed.entry.record;
    if (group.has(id)) {
      yield [...group.values()];
      group = new Map();
    }
    group.set(id, placed);
  }
  if (group.size > 0) yield [...group.values()];
}

async function importGroup(kind: RecordKind, group: readonly Placed[], context: BatchContext): Promise<void> {
  const ids = group.map(({ entry }) => entry.record.id);
  const stored = new Map((await context.transaction.get(kind, ids)).map(found => [found.id, found]));
  const added = group.filter(({ entry }) => !stored.has(entry.record.id));
  const duplicates = await findDuplicates(kind, added, context);
  const decided = group.map(({ entry: imported }): Decided => {
    const found = stored.get(imported.record.id);
    const existing = found === undefined ? null : storedEntry(kind, found);
    const duplicateOf = duplicates.get(imported.record.id);
    return { imported, existing, decision: decide(imported, existing, duplicateOf, context) };
  });
  await write(
    decided.filter(({ decision }) => decision.action !== 'kept_both'),
    context,
  );
  // Only now, because a copy may stand in the same file as a record of its own.
  await write(await settleCopies(kind, decided, context), context);
}

interface Decided {
  readonly imported: Entry;
  readonly existing: Entry | null;
  readonly decision: Decision;
}

async function write(decided: readonly Decided[], context: BatchContext): Promise<void> {
  const entries = decided.map(({ decision }) => decision.entry).filter(entry => entry !== null);
  const planned = await planVectors(entries, context.embedder, {
    signal: context.signal,
    make: context.makeVectors,
    onEmbedded: context.onEmbedded,
  });
  const settle = await lookForNear(decided, planned.writes, context);
  const leavesOut = context.nearDuplicates === 'skip';
  // What is only reported may be found meanwhile.
  if (!leavesOut) await context.transaction.put(planned.writes);
  const settled = await settle();
  const left = new Set(settled.map(({ decision }) => decision.entry?.record.id));
  const writes = planned.writes.filter(write => left.has(write.entry.record.id));
  if (leavesOut) await context.transaction.put(writes);
  context.tally.pendingVectors += await countPending(context.transaction, writes, context.embedder);
  for (const { entry } of writes) context.tally.wrote(entry.kind, entry.record.id);
  for (const outcome of settled) {
    context.tally.count(outcome.decision.action, outcome.imported.kind);
    if (outcome.decision.near !== undefined) context.tally.nearDuplicates += 1;
    context.onOutcome?.({ type: 'decision', ...outcome });
  }
}

/** To be called before the writes; what it resolves to says of new memories that are near to others that they are. */
async function lookForNear(
  decided: readonly Decided[],
  writes: readonly Write[],
  context: BatchContext,
): Promise<() => Promise<readonly Decided[]>> {
  const { near: finder } = context;
  if (finder === null) return async () => decided;
  const created = new Set(
    decided.filter(({ decision }) => decision.action === 'created').map(({ imported }) => imported.record.id),
  );
  const look = await finder.look(writes, write => created.has(write.entry.record.id));
  return async () => settleNear(decided, await look(), context);
}

/** Says of memories that are near to others that they are, or leaves them out. */
function settleNear(
  decided: readonly Decided[],
  found: ReadonlyMap<string, Near>,
  { nearDuplicates, skippedDuplicates }: BatchContext,
): readonly Decided[] {
  return decided.map(outcome => {
    const near = found.get(outcome.imported.record.id);
    if (near === undefined) return outcome;
    const reason = `near ${near.id} (${formatSimilarity(near.similarity)})`;
    const { entry } = outcome.decision;
    if (nearDuplicates === 'skip') skippedDuplicates.addHolder(outcome.imported.kind, near.id);
    const decision: Decision =
      nearDuplicates === 'skip'
        ? { action: 'duplicates', entry: null, reason, near }
        : { action: 'created', entry, reason, near };
    return { ...outcome, decision };
  });
}

/** Never rounded up to what it is not. */
function formatSimilarity(similarity: number): string {
  return (Math.floor(similarity * 1000 + 1e-6) / 1000).toFixed(3);
}

/** What is to be kept beside the stored record, with another decision where an earlier import kept it already. */
async function settleCopies(
  kind: RecordKind,
  decided: readonly Decided[],
  context: BatchContext,
): Promise<readonly Decided[]> {
  const kept = decided.filter(({ decision }) => decision.action === 'kept_both');
  const ids = kept.flatMap(({ decision }) => (decision.entry ? [decision.entry.record.id] : []));
  if (ids.length === 0) return [];
  const there = new Map((await context.transaction.get(kind, ids)).map(found => [found.id, found]));
  return kept.map(outcome => {
    const copy = outcome.decision.entry;
    const found = copy === null ? undefined : there.get(copy.record.id);
    if (copy === null || found === undefined) return outcome;
    return { ...outcome, decision: settleCopy(storedEntry(kind, found), copy) };
  });
}

function decide(
  imported: Entry,
  existing: Entry | null,
  duplicateOf: string | undefined,
  context: BatchContext,
): Decision {
  if (existing !== null) return context.resolve(existing, imported);
  if (duplicateOf !== undefined)
    return { action: 'duplicates', entry: null, reason: `the same note as ${duplicateOf}` };
  return { action: 'created', entry: imported, reason: null };
}

import type { Embedder } from '../../embedding/embedder.ts';
import { describeFailure } from '../../embedding/failure.ts';
import { GivingUp } from '../../embedding/giving-up.ts';
import { MemportError } from '../../errors.ts';
import type { Source, SourceItem, SourceMissing, SourceRecord, Verification } from '../../formats/source.ts';
import type { Filter } from '../../model/filter.ts';
import { newId } from '../../model/id.ts';
import { instantFromMilliseconds } from '../../model/instant.ts';
import type { JsonObject } from '../../model/json.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { type Entry, RECORD_KINDS, type RecordKind } from '../../model/record.ts';
import type { Reader, Store, Transaction } from '../../store/store.ts';
import { storeFiles } from '../../store/store-files.ts';
import { NearMemories } from '../near/near-memories.ts';
import { type Ask, importAsking } from './ask.ts';
import { type BatchContext, importBatch, importOrphans, type Outcome, rejectRecord } from './batch.ts';
import { SkippedDuplicates } from './duplicates.ts';
import { refuseUnlisted, settleMissing } from './missing.ts';
import type { NearMode } from './near.ts';
import { importProjects, importTombstones, keepOldNames } from './others.ts';
import { RejectsFile, type RejectsNaming } from './rejects.ts';
import type { Renames } from './rename.ts';
import { type ImportReport, Tally } from './report.ts';
import { resolve } from './resolve.ts';
import type { Strategy } from './strategy.ts';
import { makesVectors, type VectorMode } from './vectors.ts';

export interface ImportRequest {
  /** How the input is called in the report and the operation: its path, or `-`. */
  readonly input: string;
  readonly filter: Filter;
  readonly strategy: Strategy;
  /** Who decides conflicts with the strategy `ask`, and needed for it. Asked while no transaction is open. */
  readonly ask?: Ask;
  readonly renames: Renames;
  readonly dryRun: boolean;
  /** Refuse the whole file when it holds a record that can't be stored. */
  readonly strict?: boolean;
  /** Delete what was removed from the source since it was written; only for sources that tell. */
  readonly deleteMissing?: boolean;
  /** Import also what the store has word for word under another id. */
  readonly keepDuplicates: boolean;
  readonly nearDuplicates: NearMode;
  /** The cosine from which on two memories are near, above 0 and up to 1. */
  readonly nearThreshold: number;
  /** Where rejected records go. */
  readonly rejectsPath: string;
  /** `number`, the default: under a name that nothing has. `refuse`: only there, and not over a file. */
  readonly rejectsNaming?: RejectsNaming;
  /** Files that the rejects must not be written over, besides those of the store. */
  readonly protect?: readonly string[];
  /** What `verify` of the source came to, where that has been done. */
  readonly verification?: Verification;
  readonly vectors: VectorMode;
  readonly embedder: Embedder | null;
  readonly nowMs: number;
  readonly onOutcome?: (outcome: Outcome) => void;
}

/**
 * Imports a file: all or nothing, in one transaction, after the file has been verified in full. A record that can't be
 * stored is rejected and the others go on, unless `strict`: then nothing is imported, and `integrity` is thrown. A dry run does the same work and takes it back, so its counts are the real
 * ones. Importing the same file twice changes nothing the second time.
 */
export async function importSource(
  store: Store,
  source: Source,
  request: ImportRequest,
  work: WorkOptions = {},
): Promise<ImportReport> {
  const { strategy } = request;
  if (request.deleteMissing) refuseUnlisted(source);
  const files = [...(await storeFiles(store.location)), ...(request.protect ?? [])];
  await new RejectsFile(request.rejectsPath, request).check(files);
  const makeVectors = makesVectors(request.vectors);
  const embedder = request.embedder === null ? null : new GivingUp(request.embedder);
  if (strategy !== 'ask') {
    const verification = request.verification ?? (await source.verify(work));
    const decided = { verification, makeVectors, resolve: (a: Entry, b: Entry) => resolve(a, b, strategy) };
    if (makeVectors) await embedder?.prepare(work.signal);
    return run(store, source, { ...request, ...decided, embedder }, work);
  }
  const { ask } = request;
  if (ask === undefined) {
    throw new MemportError('usage', 'the strategy ask needs someone to ask', {
      hint: 'name another strategy, such as keep-newer',
    });
  }
  const verification = request.verification ?? (await source.verify(work));
  if (makeVectors) await embedder?.prepare(work.signal);
  const quick = { makeVectors: false, nearDuplicates: 'off' as const };
  if (request.strict) {
    // Nobody is to answer for a file that is refused in the end.
    const onOutcome = (outcome: Outcome): void => {
      if (outcome.type === 'reject') request.onOutcome?.(outcome);
    };
    const keepStored = (a: Entry, b: Entry) => resolve(a, b, 'keep-older');
    const rehearsal = { ...quick, rollback: true, verification, resolve: keepStored, onOutcome };
    await run(store, source, { ...request, embedder, ...rehearsal }, work);
  }
  return importAsking(ask, work.signal, async (resolve, isTrial) => {
    const trial = isTrial && { ...quick, dryRun: true, onOutcome: () => {} };
    return run(store, source, { ...request, embedder, makeVectors, ...trial, verification, resolve }, work);
  });
}

interface Run extends ImportRequest {
  readonly embedder: GivingUp | null;
  readonly resolve: BatchContext['resolve'];
  readonly verification: Verification;
  readonly makeVectors: boolean;
  /** Take it back as a dry run does, but keep the rejects for which it is refused. */
  readonly rollback?: boolean;
}

async function run(store: Store, source: Source, request: Run, work: WorkOptions): Promise<ImportReport> {
  const { verification } = request;
  const operationId = newId(request.nowMs);
  const tally = new Tally();
  for (const warning of verification.warnings) tally.warn(warning);
  await using rejects = new RejectsFile(request.rejectsPath, request);
  const total = verification.memories + verification.codeUnits;
  let isRefused = false;
  const rejectsFile = await store
    .transact(
      async transaction => {
        const before = await countRows(transaction);
        await apply(source, { ...request, ...work, transaction, before: store, tally, rejects, total });
        tally.check(before, await countRows(transaction));
        const kept = request.dryRun ? null : await rejects.keep();
        isRefused = request.strict === true && tally.rejected > 0;
        if (isRefused) throw refused(request.input, tally.rejected, kept);
        return kept;
      },
      {
        rollback: request.dryRun || request.rollback === true,
        operation: {
          id: operationId,
          kind: 'import',
          source: request.input,
          startedAt: instantFromMilliseconds(request.nowMs),
        },
        signal: work.signal,
      },
    )
    .catch(async error => {
      if (!isRefused) await rejects.withdraw();
      throw error;
    });
  const { embedder } = request;
  if (embedder !== null && embedder.failure !== null)
    tally.warn(describeFailure(embedder.model, embedder.failure));
  const changed = tally.written + tally.tombstonesAdded + tally.projectsChanged + tally.deleted > 0;
  return tally.report({
    input: request.input,
    format: source.format,
    strategy: request.strategy,
    dry_run: request.dryRun,
    migrations: source.migrations ?? [],
    lost: source.lost ?? null,
    rejects_file: rejectsFile,
    operation_id: changed && !request.dryRun ? operationId : null,
  });
}

/** Thrown within the transaction, which it takes back. */
function refused(input: string, count: number, rejectsFile: string | null): MemportError {
  const what = count === 1 ? 'a record of it' : `${count} records of it`;
  return new MemportError(
    'integrity',
    `${input} was refused as a whole: ${what} can't be stored; nothing was imported`,
    {
      hint: `${rejectsFile === null ? '' : `they are in ${rejectsFile}; `}mend them, or import without --strict`,
    },
  );
}

interface ApplyContext extends Run, WorkOptions {
  readonly transaction: Transaction;
  readonly before: Reader;
  readonly tally: Tally;
  readonly rejects: RejectsFile;
  readonly total: number;
}

async function apply(source: Source, run: ApplyContext): Promise<void> {
  let done = 0;
  const phase = run.dryRun || run.rollback ? 'trying' : 'importing';
  const report = (more: number): void =>
    run.onProgress?.({ phase, done: done + more, total: run.total, unit: 'records' });
  using near = await nearMemories(run);
  // Embedding may take longer than all else: progress goes on within a batch.
  let embedded = 0;
  const context: BatchContext = {
    ...run,
    system: source.system,
    onOutcome: run.onOutcome,
    signal: run.signal,
    near,
    skippedDuplicates: new SkippedDuplicates(),
    onEmbedded: count => {
      embedded += count;
      report(embedded);
    },
  };
  const others: Others = { projects: [], missing: [] };
  for await (const items of source.read({ signal: run.signal })) {
    run.signal?.throwIfAborted();
    for (const kind of RECORD_KINDS) await importBatch(kind, recordsOf(kind, items), context);
    await applyOthers(items, others, context);
    done += items.filter(item => item.type === 'record' || item.type === 'reject').length;
    embedded = 0;
    report(0);
    await new Promise(setImmediate);
  }
  await takeOrphans(source, context);
  const deleteMissing = run.deleteMissing === true ? instantFromMilliseconds(run.nowMs) : null;
  await settleMissing(others.missing, { ...context, deleteMissing });
  await importProjects(others.projects, context);
  await keepOldNames(context);
}

/** Reads the file a second time only where a note that made others duplicates got another text from it. */
async function takeOrphans(source: Source, context: BatchContext): Promise<void> {
  if (!(await context.skippedDuplicates.keepOrphans(context.transaction))) return;
  for await (const items of source.read({ signal: context.signal })) {
    context.signal?.throwIfAborted();
    for (const kind of RECORD_KINDS) await importOrphans(kind, recordsOf(kind, items), context);
  }
}

function recordsOf(kind: RecordKind, items: readonly SourceItem[]): readonly SourceRecord[] {
  return items.filter((item): item is SourceRecord => item.type === 'record' && item.kind === kind);
}

/** What is kept until the records are in. */
interface Others {
  readonly projects: JsonObject[];
  readonly missing: SourceMissing[];
}

async function applyOthers(
  items: readonly SourceItem[],
  { projects, missing }: Others,
  context: BatchContext,
): Promise<void> {
  for (const item of items) {
    if (item.type === 'reject') await rejectRecord(item, context);
    else if (item.type === 'project') projects.push(item.value);
    else if (item.type === 'missing') missing.push(item);
  }
  const tombstones = items.filter(item => item.type === 'tombstone');
  await importTombstones(
    tombstones.map(item => item.value),
    context,
  );
}

async function nearMemories(run: ApplyContext): Promise<NearMemories | null> {
  const { transaction, nearDuplicates, nearThreshold, embedder, signal, onProgress } = run;
  if (nearDuplicates === 'off') return null;
  const leaveOut = nearDuplicates === 'skip';
  const about = run.total + (await transaction.counts()).memories;
  const options = { threshold: nearThreshold, leaveOut, about, embedder, signal, onProgress };
  return new NearMemories(transaction, options);
}

async function countRows(reader: Reader): Promise<number> {
  const counts = await reader.counts();
  return counts.memories + counts.codeUnits;
}

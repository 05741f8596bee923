import type { Embedder } from '../embedding/embedder.ts';
import { describeFailure } from '../embedding/failure.ts';
import { GivingUp } from '../embedding/giving-up.ts';
import { MemportError, toMemportError } from '../errors.ts';
import type { FormatName, Source } from '../formats/source.ts';
import { newId } from '../model/id.ts';
import { instantFromMilliseconds } from '../model/instant.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { Reader, Store, Transaction } from '../store/store.ts';
import { compareProjects, compareTombstones } from '../transfer/compare.ts';
import { type Found, type Staged, stageSource } from '../transfer/stage.ts';
import { recordsDigest, storeDigest } from '../transfer/store-digest.ts';
import { removeBackup } from './remove.ts';
import { applyRestore } from './restore-apply.ts';
import {
  type Coverage,
  changesNothing,
  coverageOf,
  planRestore,
  type RestorePlan,
  refuseLoss,
} from './restore-plan.ts';
import { type SafetyOptions, takeSafetyBackup } from './safety.ts';

export interface RestoreRequest {
  /** How the file is called in the report and the operation. */
  readonly input: string;
  readonly dryRun: boolean;
  /** Also where records would go that the file never held. */
  readonly force: boolean;
  readonly safety: SafetyOptions;
  readonly embedder: Embedder | null;
  readonly nowMs: number;
  /** Asked before the first change, with what would be done; false stops it. */
  readonly confirm: (plan: RestorePlan) => Promise<boolean>;
  /** Sees the store while nobody else can write to it, before the first change; what it throws stops the restore. */
  readonly guard?: (before: Reader) => Promise<void>;
}

export interface RestoreReport {
  readonly input: string;
  readonly format: FormatName;
  readonly dryRun: boolean;
  readonly plan: RestorePlan;
  /** Whether the file holds vectors, so that they were restored too. */
  readonly vectors: boolean;
  /** Memories that this restore wrote and that have no vector to search by. */
  readonly pendingVectors: number;
  readonly warnings: Readonly<Record<string, number>>;
  /** Of the store afterwards, or for a dry run of what it would be; null where that is not known beforehand. */
  readonly contentDigest: string | null;
  /** The path of the archive of what was there before; null where nothing was changed. */
  readonly safetyBackup: string | null;
  readonly operationId: string | null;
}

/**
 * Makes the whole store what the file holds, exactly or not at all, in one transaction: other processes see the old or
 * the new. The file is verified first; what is in the store is then put in a safety backup, which is taken while nobody
 * else can write, so that whatever another process was told is stored is in that backup or comes after the restore. Before
 * the commit the content digest is compared with the file's. It is one operation, and can be undone. Throws `integrity`
 * for a damaged file and for records that can't be stored, `safety_stop` where only part of a store would be left.
 */
export async function restoreSource(
  store: Store,
  source: Source,
  request: RestoreRequest,
  work: WorkOptions = {},
): Promise<RestoreReport> {
  await using staged = await stageSource(source, work, { leaveRecords: true });
  refuseRejects(staged.found);
  const coverage = coverageOf(source, staged.verification);
  const target = await targetDigest(staged, coverage, work);
  const run = new Restore(store, source, staged, coverage, target, request, work);
  const plan = await run.plan();
  if (request.dryRun || changesNothing(plan)) return run.report(plan, NOT_DONE);
  if (!(await request.confirm(plan))) {
    throw new MemportError('safety_stop', 'not confirmed; nothing was changed');
  }
  return await run.execute(plan);
}

interface Done extends Pick<RestoreReport, 'pendingVectors' | 'safetyBackup' | 'operationId'> {
  readonly contentDigest: string | null;
}

const NOT_DONE: Done = { pendingVectors: 0, safetyBackup: null, operationId: null, contentDigest: null };

class Restore {
  readonly #store: Store;
  readonly #source: Source;
  readonly #staged: Staged;
  readonly #coverage: Coverage;
  readonly #target: string;
  readonly #request: RestoreRequest;
  readonly #embedder: GivingUp | null;
  readonly #work: WorkOptions;
  #safety: Promise<string> | null = null;

  constructor(
    store: Store,
    source: Source,
    staged: Staged,
    coverage: Coverage,
    target: string,
    request: RestoreRequest,
    work: WorkOptions,
  ) {
    this.#store = store;
    this.#source = source;
    this.#staged = staged;
    this.#coverage = coverage;
    this.#target = target;
    this.#request = request;
    this.#embedder = request.embedder === null ? null : new GivingUp(request.embedder);
    this.#work = work;
  }

  async plan(): Promise<RestorePlan> {
    await using snapshot = await this.#store.snapshot();
    const plan = await planRestore(snapshot, this.#staged, this.#coverage, this.#work);
    // Else they are looked at when they are written.
    if (this.#request.dryRun || changesNothing(plan)) await this.#staged.lookAtAll(this.#work);
    refuseRejects(this.#staged.found);
    await this.#refuseLoss(plan, snapshot);
    return plan;
  }

  async execute(planned: RestorePlan): Promise<RestoreReport> {
    const { input, nowMs } = this.#request;
    const id = newId(nowMs);
    const startedAt = instantFromMilliseconds(nowMs);
    await this.#embedder?.prepare(this.#work.signal);
    try {
      return await this.#store.transact(transaction => this.#run(transaction, planned, id), {
        operation: { id, kind: 'restore', source: input, startedAt },
        signal: this.#work.signal,
      });
    } catch (error) {
      // The store still is what the backup holds, and on a full disk that would go on taking room. Unless it is damaged.
      if (toMemportError(error).code !== 'integrity') await this.#dropSafety();
      throw error;
    }
  }

  /** An interruption may come while the backup is still being made. A failure to remove it must not hide why. */
  async #dropSafety(): Promise<void> {
    const path = await this.#safety?.catch(() => null);
    if (path) await removeBackup(path).catch(() => {});
  }

  async #run(transaction: Transaction, planned: RestorePlan, operationId: string): Promise<RestoreReport> {
    // Others may have written since the plan was made; from here on they can't.
    await this.#request.guard?.(transaction);
    this.#safety = takeSafetyBackup(this.#store, this.#request.safety, this.#work);
    const safetyBackup = await this.#safety;
    const expected = planned.added + planned.changed + planned.removed;
    const context = { staged: this.#staged, coverage: this.#coverage, embedder: this.#embedder };
    const { plan, pendingVectors } = await applyRestore({ transaction, expected, ...context }, this.#work);
    try {
      refuseRejects(this.#staged.found);
      // What others see is still what was there before.
      await this.#refuseLoss(plan, this.#store);
    } catch (error) {
      await this.#dropSafety();
      throw error;
    }
    if (changesNothing(plan)) {
      await this.#dropSafety();
      return this.report(plan, NOT_DONE);
    }
    await this.#prove(transaction);
    const contentDigest = this.#coverage.vectors
      ? this.#target
      : await storeDigest(transaction, undefined, this.#work);
    return this.report(plan, { pendingVectors, safetyBackup, operationId, contentDigest });
  }

  async #refuseLoss(plan: RestorePlan, before: Reader): Promise<void> {
    if (!this.#request.force) await refuseLoss(this.#source, this.#coverage, plan, before);
  }

  #warnings(): RestoreReport['warnings'] {
    const { warnings } = this.#staged.found;
    if (this.#embedder === null || this.#embedder.failure === null) return warnings;
    return { ...warnings, [describeFailure(this.#embedder.model, this.#embedder.failure)]: 1 };
  }

  /** Throws, and so takes everything back, unless the store now is what the file says: its digest is the target. */
  async #prove(transaction: Transaction): Promise<void> {
    const { tombstones, projects } = this.#coverage;
    const { store } = this.#staged;
    const digest = this.#coverage.vectors ? storeDigest(transaction) : recordsDigest(transaction);
    let isSame = (await digest) === this.#target;
    if (tombstones) for await (const _ of compareTombstones(transaction, store, this.#work)) isSame = false;
    if (projects) {
      const { changed, removed } = await compareProjects(transaction, store);
      isSame &&= changed.length + removed.length === 0;
    }
    if (isSame) return;
    const why = 'what was restored is not what the file holds; it was taken back';
    throw new MemportError('integrity', why);
  }

  report(plan: RestorePlan, done: Done): RestoreReport {
    return {
      input: this.#request.input,
      format: this.#source.format,
      dryRun: this.#request.dryRun,
      plan,
      vectors: this.#coverage.vectors,
      warnings: this.#warnings(),
      ...done,
      contentDigest: done.contentDigest ?? (this.#coverage.vectors ? this.#target : null),
    };
  }
}

/** A restore is exact: one record that can't be stored, or not as it stands in the file, stops it. */
function refuseRejects({ rejected, rejects, isExact }: Found): void {
  if (rejected === 0 && isExact) return;
  if (rejected === 0) throw inexact();
  const told = rejects.map(
    ({ what, id, position, reason }) =>
      `  ${what.replace('_', ' ')} ${id ?? (position === null ? '' : `number ${position + 1}`)}: ${reason}`,
  );
  const more = rejected > rejects.length ? [`  … and ${rejected - rejects.length} more`] : [];
  const why = `${rejected} of what the file holds can't be stored, so it can't be restored exactly:`;
  throw new MemportError('integrity', [why, ...told, ...more].join('\n'), {
    hint: 'nothing was changed; to take over the others: memport import <file>',
  });
}

function inexact(): MemportError {
  return new MemportError('integrity', 'what the file holds can not be stored exactly as it is', {
    hint: 'nothing was changed; to take over what can be: memport import <file>',
  });
}

/** What the store's digest must be afterwards: what an archive says, or what all that was staged comes to. */
async function targetDigest(staged: Staged, coverage: Coverage, work: WorkOptions): Promise<string> {
  const { store, contentDigest } = staged;
  if (contentDigest !== null) return contentDigest;
  return await (coverage.vectors ? storeDigest : recordsDigest)(store, undefined, work);
}

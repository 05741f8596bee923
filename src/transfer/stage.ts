import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source, SourceItem, Verification } from '../formats/source.ts';
import type { WorkOptions } from '../model/progress.ts';
import { readProject } from '../model/project.ts';
import { RecordError } from '../model/read-fields.ts';
import { type Entry, RECORD_KINDS, type RecordKind } from '../model/record.ts';
import { readTombstone } from '../model/tombstone.ts';
import { openStore } from '../store/open.ts';
import type { Counts, Store, Transaction } from '../store/store.ts';
import { ArchiveRecords } from './archive-records.ts';
import { type OrderedRecords, recordsOfStore } from './ordered-records.ts';
import { RecordCheck } from './record-check.ts';

/** What a file holds, as far as it had to be put into a private store, which is gone when this is disposed of. */
export interface Staged extends AsyncDisposable {
  /** Holds everything, or all but the records where those were left in the file. Its file has no name: no snapshots. */
  readonly store: Store;
  readonly records: OrderedRecords;
  readonly counts: Pick<Counts, 'memories' | 'codeUnits'>;
  readonly verification: Verification;
  /** What the file declares; null where it declares none, and where its records are of an older schema. */
  readonly contentDigest: string | null;
  /** What was found of the records; of those that were left in the file, as far as they have been read to their end. */
  readonly found: Found;
  /** Reads those to their end that have not been. */
  lookAtAll(work: WorkOptions): Promise<void>;
}

export interface Found extends Pick<RecordCheck, 'rejects' | 'rejected'> {
  readonly warnings: Readonly<Record<string, number>>;
  /** Whether records that were left in the file would be stored just as they stand there. */
  readonly isExact: boolean;
}

export interface StageOptions {
  /** Leave the records in the file, not to be written twice, where it has them in order. */
  readonly leaveRecords?: boolean;
}

/**
 * Verifies a file and puts what it holds into a temporary store: so that it can be read by id, in order and in pages,
 * whatever the order in the file, and memory stays flat. No vectors are made. Throws as Source.verify does.
 */
export async function stageSource(
  source: Source,
  work: WorkOptions = {},
  { leaveRecords = false }: StageOptions = {},
): Promise<Staged> {
  const verification = await source.verify(work);
  const folder = await mkdtemp(join(tmpdir(), 'memport-'));
  // That it can't be removed is no failure of what was done with it.
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true }).catch(() => {});
  try {
    const store = await openStore({ path: join(folder, 'staged.db'), staging: true });
    // Where the system takes the name of an open file away, it is gone however this process ends.
    await remove();
    try {
      // Only archives have a content digest, and they have their records in the order of ids.
      const isOlder = (source.migrations ?? []).length > 0;
      const contentDigest = isOlder ? null : verification.contentDigest;
      const left = leaveRecords && contentDigest !== null ? new ArchiveRecords(source) : null;
      const stage = new Stage(source, left !== null);
      for (const warning of verification.warnings) stage.check.warn(warning);
      await store.transact(transaction => stage.fill(transaction, verification, work), {
        signal: work.signal,
      });
      return {
        store,
        records: left ?? recordsOfStore(store),
        counts: left === null ? await store.counts() : verification,
        verification,
        contentDigest,
        get found() {
          return found(stage.check, left, verification);
        },
        lookAtAll: async more => left?.lookAtAll(more),
        async [Symbol.asyncDispose]() {
          await store.close();
          await remove();
        },
      };
    } catch (error) {
      await store.close();
      throw error;
    }
  } catch (error) {
    await remove();
    throw error;
  }
}

function found(staged: RecordCheck, left: ArchiveRecords | null, verification: Verification): Found {
  const all = new RecordCheck('');
  all.add(staged);
  const check = left?.check ?? null;
  if (check !== null) all.add(check);
  const hasAllVectors = !left?.isLookedAt || check?.vectors === verification.vectors;
  return {
    rejects: all.rejects,
    rejected: all.rejected,
    warnings: Object.fromEntries(all.warnings),
    isExact: check === null || (check.isExact && hasAllVectors),
  };
}

class Stage {
  readonly #source: Source;
  readonly #isLeft: boolean;
  readonly check: RecordCheck;

  /** `isLeft`: only what is no record is put into the store. */
  constructor(source: Source, isLeft: boolean) {
    this.#source = source;
    this.#isLeft = isLeft;
    this.check = new RecordCheck(source.system);
  }

  async fill(transaction: Transaction, verification: Verification, work: WorkOptions): Promise<void> {
    const total = verification.memories + verification.codeUnits;
    const only = this.#isLeft ? 'others' : undefined;
    let done = 0;
    for await (const items of this.#source.read({ signal: work.signal, only })) {
      work.signal?.throwIfAborted();
      if (!this.#isLeft) for (const kind of RECORD_KINDS) await this.#records(transaction, kind, items);
      for (const item of items) await this.#other(transaction, item);
      done += items.filter(({ type }) => type === 'record' || type === 'reject').length;
      work.onProgress?.({ phase: 'reading', done, total, unit: 'records' });
    }
  }

  async #records(transaction: Transaction, kind: RecordKind, items: readonly SourceItem[]): Promise<void> {
    const entries = new Map<string, Entry>();
    for (const item of items) {
      if (item.type !== 'record' || item.kind !== kind) continue;
      const entry = this.check.entry(item);
      if (entry === null) continue;
      const { id } = entry.record;
      if (entries.has(id)) this.#rejectTwin(kind, id, item.position);
      else entries.set(id, entry);
    }
    if (entries.size === 0) return;
    for (const { id } of await transaction.get(kind, [...entries.keys()])) {
      this.#rejectTwin(kind, id, null);
      entries.delete(id);
    }
    await transaction.put([...entries.values()].map(entry => ({ entry, searchVector: null })));
  }

  #rejectTwin(what: RecordKind, id: string, position: number | null): void {
    this.check.reject({ what, id, position, reason: 'its id stands in the file twice' });
  }

  async #other(transaction: Transaction, item: SourceItem): Promise<void> {
    const warn = (warning: string): void => this.check.warn(warning);
    if (item.type === 'reject' && !this.#isLeft) this.check.unreadable(item);
    if (item.type !== 'tombstone' && item.type !== 'project') return;
    try {
      if (item.type === 'project') await transaction.putProjects([readProject(item.value, warn)]);
      else await transaction.addTombstones([readTombstone(item.value, warn)]);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.check.reject({ what: item.type, id: null, position: null, reason: error.message });
    }
  }
}

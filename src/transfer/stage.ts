import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Source, SourceItem, SourceRecord, Verification } from '../formats/source.ts';
import type { WorkOptions } from '../model/progress.ts';
import { readProject } from '../model/project.ts';
import { RecordError } from '../model/read-fields.ts';
import { type Entry, RECORD_KINDS, type RecordKind } from '../model/record.ts';
import { readTombstone } from '../model/tombstone.ts';
import { openStore } from '../store/open.ts';
import type { Store, Transaction } from '../store/store.ts';
import { prepare } from './import/prepare.ts';

/** A file's whole content in a private store of its own, gone when this is disposed of. */
export interface Staged extends AsyncDisposable {
  readonly store: Store;
  readonly verification: Verification;
  /** What could not be taken over exactly, at most so many as are worth telling. */
  readonly rejects: readonly StagedReject[];
  readonly rejected: number;
  /** Distinct warnings with how often each came. */
  readonly warnings: Readonly<Record<string, number>>;
}

export interface StagedReject {
  readonly what: RecordKind | 'tombstone' | 'project';
  readonly id: string | null;
  readonly position: number | null;
  readonly reason: string;
}

const REJECTS_TOLD = 10;

/**
 * Verifies a file and puts all that it holds into a temporary store: so that it can be read by id, in order and in
 * pages, whatever the order in the file, and memory stays flat. No vectors are made. Throws as Source.verify does.
 */
export async function stageSource(source: Source, work: WorkOptions = {}): Promise<Staged> {
  const verification = await source.verify(work);
  const folder = await mkdtemp(join(tmpdir(), 'memport-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const store = await openStore({ path: join(folder, 'staged.db'), staging: true });
    try {
      const stage = new Stage(source);
      for (const warning of verification.warnings) stage.warn(warning);
      await store.transact(transaction => stage.fill(transaction, verification, work), {
        signal: work.signal,
      });
      return {
        store,
        verification,
        rejects: stage.rejects,
        rejected: stage.rejected,
        warnings: Object.fromEntries(stage.warnings),
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

class Stage {
  readonly #source: Source;
  readonly rejects: StagedReject[] = [];
  readonly warnings = new Map<string, number>();
  rejected = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  warn(warning: string): void {
    this.warnings.set(warning, (this.warnings.get(warning) ?? 0) + 1);
  }

  async fill(transaction: Transaction, verification: Verification, work: WorkOptions): Promise<void> {
    const total = verification.memories + verification.codeUnits;
    let done = 0;
    for await (const items of this.#source.read({ signal: work.signal })) {
      work.signal?.throwIfAborted();
      for (const kind of RECORD_KINDS) await this.#records(transaction, kind, items);
      for (const item of items) await this.#other(transaction, item);
      done += items.filter(({ type }) => type === 'record' || type === 'reject').length;
      work.onProgress?.({ phase: 'reading', done, total, unit: 'records' });
    }
  }

  async #records(transaction: Transaction, kind: RecordKind, items: readonly SourceItem[]): Promise<void> {
    const entries = new Map<string, Entry>();
    for (const item of items) {
      if (item.type !== 'record' || item.kind !== kind) continue;
      const entry = this.#prepared(item);
      if (entry === null) continue;
      if (entries.has(entry.record.id)) this.#rejectTwin(item, entry);
      else entries.set(entry.record.id, entry);
    }
    if (entries.size === 0) return;
    for (const { id } of await transaction.get(kind, [...entries.keys()])) {
      this.#reject({ what: kind, id, position: null, reason: 'its id stands in the file twice' });
      entries.delete(id);
    }
    await transaction.put([...entries.values()].map(entry => ({ entry, searchVector: null })));
  }

  #prepared(record: SourceRecord): Entry | null {
    const { kind, position, value } = record;
    try {
      const { entry, warnings } = prepare(record, this.#source.system);
      for (const warning of warnings) this.warn(warning);
      return entry;
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      const id = typeof value.id === 'string' ? value.id : null;
      this.#reject({ what: kind, id, position, reason: error.message });
      return null;
    }
  }

  #rejectTwin({ position }: SourceRecord, { kind, record }: Entry): void {
    this.#reject({ what: kind, id: record.id, position, reason: 'its id stands in the file twice' });
  }

  async #other(transaction: Transaction, item: SourceItem): Promise<void> {
    const warn = this.warn.bind(this);
    if (item.type === 'reject') {
      const { kind, id, position, reason } = item;
      this.#reject({ what: kind, id, position, reason });
    }
    if (item.type !== 'tombstone' && item.type !== 'project') return;
    try {
      if (item.type === 'project') await transaction.putProjects([readProject(item.value, warn)]);
      else await transaction.addTombstones([readTombstone(item.value, warn)]);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.#reject({ what: item.type, id: null, position: null, reason: error.message });
    }
  }

  #reject(reject: StagedReject): void {
    this.rejected += 1;
    if (this.rejects.length < REJECTS_TOLD) this.rejects.push(reject);
  }
}

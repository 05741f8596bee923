import type { Source } from '../formats/source.ts';
import type { WorkOptions } from '../model/progress.ts';
import { RECORD_KINDS, type RecordKind } from '../model/record.ts';
import type { OrderedLine, OrderedRecords } from './ordered-records.ts';
import { RecordCheck } from './record-check.ts';

/** The records of a verified archive, which has them in order: read from it, and looked at, as often as they are asked for. */
export class ArchiveRecords implements OrderedRecords {
  readonly #source: Source;
  readonly #checks = new Map<RecordKind, RecordCheck>();

  constructor(source: Source) {
    this.#source = source;
  }

  /** Whether all of them have been looked at. */
  get isLookedAt(): boolean {
    return this.#checks.size === RECORD_KINDS.length;
  }

  /** What was found of those that have been looked at. */
  get check(): RecordCheck {
    const all = new RecordCheck(this.#source.system);
    for (const check of this.#checks.values()) all.add(check);
    return all;
  }

  async lookAtAll({ signal }: WorkOptions): Promise<void> {
    for (const kind of RECORD_KINDS)
      if (!this.#checks.has(kind)) for await (const _ of this.pages(kind, { signal }));
  }

  async *pages(kind: RecordKind, { signal }: WorkOptions = {}): AsyncGenerator<readonly OrderedLine[]> {
    const check = new RecordCheck(this.#source.system);
    for await (const items of this.#source.read({ signal, only: kind })) {
      signal?.throwIfAborted();
      const page: OrderedLine[] = [];
      for (const item of items) {
        if (item.type === 'reject' && item.kind === kind) check.unreadable(item);
        if (item.type !== 'record' || item.kind !== kind) continue;
        const entry = check.entry(item);
        if (entry === null) continue;
        const { record, line, vector } = entry;
        page.push({ id: record.id, line, dimensions: vector?.length ?? null, entry });
      }
      if (page.length > 0) yield page;
    }
    this.#checks.set(kind, check);
  }

  /** Every line of a page comes with its record. */
  async get(): Promise<readonly never[]> {
    return [];
  }
}

import { contentHash } from '../../model/identity.ts';
import { type Entry, RECORD_KINDS, type RecordKind } from '../../model/record.ts';
import type { Reader } from '../../store/store.ts';

const BATCH = 500;

/**
 * Which records of a file were skipped because the store had the same note under another id. That record may get another
 * text from the same file, before or after: then nobody has the note any more, and what was skipped has to come in.
 */
export class SkippedDuplicates {
  /** Positions in the file by content hash. */
  readonly #skipped: Readonly<Record<RecordKind, Map<string, Set<number>>>> = {
    memory: new Map(),
    code_unit: new Map(),
  };
  /** Ids of the records for whose sake others were skipped. */
  readonly #holders: Readonly<Record<RecordKind, Set<string>>> = { memory: new Set(), code_unit: new Set() };

  add(kind: RecordKind, hash: string, position: number): void {
    const positions = this.#skipped[kind].get(hash) ?? new Set();
    this.#skipped[kind].set(hash, positions.add(position));
  }

  /** Notes that a record of the file was skipped since this one says the same, or nearly. */
  addHolder(kind: RecordKind, id: string): void {
    this.#holders[kind].add(id);
  }

  /** Whether a record of the file relies on this one for what it says. */
  isHolder(kind: RecordKind, id: string): boolean {
    return this.#holders[kind].has(id);
  }

  has(kind: RecordKind, hash: string, position: number): boolean {
    return this.#skipped[kind].get(hash)?.has(position) ?? false;
  }

  /** Forgets those whose note is still there; resolves to whether any is left. To be called after the last write. */
  async keepOrphans(reader: Pick<Reader, 'idsByContentHash'>): Promise<boolean> {
    for (const kind of RECORD_KINDS) {
      const skipped = this.#skipped[kind];
      const hashes = [...skipped.keys()];
      for (let start = 0; start < hashes.length; start += BATCH) {
        const held = await reader.idsByContentHash(kind, hashes.slice(start, start + BATCH));
        for (const hash of held.keys()) skipped.delete(hash);
      }
    }
    return RECORD_KINDS.some(kind => this.#skipped[kind].size > 0);
  }
}

/** A record with where it stands in the file. */
export interface Placed {
  readonly entry: Entry;
  readonly position: number;
}

/** Of records whose ids the store does not have, those that another one says word for word: their ids with that one's. */
export async function findDuplicates(
  kind: RecordKind,
  records: readonly Placed[],
  context: {
    readonly keepDuplicates: boolean;
    readonly before: Reader;
    readonly skippedDuplicates: SkippedDuplicates;
  },
): Promise<ReadonlyMap<string, string>> {
  if (context.keepDuplicates) return new Map();
  const hashed = records.map(({ entry, position }) => ({
    id: entry.record.id,
    hash: contentHash(entry),
    position,
  }));
  const holders = await context.before.idsByContentHash(kind, [...new Set(hashed.map(({ hash }) => hash))]);
  const found = new Map<string, string>();
  for (const { id, hash, position } of hashed) {
    const holder = holders.get(hash);
    if (holder === undefined) continue;
    found.set(id, holder);
    context.skippedDuplicates.add(kind, hash, position);
    context.skippedDuplicates.addHolder(kind, holder);
  }
  return found;
}

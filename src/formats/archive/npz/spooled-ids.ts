import { MemportError } from '../../../errors.ts';
import type { RecordKind } from '../../../model/record.ts';
import { PackedIds } from './packed-ids.ts';
import { ID_SIZE, type VectorGroup } from './vector-group.ts';

/** A record as a store's scan gives it. */
export interface ArchiveLine {
  readonly id: string;
  /** Canonical. */
  readonly line: string;
  readonly model: string | null;
  /** Of its own vector; null without one. */
  readonly dimensions: number | null;
}

/** Records that follow each other, all with a vector of one group or all without, as a store's scan for copying gives them. */
export interface ArchiveRun {
  readonly count: number;
  /** Ascending, 36 characters each, nothing in between. */
  readonly ids: string;
  /** Canonical, with LINE_SEPARATOR in between. */
  readonly lines: Uint8Array;
  readonly vectors: Pick<VectorGroup, 'model' | 'dimensions'> | null;
}

/**
 * The ids of the records that have a vector, by group, as the records stream by: an npz holds a group's ids before its
 * vectors. 16 bytes to a vector. It proves that what is streamed is what was announced.
 */
export class SpooledIds {
  readonly #kind: RecordKind;
  readonly #groups: readonly VectorGroup[];
  readonly #indexes: ReadonlyMap<string, number>;
  /** By group, as many as were announced. */
  readonly #ids: (PackedIds | undefined)[];
  #last = '';

  constructor(kind: RecordKind, groups: readonly VectorGroup[]) {
    this.#kind = kind;
    this.#groups = groups;
    this.#indexes = new Map(groups.map((group, index) => [keyOf(group.model, group.dimensions), index]));
    this.#ids = groups.map(group => new PackedIds(group.count));
  }

  add(page: readonly ArchiveLine[]): void {
    for (const { id, model, dimensions } of page) {
      if (id <= this.#last) throw this.#broken(`came in the wrong order at ${id}`);
      this.#last = id;
      if (dimensions !== null) this.#put(id, this.#indexOf(model, dimensions));
    }
  }

  addRun({ ids, vectors }: ArchiveRun): void {
    const first = ids.slice(0, ID_SIZE);
    if (first <= this.#last) throw this.#broken(`came in the wrong order at ${first}`);
    this.#last = ids.slice(-ID_SIZE);
    if (vectors !== null) this.#put(ids, this.#indexOf(vectors.model, vectors.dimensions));
  }

  /** The ids of a group, which must be as many as announced. They are forgotten. */
  take(index: number): PackedIds {
    const { count: announced } = this.#group(index);
    const ids = this.#ids[index] ?? new PackedIds(0);
    if (ids.count !== announced)
      throw this.#broken(`have ${ids.count} vectors where ${announced} were announced`);
    this.#ids[index] = undefined;
    return ids;
  }

  #put(ids: string, index: number): void {
    this.#group(index);
    try {
      this.#ids[index]?.push(ids);
    } catch {
      throw this.#broken('have more vectors than were announced');
    }
  }

  #indexOf(model: string | null, dimensions: number): number {
    const [first] = this.#groups;
    if (first?.model === model && first.dimensions === dimensions) return 0;
    return this.#indexes.get(keyOf(model, dimensions)) ?? -1;
  }

  #group(index: number): VectorGroup {
    const group = this.#groups[index];
    if (group === undefined)
      throw this.#broken('have vectors of a model and dimension that was not announced');
    return group;
  }

  #broken(what: string): MemportError {
    return new MemportError('integrity', `${this.#kind} records ${what}: the store is not what it says`);
  }
}

function keyOf(model: string | null, dimensions: number): string {
  return JSON.stringify([model, dimensions]);
}

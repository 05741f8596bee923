import type { MemberName } from './layout.ts';
import type { VectorGroup } from './npz/vector-group.ts';
import { IdColumn } from './records/id-column.ts';

/** Where a member's data is in the tar. */
export interface MemberPlace {
  readonly start: number;
  readonly size: number;
}

/** What reading the records again needs to know of the first reading: 19 bytes to a record. */
export interface ArchiveIndex {
  readonly places: ReadonlyMap<MemberName, MemberPlace>;
  readonly memories: KindIndex;
  readonly codeUnits: KindIndex;
}

/** The ids of one kind of record, and in which group of vectors each has its own. */
export class KindIndex {
  readonly ids = new IdColumn();
  readonly groups: readonly VectorGroup[];
  /** Place in the tar of the first vector of each group. */
  readonly starts: number[] = [];
  /** By record: 0 for none, else the number of the group, from 1. */
  #groupOf = new Uint16Array(0);

  constructor(groups: readonly VectorGroup[]) {
    this.groups = groups;
  }

  /** The group of a record's vector; null without one. */
  groupOf(position: number): number | null {
    const group = this.#groupOf[position] ?? 0;
    return group === 0 ? null : group - 1;
  }

  /**
   * Notes that the record with this id, which must be behind the position `after`, has its vector in a group. Gives its
   * position; -1 when there is no such record, or it has a vector already.
   */
  assign(id: string, group: number, after: number): number {
    if (this.#groupOf.length < this.ids.length) this.#groupOf = new Uint16Array(this.ids.length);
    const position = this.ids.find(id, after + 1);
    if (position === -1 || this.#groupOf[position] !== 0) return -1;
    this.#groupOf[position] = group + 1;
    return position;
  }
}

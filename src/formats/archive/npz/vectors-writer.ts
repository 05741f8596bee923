import { MemportError } from '../../../errors.ts';
import type { ContentDigest } from '../../../model/digest.ts';
import type { RecordKind } from '../../../model/record.ts';
import type { VectorFile } from '../layout.ts';
import type { MembersWriter } from '../members-writer.ts';
import { Scratch } from '../scratch.ts';
import type { MemberWriter } from '../tar/member-writer.ts';
import { NpzWriter } from './npz-writer.ts';
import { PackedIds } from './packed-ids.ts';
import { SpooledIds } from './spooled-ids.ts';
import { rowSize, type VectorGroup } from './vector-group.ts';

export interface ArchiveVector {
  readonly id: string;
  /** Little-endian float32. */
  readonly bytes: Uint8Array;
}

const NO_IDS = new PackedIds(0);

/** Writes the vectors of one kind of record: the npz with all its groups, or nothing where there are none. */
export class VectorsWriter {
  readonly ids: SpooledIds;
  readonly #kind: RecordKind;
  readonly #file: VectorFile;
  readonly #groups: readonly VectorGroup[];
  readonly #digest: ContentDigest;
  readonly #scratch = new Scratch();
  #open: { readonly member: MemberWriter; readonly npz: NpzWriter } | null = null;
  #index = -1;
  #ids = NO_IDS;
  #rows = 0;

  constructor(kind: RecordKind, file: VectorFile, groups: readonly VectorGroup[], digest: ContentDigest) {
    this.ids = new SpooledIds(kind, groups);
    this.#kind = kind;
    this.#file = file;
    this.#groups = groups;
    this.#digest = digest;
  }

  /** `about`: how many bytes are expected. */
  async begin(members: MembersWriter, about: number): Promise<void> {
    if (this.#groups.length === 0) return;
    const member = await members.open(this.#file, 'store', about);
    this.#open = { member, npz: new NpzWriter(member) };
  }

  /** The next vectors, which must be those of the ids that the records announced. */
  async page(
    wanted: Pick<VectorGroup, 'model' | 'dimensions'>,
    page: readonly ArchiveVector[],
  ): Promise<void> {
    if (page.length === 0) return;
    let group = this.#groups[this.#index];
    while (group === undefined || group.model !== wanted.model || group.dimensions !== wanted.dimensions)
      group = await this.#nextGroup();
    const bytes = this.#scratch.concat(page.map(vector => vector.bytes));
    const ids = page.map(({ id }) => id).join('');
    if (!this.#ids.matches(this.#rows, ids) || page.some(vector => vector.bytes.length !== rowSize(wanted)))
      throw this.#broken('vectors are not those that the records announced');
    this.#rows += page.length;
    await this.#open?.npz.rows(bytes);
  }

  async end(members: MembersWriter): Promise<void> {
    while (this.#index < this.#groups.length - 1) await this.#nextGroup();
    this.#checkGroup();
    if (this.#open === null) return;
    await this.#open.npz.end();
    await members.close(this.#file, this.#open.member);
    this.#open = null;
    this.#ids = NO_IDS;
  }

  async #nextGroup(): Promise<VectorGroup> {
    this.#checkGroup();
    this.#index += 1;
    const group = this.#groups[this.#index];
    if (group === undefined)
      throw this.#broken('vectors came of a group that was not announced, or out of order');
    this.#ids = this.ids.take(this.#index);
    this.#rows = 0;
    const digest = this.#digest.vectors(this.#kind, group.model, group.dimensions);
    await this.#open?.npz.group(group, this.#ids.texts(), digest);
    return group;
  }

  #checkGroup(): void {
    const count = this.#groups[this.#index]?.count ?? 0;
    if (this.#index >= 0 && this.#rows !== count)
      throw this.#broken(`${this.#rows} vectors came where ${count} were announced`);
  }

  #broken(what: string): MemportError {
    return new MemportError('integrity', `${this.#kind}: ${what}; the store is not what it says`);
  }
}

import { crc32 } from 'node:zlib';
import type { VectorDigest } from '../../../model/digest.ts';
import type { MemberWriter } from '../tar/member-writer.ts';
import { arrayNames, ID_SIZE, idsHeader, rowSize, type VectorGroup, vectorsHeader } from './vector-group.ts';
import { centralDirectory, dataDescriptor, localHeader, type StoredEntry } from './zip-format.ts';

/** Writes an npz into a tar member: for each group its ids, then its vectors row by row. */
export class NpzWriter {
  readonly #member: MemberWriter;
  readonly #written: (StoredEntry & { readonly crc: number })[] = [];
  #entry: StoredEntry | null = null;
  #crc = 0;
  #digest: VectorDigest | null = null;

  constructor(member: MemberWriter) {
    this.#member = member;
  }

  /** Begins the next group. `ids` is their text in ascending order, all of the group, in pieces. */
  async group(group: VectorGroup, ids: Iterable<Buffer>, digest: VectorDigest): Promise<void> {
    await this.#endEntry();
    this.#digest = digest;
    const names = arrayNames(this.#written.length / 2);
    const idsNpy = idsHeader(group);
    await this.#begin(names.ids, idsNpy, group.count * ID_SIZE);
    for (const piece of ids) {
      digest.ids(piece);
      await this.#data(piece);
    }
    await this.#endEntry();
    await this.#begin(names.embeddings, vectorsHeader(group), group.count * rowSize(group));
  }

  /** Rows of the group, in the order of its ids. */
  async rows(bytes: Buffer): Promise<void> {
    this.#digest?.data(bytes);
    await this.#data(bytes);
  }

  async end(): Promise<void> {
    await this.#endEntry();
    await this.#member.write(centralDirectory(this.#written, this.#member.size));
  }

  async #begin(array: string, npyHeader: Buffer, dataSize: number): Promise<void> {
    const entry = { name: `${array}.npy`, size: npyHeader.length + dataSize, offset: this.#member.size };
    this.#entry = entry;
    this.#crc = 0;
    await this.#member.write(localHeader(entry));
    await this.#data(npyHeader);
  }

  async #data(bytes: Buffer): Promise<void> {
    this.#crc = crc32(bytes, this.#crc);
    await this.#member.write(bytes);
  }

  async #endEntry(): Promise<void> {
    const entry = this.#entry;
    if (entry === null) return;
    this.#entry = null;
    this.#written.push({ ...entry, crc: this.#crc });
    await this.#member.write(dataDescriptor(entry, this.#crc));
  }
}

import type { WritableFile } from '../../file-access.ts';
import { BlockWriter, type Packing } from './container/block-writer.ts';
import { BLOCK_SIZE, storedBlock } from './container/gzip-block.ts';
import { MANIFEST, type MemberName } from './layout.ts';
import { MemberWriter } from './tar/member-writer.ts';
import { TAR_BLOCK } from './tar/tar-header.ts';

/** Writes the members of an archive one after the other and keeps their sizes and sums; the manifest, which stands first and holds them, is written again at the end. */
export class MembersWriter {
  readonly #blocks: BlockWriter;
  readonly #modifiedAt: number;
  readonly #sums = new Map<MemberName, string>();
  readonly #sizes = new Map<MemberName, number>();
  #manifestAt = 0;
  #manifestSize = 0;

  /** `modifiedAt`: seconds since 1970, for all members. */
  constructor(file: WritableFile, modifiedAt: number) {
    this.#blocks = new BlockWriter(file);
    this.#modifiedAt = modifiedAt;
  }

  /** Hexadecimal sha256 of the members closed so far, but for the manifest. */
  get sums(): ReadonlyMap<MemberName, string> {
    return this.#sums;
  }

  get sizes(): ReadonlyMap<MemberName, number> {
    return this.#sizes;
  }

  /** `about`: how many bytes are expected. */
  open(name: MemberName, packing: Packing, about = 0): Promise<MemberWriter> {
    return MemberWriter.open(this.#blocks, name, { packing, about, modifiedAt: this.#modifiedAt });
  }

  async close(name: MemberName, member: MemberWriter): Promise<void> {
    const { size, sha256 } = await member.close();
    this.#sizes.set(name, size);
    this.#sums.set(name, sha256);
  }

  async document(name: MemberName, text: string): Promise<void> {
    const member = await this.open(name, 'deflate');
    await member.write(Buffer.from(text));
    await this.close(name, member);
  }

  /** Writes the manifest's member with a text that has the length of the final one. */
  async draftManifest(draft: string): Promise<void> {
    const member = await this.open(MANIFEST, 'store');
    await member.write(Buffer.from(draft));
    const { size, dataAt } = await member.close();
    this.#manifestAt = dataAt;
    this.#manifestSize = size;
  }

  /** Ends the archive; resolves to the size of the file. */
  async finish(manifest: string): Promise<number> {
    await this.#blocks.append(Buffer.alloc(2 * TAR_BLOCK), 'store');
    await this.#blocks.cut('store');
    const text = Buffer.from(manifest);
    if (text.length !== this.#manifestSize)
      throw new RangeError('the manifest has another length than its draft');
    const padded = Buffer.alloc(Math.ceil(text.length / TAR_BLOCK) * TAR_BLOCK);
    text.copy(padded);
    const blocks: Buffer[] = [];
    for (let at = 0; at < padded.length; at += BLOCK_SIZE)
      blocks.push(storedBlock(padded.subarray(at, at + BLOCK_SIZE)));
    await this.#blocks.patch(this.#manifestAt, Buffer.concat(blocks));
    return this.#blocks.finish();
  }
}

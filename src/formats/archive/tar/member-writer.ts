import { Sha256 } from '../../../sha256.ts';
import type { BlockWriter, Packing } from '../container/block-writer.ts';
import { storedBlock } from '../container/gzip-block.ts';
import { TOP_FOLDER } from '../layout.ts';
import { encodeTarHeader, TAR_BLOCK } from './tar-header.ts';

export interface WrittenMember {
  readonly size: number;
  /** Hexadecimal. */
  readonly sha256: string;
  /** Place of the first block of its data in the file. */
  readonly dataAt: number;
}

/** Writes one tar member whose size is only known at its end: its header is written again then, in its place. */
export class MemberWriter {
  readonly #blocks: BlockWriter;
  readonly #name: string;
  readonly #modifiedAt: number;
  readonly #packing: Packing;
  readonly #headerAt: number;
  readonly #dataAt: number;
  readonly #hash: Sha256;
  #size = 0;

  private constructor(
    blocks: BlockWriter,
    name: string,
    options: MemberOptions,
    places: { headerAt: number; dataAt: number },
  ) {
    this.#blocks = blocks;
    this.#name = name;
    this.#modifiedAt = options.modifiedAt;
    this.#packing = options.packing;
    this.#hash = new Sha256(options.about);
    this.#headerAt = places.headerAt;
    this.#dataAt = places.dataAt;
  }

  static async open(blocks: BlockWriter, name: string, options: MemberOptions): Promise<MemberWriter> {
    const headerAt = await blocks.cut('store');
    await blocks.append(memberHeader(name, 0, options.modifiedAt), 'store');
    const dataAt = await blocks.cut('store');
    return new MemberWriter(blocks, name, options, { headerAt, dataAt });
  }

  get size(): number {
    return this.#size;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#hash.update(bytes);
    this.#size += bytes.length;
    await this.#blocks.append(bytes, this.#packing);
  }

  async close(): Promise<WrittenMember> {
    const padding = (TAR_BLOCK - (this.#size % TAR_BLOCK)) % TAR_BLOCK;
    await this.#blocks.append(Buffer.alloc(padding), this.#packing);
    await this.#blocks.cut(this.#packing);
    const header = memberHeader(this.#name, this.#size, this.#modifiedAt);
    await this.#blocks.patch(this.#headerAt, storedBlock(header));
    return { size: this.#size, sha256: this.#hash.digest(), dataAt: this.#dataAt };
  }
}

export interface MemberOptions {
  readonly packing: Packing;
  /** How many bytes are expected. */
  readonly about?: number;
  /** Seconds since 1970. */
  readonly modifiedAt: number;
}

function memberHeader(name: string, size: number, modifiedAt: number): Buffer {
  return encodeTarHeader(`${TOP_FOLDER}/${name}`, size, modifiedAt);
}

import { type ReadableFile, readUpTo } from '../../../file-access.ts';
import { giveBack } from '../../../given-back.ts';
import { damaged } from '../damage.ts';
import type { BytesOptions, Container } from './container.ts';
import { BLOCK_HEADER_SIZE, blockDataSize, blockLength, openBlock } from './gzip-block.ts';

/** Blocks that are inflated at the same time. */
const AHEAD = 2;

/** Where a block begins in the file, and its data among all data. */
interface BlockPlace {
  readonly place: number;
  readonly start: number;
}
const FIRST: BlockPlace = { place: 0, start: 0 };

/** A file of gzip blocks. It remembers where blocks begin, so that later reads can jump. */
export class BlockContainer implements Container {
  readonly blocked = true;
  readonly #file: ReadableFile;
  /** The known blocks, in order. */
  readonly #places: BlockPlace[] = [FIRST];
  /** The last of them. */
  #last: BlockPlace = FIRST;

  constructor(file: ReadableFile) {
    this.#file = file;
  }

  async *bytes(
    start: number,
    { signal, ahead = AHEAD, passing = false }: BytesOptions = {},
  ): AsyncGenerator<Buffer> {
    const walk = new BlockWalk(this.#file, this.#nearest(start));
    const opening: { readonly start: number; readonly data: Promise<Buffer> }[] = [];
    for (;;) {
      while (opening.length < ahead) {
        signal?.throwIfAborted();
        const at = walk.start;
        const block = await walk.next();
        if (block === null) break;
        this.#remember(walk);
        // Every block has data: from the very start on, none is passed over.
        if (walk.start <= start) continue;
        const data = openBlock(block);
        data.catch(() => {});
        opening.push({ start: at, data });
      }
      const next = opening.shift();
      if (next === undefined) return;
      const data = await next.data;
      yield next.start < start ? data.subarray(start - next.start) : data;
      if (passing) giveBack(data);
    }
  }

  #nearest(start: number): BlockPlace {
    return this.#places.findLast(known => known.start <= start) ?? FIRST;
  }

  #remember({ place, start }: BlockPlace): void {
    if (place <= this.#last.place) return;
    this.#last = { place, start };
    this.#places.push(this.#last);
  }
}

/** Reads whole blocks one after the other, each with the header of the next. */
class BlockWalk {
  readonly #file: ReadableFile;
  /** Of the next block: its place in the file and of its data. */
  place: number;
  start: number;
  #header: Buffer | null = null;

  constructor(file: ReadableFile, from: BlockPlace) {
    this.#file = file;
    this.place = from.place;
    this.start = from.start;
  }

  async next(): Promise<Buffer | null> {
    this.#header ??= await readUpTo(this.#file, BLOCK_HEADER_SIZE, this.place);
    if (this.#header.length === 0) return null;
    const length = blockLength(this.#header);
    const bytes = await readUpTo(this.#file, length + BLOCK_HEADER_SIZE, this.place);
    if (bytes.length < length) throw damaged('The archive ends in the middle of a block: it is truncated.');
    const block = bytes.subarray(0, length);
    // Copied: the rest may be given back.
    this.#header = Buffer.from(bytes.subarray(length));
    this.place += length;
    this.start += blockDataSize(block);
    return block;
  }
}

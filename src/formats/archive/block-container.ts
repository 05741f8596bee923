import type { FileHandle } from 'node:fs/promises';
import type { Container } from './container.ts';
import { damaged } from './damage.ts';
import { BLOCK_HEADER_SIZE, blockDataSize, blockLength, openBlock } from './gzip-block.ts';

/** Blocks that are inflated at the same time. */
const AHEAD = 4;

/** A file of gzip blocks. It remembers where blocks begin, so that later reads can jump. */
export class BlockContainer implements Container {
  readonly blocked = true;
  readonly #file: FileHandle;
  /** For each known block, in order: its place in the file and the place of its data. */
  readonly #places: number[] = [0];
  readonly #starts: number[] = [0];

  constructor(file: FileHandle) {
    this.#file = file;
  }

  async *bytes(start: number, signal?: AbortSignal): AsyncGenerator<Buffer> {
    const walk = new BlockWalk(this.#file, this.#nearest(start));
    const opening: { readonly start: number; readonly data: Promise<Buffer> }[] = [];
    for (;;) {
      while (opening.length < AHEAD) {
        signal?.throwIfAborted();
        const at = walk.start;
        const block = await walk.next();
        if (block === null) break;
        this.#remember(walk.place, walk.start);
        if (walk.start <= start) continue;
        const data = openBlock(block);
        data.catch(() => {});
        opening.push({ start: at, data });
      }
      const next = opening.shift();
      if (next === undefined) return;
      const data = await next.data;
      yield next.start < start ? data.subarray(start - next.start) : data;
    }
  }

  #nearest(start: number): { place: number; start: number } {
    let index = this.#starts.length - 1;
    while (index > 0 && (this.#starts[index] ?? 0) > start) index -= 1;
    return { place: this.#places[index] ?? 0, start: this.#starts[index] ?? 0 };
  }

  #remember(place: number, start: number): void {
    if (place <= (this.#places.at(-1) ?? 0)) return;
    this.#places.push(place);
    this.#starts.push(start);
  }
}

/** Reads whole blocks one after the other, each with the header of the next. */
class BlockWalk {
  readonly #file: FileHandle;
  /** Of the next block: its place in the file and of its data. */
  place: number;
  start: number;
  #header: Buffer | null = null;

  constructor(file: FileHandle, from: { place: number; start: number }) {
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
    this.#header = bytes.subarray(length);
    this.place += length;
    this.start += blockDataSize(block);
    return block;
  }
}

/** Fewer bytes only at the end of the file. */
async function readUpTo(file: FileHandle, length: number, position: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return buffer.subarray(0, filled);
}

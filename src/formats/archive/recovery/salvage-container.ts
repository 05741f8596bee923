import { MemportError } from '../../../errors.ts';
import type { ReadableFile } from '../../../file-access.ts';
import { BLOCK_HEADER_SIZE, blockLength, looksLikeBlock, openBlock } from '../container/gzip-block.ts';
import { salvageGzip } from './salvage-gzip.ts';
import type { SalvagedChunk } from './salvaged-chunk.ts';

const SIGNATURE = Buffer.from([0x1f, 0x8b, 8, 4]);
const WINDOW = 1024 * 1024;

/**
 * What is intact in a gzip file. Of a file of blocks: every block whose checksums hold, wherever it stands. Of another
 * gzip file: all that can be inflated from its beginning, which nothing proves.
 */
export class SalvageContainer {
  readonly blocked: boolean;
  readonly #file: ReadableFile;
  /** Known blocks in order: place in the file and among the intact data. */
  readonly #places: { readonly place: number; readonly start: number }[] = [];

  private constructor(file: ReadableFile, blocked: boolean) {
    this.#file = file;
    this.blocked = blocked;
  }

  static async open(file: ReadableFile): Promise<SalvageContainer> {
    const head = Buffer.alloc(BLOCK_HEADER_SIZE);
    await file.read(head, 0, head.length, 0);
    const first = await findBlock(file, 0);
    return new SalvageContainer(file, looksLikeBlock(head) || first !== null);
  }

  /** The intact data, from the chunk on that holds the byte `from`. */
  async *chunks(signal?: AbortSignal, from = 0): AsyncGenerator<SalvagedChunk> {
    if (!this.blocked) {
      yield* salvageGzip(this.#file, signal);
      return;
    }
    const known = this.#places.findLast(({ start }) => start <= from) ?? { place: 0, start: 0 };
    let { place, start } = known;
    for (;;) {
      signal?.throwIfAborted();
      const block = await findBlock(this.#file, place);
      if (block === null) {
        const { size } = await this.#file.stat();
        if (place < size) yield { start, data: null };
        return;
      }
      if (block.place > place) yield { start, data: null };
      if (start > (this.#places.at(-1)?.start ?? -1)) this.#places.push({ place: block.place, start });
      yield { start, data: block.data };
      start += block.data.length;
      place = block.place + block.length;
    }
  }

  /** The intact data from the byte `from` on, up to the next gap, of which `onGap` is told. */
  async *bytes(from: number, signal?: AbortSignal, onGap?: () => void): AsyncGenerator<Buffer> {
    for await (const { start, data } of this.chunks(signal, from)) {
      if (data === null) {
        if (start <= from) continue;
        onGap?.();
        return;
      }
      if (start + data.length > from) yield data.subarray(Math.max(0, from - start));
    }
  }
}

interface FoundBlock {
  readonly place: number;
  readonly length: number;
  readonly data: Buffer;
}

/** The first intact block at `from` or behind it. */
async function findBlock(file: ReadableFile, from: number): Promise<FoundBlock | null> {
  const expected = await readBlock(file, from);
  if (expected !== null) return expected;
  const window = Buffer.allocUnsafe(WINDOW);
  for (let at = from + 1; ; ) {
    const { bytesRead } = await file.read(window, 0, WINDOW, at);
    const bytes = window.subarray(0, bytesRead);
    for (let next = bytes.indexOf(SIGNATURE); next !== -1; next = bytes.indexOf(SIGNATURE, next + 1)) {
      const found = await readBlock(file, at + next);
      if (found !== null) return found;
    }
    if (bytesRead < SIGNATURE.length) return null;
    // The signature may lie across two windows.
    at += bytesRead - SIGNATURE.length + 1;
  }
}

async function readBlock(file: ReadableFile, place: number): Promise<FoundBlock | null> {
  try {
    const header = Buffer.alloc(BLOCK_HEADER_SIZE);
    const { bytesRead } = await file.read(header, 0, header.length, place);
    const length = blockLength(header.subarray(0, bytesRead));
    const block = Buffer.allocUnsafeSlow(length);
    const read = await file.read(block, 0, length, place);
    return read.bytesRead < length ? null : { place, length, data: await openBlock(block) };
  } catch (error) {
    if (error instanceof MemportError && error.code === 'integrity') return null;
    throw error;
  }
}

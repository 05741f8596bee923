import { promisify } from 'node:util';
import { constants, gunzip as gunzipCallback, type InputType, type ZlibOptions } from 'node:zlib';
import { MemportError } from '../../../errors.ts';
import type { ReadableFile } from '../../../file-access.ts';
import {
  BLOCK_HEADER_SIZE,
  BLOCK_SIZE,
  blockLength,
  looksLikeBlock,
  openBlock,
} from '../container/gzip-block.ts';
import { salvageGzip } from './salvage-gzip.ts';
import type { SalvagedChunk } from './salvaged-chunk.ts';

const SIGNATURE = Buffer.from([0x1f, 0x8b, 8, 4]);
const WINDOW = 1024 * 1024;
const gunzip = promisify<InputType, ZlibOptions, Buffer>(gunzipCallback);

/**
 * What is intact in a gzip file. Of a file of blocks: every block whose checksums hold, wherever it stands, and the
 * beginning of one that the end of the file cuts off. Of another
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
        const beginning = await readCutBlock(this.#file, place, size);
        if (beginning !== null) yield { start, data: beginning, isCut: true };
        if (place < size) yield { start: start + (beginning?.length ?? 0), data: null };
        return;
      }
      if (block.place > place) yield { start, data: null };
      if (start > (this.#places.at(-1)?.start ?? -1)) this.#places.push({ place: block.place, start });
      yield { start, data: block.data };
      start += block.data.length;
      place = block.place + block.length;
    }
  }

  /** The proven data from the byte `from` on, up to the next gap, of which `onGap` is told. */
  async *bytes(from: number, signal?: AbortSignal, onGap?: () => void): AsyncGenerator<Buffer> {
    for await (const { start, data, isCut } of this.chunks(signal, from)) {
      if (data === null || isCut === true) {
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

/** What can be inflated of a block that begins at `place` and goes on beyond the end of the file; null for any other. */
async function readCutBlock(file: ReadableFile, place: number, size: number): Promise<Buffer | null> {
  const header = Buffer.alloc(BLOCK_HEADER_SIZE);
  await file.read(header, 0, header.length, place);
  try {
    if (blockLength(header) <= size - place) return null;
    const buffer = Buffer.alloc(size - place);
    const { bytesRead } = await file.read(buffer, 0, size - place, place);
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: BLOCK_SIZE };
    const data = await gunzip(buffer.subarray(0, bytesRead), options);
    return data.length === 0 ? null : data;
  } catch {
    return null;
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

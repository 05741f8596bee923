import type { WritableFile } from '../../../file-access.ts';
import { giveBack } from '../../../given-back.ts';
import { BLOCK_SIZE, deflatedBlock, storedBlock, storedBlockSize } from './gzip-block.ts';

export type Packing = 'deflate' | 'store';

/** Blocks that are deflated at the same time. */
const IN_FLIGHT = 4;
const WRITE_SIZE = 1024 * 1024;

/**
 * Writes data as gzip blocks (gzip-block.ts) to a file from its start on: deflating on the thread pool, in order, few in
 * flight. Runs of data are cut into blocks of 1 MiB wherever the caller's pieces end, so the bytes depend on the data
 * alone. Its large buffers are used again and again.
 */
export class BlockWriter {
  readonly #file: WritableFile;
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_SIZE);
  #filled = 0;
  readonly #spareBlocks: Buffer[] = [];
  readonly #sealed: Promise<readonly Buffer[]>[] = [];
  /** Deflated blocks among what is to be written; nobody needs them afterwards. */
  #passing: Buffer[] = [];
  /** Two: one is filled while the other is written. */
  readonly #stores = new Alternating(storedBlockSize(BLOCK_SIZE));
  #unwritten: Buffer[] = [];
  #unwrittenBytes = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #end = 0;

  constructor(file: WritableFile) {
    this.#file = file;
  }

  /** Copies `data`. The packing may change only after `cut`. */
  async append(data: Uint8Array, packing: Packing): Promise<void> {
    for (let at = 0; at < data.length; ) {
      const part = data.subarray(at, at + BLOCK_SIZE - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === BLOCK_SIZE) await this.#seal(packing);
    }
  }

  /** Ends the block; resolves to the place in the file where the next one will begin. */
  async cut(packing: Packing): Promise<number> {
    if (this.#filled > 0) await this.#seal(packing);
    while (this.#sealed.length > 0) await this.#take();
    return this.#end;
  }

  /** Writes `bytes` over what was written at `position`. */
  async patch(position: number, bytes: Uint8Array): Promise<void> {
    await this.#write();
    await this.#writing;
    await writeAll(this.#file, [bytes], position);
  }

  /** Resolves to the size of the file once everything is written. */
  async finish(): Promise<number> {
    await this.#write();
    await this.#writing;
    return this.#end;
  }

  async #seal(packing: Packing): Promise<void> {
    const data = this.#block.subarray(0, this.#filled);
    this.#filled = 0;
    if (packing === 'store') {
      const isWhole = data.length === BLOCK_SIZE;
      this.#add([storedBlock(data, isWhole ? this.#stores.next() : undefined)]);
      // The buffer may be used again once the write before this one is over.
      if (isWhole) await this.#write();
      return;
    }
    this.#deflate(data, this.#block);
    this.#block = this.#spareBlocks.pop() ?? Buffer.allocUnsafeSlow(BLOCK_SIZE);
    while (this.#sealed.length >= IN_FLIGHT) await this.#take();
  }

  #deflate(data: Buffer, buffer: Buffer): void {
    const block = deflatedBlock(data);
    block.then(
      () => this.#spareBlocks.push(buffer),
      () => {},
    );
    this.#sealed.push(block);
  }

  async #take(): Promise<void> {
    const block = (await this.#sealed.shift()) ?? [];
    this.#add(block);
    this.#passing.push(...block);
    if (this.#unwrittenBytes >= WRITE_SIZE) await this.#write();
  }

  #add(parts: readonly Buffer[]): void {
    for (const part of parts) {
      this.#unwritten.push(part);
      this.#unwrittenBytes += part.length;
      this.#end += part.length;
    }
  }

  /** Starts to write what is ready; waits only for the write before. */
  async #write(): Promise<void> {
    await this.#writing;
    if (this.#unwrittenBytes === 0) return;
    const passing = this.#passing;
    this.#writing = writeAll(this.#file, this.#unwritten, this.#end - this.#unwrittenBytes).then(() => {
      for (const part of passing) giveBack(part);
    });
    this.#writing.catch(() => {});
    this.#passing = [];
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
  }
}

/** Two buffers by turns. */
class Alternating {
  readonly #size: number;
  #next: Buffer | null = null;
  #other: Buffer | null = null;

  constructor(size: number) {
    this.#size = size;
  }

  next(): Buffer {
    const buffer = this.#next ?? Buffer.allocUnsafeSlow(this.#size);
    this.#next = this.#other;
    this.#other = buffer;
    return buffer;
  }
}

async function writeAll(file: WritableFile, parts: readonly Uint8Array[], position: number): Promise<void> {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const { bytesWritten } = await file.writev(parts, position);
  if (bytesWritten === total) return;
  const rest = Buffer.concat(parts).subarray(bytesWritten);
  for (let at = 0; at < rest.length; ) {
    at += (await file.write(rest, at, rest.length - at, position + bytesWritten + at)).bytesWritten;
  }
}

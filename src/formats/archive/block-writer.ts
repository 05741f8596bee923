import type { FileHandle } from 'node:fs/promises';
import { BLOCK_SIZE, deflatedBlock, storedBlock } from './gzip-block.ts';

export type Packing = 'deflate' | 'store';

/** Blocks that are deflated at the same time; with the one that fills up, what bounds the memory. */
const IN_FLIGHT = 4;
const WRITE_SIZE = 1024 * 1024;

/**
 * Writes data as gzip blocks (gzip-block.ts) to a file from its start on: deflating on the thread pool, in order, few in
 * flight. Runs of data are cut into blocks of 1 MiB wherever the caller's pages end, so the bytes depend on the data alone.
 */
export class BlockWriter {
  readonly #file: FileHandle;
  #block: Buffer = Buffer.allocUnsafeSlow(BLOCK_SIZE);
  #filled = 0;
  readonly #spare: Buffer[] = [];
  readonly #sealed: Promise<readonly Buffer[]>[] = [];
  #unwritten: Buffer[] = [];
  #unwrittenBytes = 0;
  #writing: Promise<unknown> = Promise.resolve();
  #end = 0;

  constructor(file: FileHandle) {
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
    const buffer = this.#block;
    const data = buffer.subarray(0, this.#filled);
    if (packing === 'store') {
      this.#sealed.push(Promise.resolve([storedBlock(data)]));
    } else {
      const block = deflatedBlock(data);
      block.then(
        () => this.#spare.push(buffer),
        () => {},
      );
      this.#sealed.push(block);
      this.#block = this.#spare.pop() ?? Buffer.allocUnsafeSlow(BLOCK_SIZE);
    }
    this.#filled = 0;
    while (this.#sealed.length >= (packing === 'store' ? 1 : IN_FLIGHT)) await this.#take();
  }

  async #take(): Promise<void> {
    const block = await this.#sealed.shift();
    for (const part of block ?? []) {
      this.#unwritten.push(part);
      this.#unwrittenBytes += part.length;
      this.#end += part.length;
    }
    if (this.#unwrittenBytes >= WRITE_SIZE) await this.#write();
  }

  /** Starts to write what is ready; waits only for the write before. */
  async #write(): Promise<void> {
    await this.#writing;
    if (this.#unwrittenBytes === 0) return;
    this.#writing = writeAll(this.#file, this.#unwritten, this.#end - this.#unwrittenBytes);
    this.#writing.catch(() => {});
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
  }
}

async function writeAll(file: FileHandle, parts: readonly Uint8Array[], position: number): Promise<void> {
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  const { bytesWritten } = await file.writev(parts, position);
  if (bytesWritten === total) return;
  const rest = Buffer.concat(parts).subarray(bytesWritten);
  for (let at = 0; at < rest.length; ) {
    at += (await file.write(rest, at, rest.length - at, position + bytesWritten + at)).bytesWritten;
  }
}

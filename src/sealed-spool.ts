import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { readUpTo, type WritableFile } from './file-access.ts';
import { openNameless } from './nameless-file.ts';

const PAGE = 64 * 1024;
const NONCE = 12;
const TAG = 16;
const SEALED = NONCE + PAGE + TAG;

/**
 * A temporary file for what must not lie on a disk in the clear: it has no name, and its pages are sealed (AES-256-GCM,
 * a new random nonce each time a page is written) with a key that only this process has, and only while the spool is
 * open. Written at any place, one write after the other; then read once more from its beginning.
 */
export class SealedSpool implements WritableFile, AsyncDisposable {
  readonly #file: FileHandle;
  readonly #close: () => Promise<void>;
  readonly #key = randomBytes(32);
  readonly #page = Buffer.alloc(PAGE);
  #index = 0;
  #isDirty = false;
  #size = 0;

  private constructor(file: FileHandle, close: () => Promise<void>) {
    this.#file = file;
    this.#close = close;
  }

  static async open(): Promise<SealedSpool> {
    const file = await openNameless();
    return new SealedSpool(file.handle, async () => file[Symbol.asyncDispose]());
  }

  /** Of what was written. */
  get size(): number {
    return this.#size;
  }

  async write(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesWritten: number }> {
    if (position > this.#size) throw new RangeError('a spool has no gaps');
    for (let done = 0; done < length; ) {
      const at = position + done;
      await this.#turnTo(Math.floor(at / PAGE));
      const part = Math.min(length - done, PAGE - (at % PAGE));
      buffer.copy(this.#page, at % PAGE, offset + done, offset + done + part);
      this.#isDirty = true;
      done += part;
      this.#size = Math.max(this.#size, position + done);
    }
    return { bytesWritten: length };
  }

  async writev(parts: readonly Uint8Array[], position: number): Promise<{ readonly bytesWritten: number }> {
    let done = 0;
    for (const part of parts) {
      const bytes = Buffer.from(part.buffer, part.byteOffset, part.length);
      await this.write(bytes, 0, bytes.length, position + done);
      done += bytes.length;
    }
    return { bytesWritten: done };
  }

  async appendFile(data: Uint8Array): Promise<void> {
    await this.writev([data], this.#size);
  }

  /** All that was written, page by page. */
  async *pages(): AsyncGenerator<Buffer> {
    await this.#flush();
    for (let index = 0; index * PAGE < this.#size; index++)
      yield (await this.#read(index)).subarray(0, this.#size - index * PAGE);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#key.fill(0);
    this.#page.fill(0);
    await this.#close();
  }

  async #turnTo(index: number): Promise<void> {
    if (index === this.#index) return;
    await this.#flush();
    if (index * PAGE < this.#size) (await this.#read(index)).copy(this.#page);
    else this.#page.fill(0);
    this.#index = index;
  }

  async #flush(): Promise<void> {
    if (!this.#isDirty) return;
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce);
    const sealed = Buffer.concat([nonce, cipher.update(this.#page), cipher.final(), cipher.getAuthTag()]);
    for (let done = 0; done < sealed.length; )
      done += (await this.#file.write(sealed, done, sealed.length - done, this.#index * SEALED + done))
        .bytesWritten;
    this.#isDirty = false;
  }

  async #read(index: number): Promise<Buffer> {
    const sealed = await readUpTo(this.#file, SEALED, index * SEALED);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, sealed.subarray(0, NONCE));
    decipher.setAuthTag(sealed.subarray(SEALED - TAG));
    return Buffer.concat([decipher.update(sealed.subarray(NONCE, SEALED - TAG)), decipher.final()]);
  }
}

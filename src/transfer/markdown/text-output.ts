import { createHash, type Hash } from 'node:crypto';
import type { WritableFile } from '../../file-access.ts';

const CHUNK = 256 * 1024;

/** Writes text to a file in pieces, and says what it came to. */
export class TextOutput {
  readonly #file: WritableFile;
  readonly #hash: Hash = createHash('sha256');
  #pieces: string[] = [];
  #size = 0;
  #bytes = 0;

  constructor(file: WritableFile) {
    this.#file = file;
  }

  async text(text: string): Promise<void> {
    this.#pieces.push(text);
    this.#size += text.length;
    if (this.#size >= CHUNK) await this.#flush();
  }

  /** Writes the rest; resolves to the size in bytes and the sha256, hexadecimal. */
  async finish(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    await this.#flush();
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.from(this.#pieces.join(''));
    this.#pieces = [];
    this.#size = 0;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    if (bytes.length > 0) await this.#file.appendFile(bytes);
  }
}

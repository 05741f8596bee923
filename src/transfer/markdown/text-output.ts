import { createHash, type Hash } from 'node:crypto';
import type { WritableFile } from '../../file-access.ts';

const CHUNK = 256 * 1024;

/** Writes text to a file in pieces, and says what it came to. */
export class TextOutput {
  readonly #file: WritableFile;
  readonly #hash: Hash = createHash('sha256');
  #pieces: Buffer[] = [];
  #size = 0;
  #bytes = 0;

  constructor(file: WritableFile) {
    this.#file = file;
  }

  async text(text: string): Promise<void> {
    await this.bytes(Buffer.from(text));
  }

  /** The bytes must stay as they are. */
  async bytes(bytes: Buffer): Promise<void> {
    this.#pieces.push(bytes);
    this.#size += bytes.length;
    if (this.#size >= CHUNK) await this.#flush();
  }

  /** Writes the rest; resolves to the size in bytes and the sha256, hexadecimal. */
  async finish(): Promise<{ readonly bytes: number; readonly sha256: string }> {
    await this.#flush();
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#pieces, this.#size);
    this.#pieces = [];
    this.#size = 0;
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    if (bytes.length > 0) await this.#file.appendFile(bytes);
  }
}

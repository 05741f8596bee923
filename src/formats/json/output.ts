import { MAX_FLOAT32_BYTES, writeFloat32 } from './float32-text.ts';

/** Takes the bytes of a file in order. They may be overwritten once the promise resolves. */
export type Sink = (chunk: Uint8Array) => Promise<void>;

const CHUNK_BYTES = 512 * 1024;
const COMMA = 0x2c;

/** Gathers text and numbers into chunks of about half a megabyte. `reserve` first, then write at most that much. */
export class Output {
  readonly #sink: Sink;
  #buffer: Buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  #used = 0;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /** Makes room for so many UTF-16 code units of text and so many numbers. */
  async reserve(characters: number, numbers: number): Promise<void> {
    const size = characters * 3 + numbers * (MAX_FLOAT32_BYTES + 1);
    if (size <= this.#buffer.length - this.#used) return;
    await this.flush();
    if (size > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(size);
  }

  text(text: string): void {
    this.#used += this.#buffer.write(text, this.#used, 'utf8');
  }

  /** With commas in between. */
  numbers(vector: Float32Array): void {
    let at = this.#used;
    for (const number of vector) {
      at = writeFloat32(number, this.#buffer, at);
      this.#buffer[at] = COMMA;
      at += 1;
    }
    this.#used = vector.length > 0 ? at - 1 : at;
  }

  async flush(): Promise<void> {
    if (this.#used === 0) return;
    await this.#sink(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }
}

import { damaged } from '../damage.ts';

/** Pieces up to this are copied, so that they stay valid when the next chunk is asked for. */
const COPIED = 64 * 1024;

/** Reads a stream of chunks by lengths. Large pieces share the chunks' memory where they can. */
export class ByteReader {
  readonly #chunks: AsyncIterator<Buffer>;
  #chunk: Buffer = Buffer.alloc(0);
  #offset: number;
  #ended = false;

  /** `offset` is the place of the first byte, for `offset`. */
  constructor(chunks: AsyncIterable<Buffer>, offset = 0) {
    this.#chunks = chunks[Symbol.asyncIterator]();
    this.#offset = offset;
  }

  /** The place of the next byte. */
  get offset(): number {
    return this.#offset;
  }

  /** From 1 to `limit` bytes; null at the end. */
  async some(limit: number): Promise<Buffer | null> {
    while (this.#chunk.length === 0) {
      if (this.#ended) return null;
      const next = await this.#chunks.next();
      if (next.done) this.#ended = true;
      else this.#chunk = next.value;
    }
    const piece = this.#chunk.subarray(0, limit);
    this.#chunk = this.#chunk.subarray(piece.length);
    this.#offset += piece.length;
    return piece;
  }

  /** Up to `most` pieces of `size` bytes, as many as are whole at hand, without waiting; null where none is. */
  wholeAtHand(size: number, most: number): Buffer | null {
    const length = size * Math.min(most, Math.floor(this.#chunk.length / size));
    if (length === 0) return null;
    const pieces = this.#chunk.subarray(0, length);
    this.#chunk = this.#chunk.subarray(length);
    this.#offset += length;
    return pieces;
  }

  /** Exactly `length` bytes; throws `integrity` when there are fewer. */
  async exactly(length: number): Promise<Buffer> {
    if (length > COPIED && length <= this.#chunk.length) return (await this.some(length)) ?? this.#chunk;
    const whole = Buffer.allocUnsafe(length);
    for (let filled = 0; filled < length; ) {
      const piece = await this.some(length - filled);
      if (piece === null) throw damaged('The archive ends too early: it is truncated.');
      whole.set(piece, filled);
      filled += piece.length;
    }
    return whole;
  }

  /** Ends the stream before its end. */
  async close(): Promise<void> {
    this.#ended = true;
    this.#chunk = Buffer.alloc(0);
    await this.#chunks.return?.();
  }
}

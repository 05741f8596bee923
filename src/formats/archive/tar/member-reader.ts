import { Sha256 } from '../../../sha256.ts';
import type { ByteReader } from '../container/byte-reader.ts';
import { damaged } from '../damage.ts';

/** The data of one tar member, hashed while it is read. It must be read to its end before the tar is read on. */
export class MemberReader {
  readonly name: string;
  readonly size: number;
  /** Place of the data's first byte in the tar. */
  readonly start: number;
  readonly #reader: ByteReader;
  readonly #hash: Sha256;
  #remaining: number;

  constructor(name: string, size: number, reader: ByteReader) {
    this.name = name;
    this.size = size;
    this.start = reader.offset;
    this.#reader = reader;
    this.#remaining = size;
    this.#hash = new Sha256(size);
  }

  get remaining(): number {
    return this.#remaining;
  }

  /** Place of the next byte in the tar. */
  get offset(): number {
    return this.#reader.offset;
  }

  /** From 1 to `limit` bytes; null at the member's end. Throws `integrity` when the archive ends before. */
  async some(limit: number): Promise<Buffer | null> {
    if (this.#remaining === 0) return null;
    const piece = await this.#reader.some(Math.min(limit, this.#remaining));
    if (piece === null) throw damaged(`The archive ends inside ${this.name}: it is truncated.`);
    return this.#count(piece);
  }

  async exactly(length: number): Promise<Buffer> {
    if (length > this.#remaining) throw damaged(`${this.name} is shorter than it must be.`);
    return this.#count(await this.#reader.exactly(length));
  }

  /** All that remains, in pieces as they come. */
  async *pieces(): AsyncGenerator<Buffer> {
    for (;;) {
      const piece = await this.some(this.#remaining);
      if (piece === null) return;
      yield piece;
    }
  }

  /** Hexadecimal, of all that was read. Ends the hash. */
  sha256(): string {
    return this.#hash.digest();
  }

  #count(piece: Buffer): Buffer {
    this.#remaining -= piece.length;
    this.#hash.update(piece);
    return piece;
  }
}

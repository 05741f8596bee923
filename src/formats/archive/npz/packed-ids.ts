import { ID_SIZE } from './vector-group.ts';

const PACKED_SIZE = 16;
const DIGITS = 2 * PACKED_SIZE;
/** Ids that are made text of at a time. */
const TEXTS = 1024;
/** Where the digits between the hyphens begin and end, without hyphens, and where they stand with them. */
const PARTS = [
  { start: 0, end: 8, at: 0 },
  { start: 8, end: 12, at: 9 },
  { start: 12, end: 16, at: 14 },
  { start: 16, end: 20, at: 19 },
  { start: 20, end: 32, at: 24 },
] as const;

/** So many hyphenated ids at most, one behind the other, 16 bytes each. */
export class PackedIds {
  readonly #bytes: Buffer;
  #count = 0;

  constructor(most: number) {
    this.#bytes = Buffer.allocUnsafeSlow(most * PACKED_SIZE);
  }

  get count(): number {
    return this.#count;
  }

  /** `ids`: their text, nothing in between. Throws RangeError for what is none, and for more than there is room for. */
  push(ids: string): void {
    const packed = pack(ids);
    if (this.#count * PACKED_SIZE + packed.length > this.#bytes.length) throw new RangeError('too many ids');
    this.#bytes.set(packed, this.#count * PACKED_SIZE);
    this.#count += packed.length / PACKED_SIZE;
  }

  /** Whether these are the ids from the place `from` on. */
  matches(from: number, ids: string): boolean {
    const packed = pack(ids);
    const start = from * PACKED_SIZE;
    return this.#bytes.subarray(start, start + packed.length).equals(packed);
  }

  /** Their text in pieces, each valid until the next. */
  *texts(): Generator<Buffer> {
    const text = Buffer.alloc(TEXTS * ID_SIZE, '-');
    for (let start = 0; start < this.#count; start += TEXTS) {
      const end = Math.min(this.#count, start + TEXTS);
      const digits = Buffer.from(
        this.#bytes.toString('hex', start * PACKED_SIZE, end * PACKED_SIZE),
        'latin1',
      );
      for (let n = 0; n < end - start; n++)
        for (const part of PARTS)
          digits.copy(text, n * ID_SIZE + part.at, n * DIGITS + part.start, n * DIGITS + part.end);
      yield text.subarray(0, (end - start) * ID_SIZE);
    }
  }
}

function pack(ids: string): Buffer {
  const packed = Buffer.from(ids.replaceAll('-', ''), 'hex');
  if (packed.length * ID_SIZE !== ids.length * PACKED_SIZE) throw new RangeError('not ids');
  return packed;
}

import { isUtf8 } from 'node:buffer';
import { MemportError } from '../../errors.ts';

/** Proves that a stream of bytes is UTF-8, chunk by chunk; a character may lie across chunks. */
export class Utf8Check {
  #offset = 0;
  #pending: Buffer = Buffer.alloc(0);

  /** Throws MemportError `integrity` with the offset of the first byte that is not UTF-8. */
  push(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    const bytes = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    const whole = bytes.length - unfinished(bytes);
    if (!isUtf8(bytes.subarray(0, whole))) throw notUtf8(this.#offset + firstBad(bytes));
    this.#offset += whole;
    this.#pending = Buffer.from(bytes.subarray(whole));
  }

  /** Throws when the stream ended inside a character. */
  end(): void {
    if (this.#pending.length > 0) throw notUtf8(this.#offset);
  }
}

function notUtf8(offset: number): MemportError {
  return new MemportError('integrity', `the text is not UTF-8 at byte ${offset}`);
}

/** How many bytes at the end begin a character that more bytes could finish. */
function unfinished(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0;
    if (byte < 0x80) return 0;
  }
  return 0;
}

function sequenceLength(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

/** Where the first sequence of bytes begins that is no character. */
function firstBad(bytes: Uint8Array): number {
  let [good, bad] = [0, bytes.length];
  while (bad - good > 1) {
    const middle = (good + bad) >>> 1;
    const prefix = bytes.subarray(0, middle);
    if (isUtf8(prefix.subarray(0, middle - unfinished(prefix)))) good = middle;
    else bad = middle;
  }
  return good - unfinished(bytes.subarray(0, good));
}

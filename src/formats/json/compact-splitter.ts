import type { Fragment, Splitter } from './record-splitter.ts';

const [QUOTE, BACKSLASH] = [0x22, 0x5c];
const OPENING: ReadonlySet<number> = new Set([0x7b, 0x5b]);
const CLOSING: ReadonlySet<number> = new Set([0x7d, 0x5d]);
const LIST = 0x5b;
const MAX_AROUND = 1024 * 1024;

/**
 * For a JSON text without line breaks: the objects in its top-level lists. Damage that breaks a string or a bracket
 * spoils all that follows, since nothing tells any more where a record begins.
 */
export class CompactSplitter implements Splitter {
  readonly around: Buffer[] = [];
  readonly #limit: number;
  #depth = 0;
  #deepest = 0;
  #inString = false;
  #escaped = false;
  #inList = false;
  #record: Buffer[] | null = null;
  #size = 0;
  #room = MAX_AROUND;

  constructor(limit: number) {
    this.#limit = limit;
  }

  push(chunk: Uint8Array | null): readonly Fragment[] {
    if (chunk === null) return this.end();
    const bytes = Buffer.from(chunk);
    const fragments: Fragment[] = [];
    let from = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      const byte = bytes[at] ?? 0;
      if (this.#passString(byte)) continue;
      if (OPENING.has(byte)) {
        const begins = this.#inList && this.#depth === 2;
        if (begins) {
          this.#note(bytes.subarray(from, at));
          this.#record = [];
          from = at;
        }
        this.#enter(byte);
      } else if (this.#leaves(byte)) {
        this.#keep(bytes.subarray(from, at + 1));
        from = at + 1;
        fragments.push(this.#take(true));
      }
    }
    if (this.#record === null) this.#note(bytes.subarray(from));
    else this.#keep(bytes.subarray(from));
    return fragments;
  }

  end(): readonly Fragment[] {
    return this.#record === null ? [] : [this.#take(false)];
  }

  #enter(byte: number): void {
    this.#depth += 1;
    this.#deepest = Math.max(this.#deepest, this.#depth - 2);
    if (this.#depth === 2) this.#inList = byte === LIST;
  }

  /** Whether a record ends with this byte. */
  #leaves(byte: number): boolean {
    if (!CLOSING.has(byte)) return false;
    this.#depth -= 1;
    return this.#depth === 2 && this.#record !== null;
  }

  #passString(byte: number): boolean {
    if (this.#escaped) {
      this.#escaped = false;
      return true;
    }
    if (this.#inString && byte === BACKSLASH) this.#escaped = true;
    if (byte === QUOTE) this.#inString = !this.#inString;
    return this.#inString || byte === QUOTE;
  }

  #take(isWhole: boolean): Fragment {
    const isCut = this.#size > this.#limit;
    const bytes = Buffer.concat(this.#record ?? []);
    const depth = this.#deepest;
    this.#record = null;
    this.#size = 0;
    this.#deepest = 0;
    return { bytes, depth, isWhole: isWhole && !isCut, isCut, isPieced: false };
  }

  #keep(piece: Buffer): void {
    const room = this.#limit - this.#size;
    this.#size += piece.length;
    if (room > 0) this.#record?.push(piece.subarray(0, room));
  }

  #note(bytes: Buffer): void {
    if (bytes.length <= 2 || bytes.length > this.#room) return;
    this.#room -= bytes.length;
    this.around.push(bytes);
  }
}

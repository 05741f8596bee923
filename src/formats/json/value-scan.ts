const [BORING, QUOTE, OPEN, CLOSE, COMMA, COLON] = [0, 1, 2, 3, 4, 5];
const BACKSLASH = 0x5c;

const CLASS = new Uint8Array(256);
for (const [characters, kind] of [
  ['"', QUOTE],
  ['[{', OPEN],
  [']}', CLOSE],
  [',', COMMA],
  [':', COLON],
] as const) {
  for (const character of characters) CLASS[character.charCodeAt(0)] = kind;
}

/**
 * Finds the end of one JSON value in bytes that come in chunks, without parsing it: it ends where, outside strings and
 * brackets, a comma or a closing bracket stands (a key also at a colon). Whether that is valid JSON is for a parser to
 * say. Uses no recursion, and no memory beyond the bytes it keeps: at most `limit`.
 */
export class ValueScan {
  readonly #limit: number;
  readonly #isKey: boolean;
  #kept: Buffer[] = [];
  #keptSize = 0;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** The deepest nesting of brackets seen. */
  deepest = 0;
  /** Whether the value was larger than the limit: then `bytes` gives its beginning. */
  cut = false;
  ended = false;

  constructor(limit: number, isKey = false) {
    this.#limit = limit;
    this.#isKey = isKey;
  }

  /** Goes on at `from`; returns where the value ended (its terminator is not taken), or the length of the chunk. */
  take(chunk: Uint8Array, from: number): number {
    const to = this.#end(chunk, from);
    const room = this.#limit - this.#keptSize;
    if (to - from > room) this.cut = true;
    const piece = chunk.subarray(from, from + Math.min(room, to - from));
    // The value goes on in a chunk whose producer may use this one's memory again.
    this.#kept.push(this.ended ? asBuffer(piece) : Buffer.from(piece));
    this.#keptSize += piece.length;
    return to;
  }

  /** Where the scan stands now. */
  get nesting(): { readonly depth: number; readonly inString: boolean } {
    return { depth: this.#depth, inString: this.#inString };
  }

  /** The value without white space after it. May share memory with the last chunk. */
  bytes(): Buffer {
    const [first = Buffer.alloc(0)] = this.#kept;
    const all = this.#kept.length <= 1 ? first : Buffer.concat(this.#kept);
    let end = all.length;
    while (end > 0 && isWhite(all[end - 1] ?? 0)) end -= 1;
    return all.subarray(0, end);
  }

  #end(chunk: Uint8Array, from: number): number {
    let at = from;
    if (this.#escaped && at < chunk.length) {
      this.#escaped = false;
      at += 1;
    }
    while (at < chunk.length) {
      if (this.#inString) {
        at = this.#string(chunk, at);
        continue;
      }
      at = nextOfNote(chunk, at);
      if (at < chunk.length && this.#ends(CLASS[chunk[at] ?? 0] ?? BORING)) {
        this.ended = true;
        return at;
      }
      at += 1;
    }
    return Math.min(at, chunk.length);
  }

  #string(chunk: Uint8Array, from: number): number {
    const size = chunk.length;
    let at = from;
    while (at < size) {
      const byte = chunk[at];
      at += 1;
      if (byte === 0x22) {
        this.#inString = false;
        return at;
      }
      if (byte === BACKSLASH) {
        if (at === size) this.#escaped = true;
        else at += 1;
      }
    }
    return size;
  }

  /** Whether a byte of this class, outside strings, comes after the value. */
  #ends(kind: number): boolean {
    if (kind === QUOTE) {
      this.#inString = true;
    } else if (kind === OPEN) {
      this.#depth += 1;
      if (this.#depth > this.deepest) this.deepest = this.#depth;
    } else if (this.#depth === 0) {
      return kind !== COLON || this.#isKey;
    } else if (kind === CLOSE) {
      this.#depth -= 1;
    }
    return false;
  }
}

function nextOfNote(chunk: Uint8Array, from: number): number {
  let at = from;
  while (at < chunk.length && (CLASS[chunk[at] ?? 0] ?? BORING) === BORING) at += 1;
  return at;
}

/** How deep in brackets, and whether in a string, the byte at `at` of a JSON value stands. */
export function nestingAt(
  value: Uint8Array,
  at: number,
): { readonly depth: number; readonly inString: boolean } {
  const scan = new ValueScan(0);
  scan.take(value.subarray(0, at), 0);
  return scan.nesting;
}

export function isWhite(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

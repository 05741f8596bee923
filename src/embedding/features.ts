import { characterKind, DENSE, LETTER, SEPARATOR } from '../model/script.ts';

/** What a feature is; each kind weighs differently. It stands in the two lowest bits of a feature's hash. */
const SHORT_WORD = 0;
const WORD = 1;
const WORD_PART = 2;
const DENSE_PART = 3;

/** Short words (the, and, of) are in every text and say little. */
export function featureWeight(kind: number): number {
  if (kind === WORD) return 6;
  return kind === DENSE_PART ? 3 : 2;
}

const SHORT = 3;
const WORD_START = 0x3c;
const WORD_END = 0x3e;
/** Code points of a word part, its boundaries counting as one each. */
const PART_MIN = 3;
const PART_MAX = 5;
const DENSE_MAX = 3;
const SMALL_TABLE = 1 << 14;

/** The 32-bit hashes of a text's distinct features with how often each occurs. Equal texts give equal counts on every machine. */
export class FeatureCounts {
  #hashes = new Int32Array(SMALL_TABLE);
  #counts = new Int32Array(SMALL_TABLE);
  readonly #used: number[] = [];

  /** Counts the features of a folded text (fold.ts), then hands each to `visit`. Features of different text that share a hash count as one. */
  each(folded: string, visit: (hash: number, kind: number, count: number) => void): void {
    const points = codePoints(folded);
    this.#reserve(points.length * 4);
    for (let start = 0; start < points.length; ) {
      const kind = characterKind(valueAt(points, start));
      const end = endOfRun(points, start, kind);
      if (kind === LETTER) this.#word(points, start, end);
      else if (kind === DENSE) this.#dense(points, start, end);
      start = end;
    }
    for (const slot of this.#used) {
      const hash = valueAt(this.#hashes, slot);
      visit(hash, hash & 3, valueAt(this.#counts, slot));
      this.#counts[slot] = 0;
    }
    this.#used.length = 0;
    if (this.#counts.length > SMALL_TABLE) this.#resize(SMALL_TABLE);
  }

  /** The word itself, and its parts of three to five characters with the boundaries shown, so that inflections and typos share most of them. */
  #word(points: Uint32Array, start: number, end: number): void {
    let whole = seed(WORD);
    for (let at = start; at < end; at++) whole = mix(whole, valueAt(points, at));
    this.#add(whole, end - start <= SHORT ? SHORT_WORD : WORD);
    for (let from = start - 1; from + PART_MIN <= end + 1; from++) {
      let hash = seed(WORD_PART);
      const last = Math.min(from + PART_MAX, end + 1);
      for (let at = from; at < last; at++) {
        hash = mix(hash, at < start ? WORD_START : at === end ? WORD_END : valueAt(points, at));
        if (at - from >= PART_MIN - 1) this.#add(hash, WORD_PART);
      }
    }
  }

  /** Text without spaces has no words to go by: each sequence of one to three characters is a feature. */
  #dense(points: Uint32Array, start: number, end: number): void {
    for (let from = start; from < end; from++) {
      let hash = seed(DENSE_PART);
      const last = Math.min(from + DENSE_MAX, end);
      for (let at = from; at < last; at++) {
        hash = mix(hash, valueAt(points, at));
        this.#add(hash, DENSE_PART);
      }
    }
  }

  #add(hash: number, kind: number): void {
    const feature = (finalize(hash) & ~3) | kind;
    const mask = this.#counts.length - 1;
    let slot = (feature >>> 2) & mask;
    for (;;) {
      const count = valueAt(this.#counts, slot);
      if (count === 0) {
        this.#hashes[slot] = feature;
        this.#used.push(slot);
      }
      if (count === 0 || this.#hashes[slot] === feature) {
        this.#counts[slot] = count + 1;
        return;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** Room for `features` distinct ones at no more than half full. */
  #reserve(features: number): void {
    let size = this.#counts.length;
    while (size < features * 2) size *= 2;
    if (size !== this.#counts.length) this.#resize(size);
  }

  #resize(size: number): void {
    this.#hashes = new Int32Array(size);
    this.#counts = new Int32Array(size);
  }
}

/** The indices here are always within bounds, which the compiler can't see. */
function valueAt(array: Int32Array | Uint32Array, index: number): number {
  return array[index] ?? 0;
}

function codePoints(text: string): Uint32Array {
  const points = new Uint32Array(text.length);
  let count = 0;
  for (let at = 0; at < text.length; at++) {
    const point = text.codePointAt(at) ?? 0;
    if (point > 0xffff) at++;
    points[count++] = point;
  }
  return points.subarray(0, count);
}

function endOfRun(points: Uint32Array, start: number, kind: number): number {
  let end = start + 1;
  if (kind === SEPARATOR) return end;
  while (end < points.length && characterKind(valueAt(points, end)) === kind) end++;
  return end;
}

function seed(kind: number): number {
  return Math.imul(0x811c9dc5 ^ kind, 0x01000193);
}

/** One step of FNV-1a over code points instead of bytes. */
function mix(hash: number, point: number): number {
  const next = Math.imul(hash ^ point, 0x01000193);
  return next ^ (next >>> 15);
}

/** The finalizer of MurmurHash3, which spreads every bit over all others. */
function finalize(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

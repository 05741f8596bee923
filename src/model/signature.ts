/** Bits of a signature: one cache line. */
export const SIGNATURE_BITS = 512;
/** 32-bit words of a signature. */
export const SIGNATURE_WORDS = SIGNATURE_BITS / 32;

/**
 * Signatures of vectors by random hyperplanes (Charikar, 2002): each bit says on which side of a plane the vector lies, so
 * two vectors at an angle α differ in each bit with the probability α/π. The planes are those of a Hadamard transform after
 * signs that a fixed seed has changed, twice: as good as drawn ones, and made in d·log d steps in place of d·512.
 */
export class Signer {
  readonly dimensions: number;
  readonly #size: number;
  readonly #signs: readonly [Float64Array, Float64Array];
  readonly #values: Float64Array;
  /** The same memory: of each value the lower half, then the upper one, whose first bit is the sign. */
  readonly #halves: Int32Array;

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#size = Math.max(SIGNATURE_BITS, 2 ** Math.ceil(Math.log2(Math.max(1, dimensions))));
    // The second ones the other way round: so those that would be above 0 are below, and have their bit.
    const second = randomSigns(this.#size, 0x6f727421).map(sign => -sign);
    this.#signs = [randomSigns(this.#size, 0x6d656d70), second];
    this.#values = new Float64Array(this.#size);
    this.#halves = new Int32Array(this.#values.buffer);
  }

  /** Writes the signature of a vector of `dimensions` numbers to `words`, from `at`. */
  sign(vector: Float32Array, words: Int32Array, at: number): void {
    const values = this.#values;
    const [first, second] = this.#signs;
    values.fill(0, vector.length);
    for (let i = 0; i < vector.length; i++) values[i] = valueAt(vector, i) * valueAt(first, i);
    hadamard(values);
    for (let i = 0; i < values.length; i++) values[i] = valueAt(values, i) * valueAt(second, i);
    hadamard(values);
    for (let word = 0; word < SIGNATURE_WORDS; word++) {
      let bits = 0;
      // Without a branch: half of them would be guessed wrong.
      for (let bit = 0; bit < 32; bit++)
        bits |= (valueAt(this.#halves, (word * 32 + bit) * 2 + 1) >>> 31) << bit;
      words[at + word] = bits;
    }
  }
}

/** In how many bits two signatures differ; where it is more than `limit`, any number above that. */
export function distance(
  a: Int32Array,
  aStart: number,
  b: Int32Array,
  bStart: number,
  limit: number,
): number {
  let sum = 0;
  for (let word = 0; word < SIGNATURE_WORDS && sum <= limit; word++)
    sum += countBits(valueAt(a, aStart + word) ^ valueAt(b, bStart + word));
  return sum;
}

/** In so many bits may two vectors differ whose cosine is `similarity`: four standard deviations above what is expected. */
export function mostDistance(similarity: number): number {
  const share = Math.acos(Math.min(1, Math.max(-1, similarity))) / Math.PI;
  return Math.ceil(SIGNATURE_BITS * share + 4 * Math.sqrt(SIGNATURE_BITS * share * (1 - share))) + 2;
}

/** The indices here are always within bounds, which the compiler can't see. */
export function valueAt(
  array: Int32Array | Uint32Array | Float32Array | Float64Array,
  index: number,
): number {
  return array[index] ?? 0;
}

/** The Walsh-Hadamard transform, in place, three levels at a time: what takes its time is to read and write the values. */
function hadamard(values: Float64Array): void {
  const size = values.length;
  let half = 1;
  for (; half * 8 <= size; half *= 8) {
    for (let start = 0; start < size; start += half * 8)
      for (let i = start; i < start + half; i++) transformEight(values, i, half);
  }
  for (; half < size; half *= 2) {
    for (let start = 0; start < size; start += half * 2) {
      for (let i = start; i < start + half; i++) {
        const a = valueAt(values, i);
        const b = valueAt(values, i + half);
        values[i] = a + b;
        values[i + half] = a - b;
      }
    }
  }
}

/** Of eight values, `step` apart. One name to each sum: an array of them would be made anew every time. */
function transformEight(values: Float64Array, at: number, step: number): void {
  const a = valueAt(values, at);
  const b = valueAt(values, at + step);
  const c = valueAt(values, at + 2 * step);
  const d = valueAt(values, at + 3 * step);
  const e = valueAt(values, at + 4 * step);
  const f = valueAt(values, at + 5 * step);
  const g = valueAt(values, at + 6 * step);
  const h = valueAt(values, at + 7 * step);
  const a2 = a + b;
  const b2 = a - b;
  const c2 = c + d;
  const d2 = c - d;
  const e2 = e + f;
  const f2 = e - f;
  const g2 = g + h;
  const h2 = g - h;
  const a4 = a2 + c2;
  const b4 = b2 + d2;
  const c4 = a2 - c2;
  const d4 = b2 - d2;
  const e4 = e2 + g2;
  const f4 = f2 + h2;
  const g4 = e2 - g2;
  const h4 = f2 - h2;
  values[at] = a4 + e4;
  values[at + step] = b4 + f4;
  values[at + 2 * step] = c4 + g4;
  values[at + 3 * step] = d4 + h4;
  values[at + 4 * step] = a4 - e4;
  values[at + 5 * step] = b4 - f4;
  values[at + 6 * step] = c4 - g4;
  values[at + 7 * step] = d4 - h4;
}

function countBits(word: number): number {
  let n = word - ((word >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** The same signs on every machine: the finalizer of MurmurHash3 over a counter. */
function randomSigns(count: number, seed: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    let h = Math.imul(seed + i, 0x9e3779b1);
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return ((h ^ (h >>> 16)) & 1) === 0 ? 1 : -1;
  });
}

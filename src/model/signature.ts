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

  constructor(dimensions: number) {
    this.dimensions = dimensions;
    this.#size = Math.max(SIGNATURE_BITS, 2 ** Math.ceil(Math.log2(Math.max(1, dimensions))));
    this.#signs = [randomSigns(this.#size, 0x6d656d70), randomSigns(this.#size, 0x6f727421)];
    this.#values = new Float64Array(this.#size);
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
      for (let bit = 0; bit < 32; bit++) if (valueAt(values, word * 32 + bit) > 0) bits |= 1 << bit;
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

/** The Walsh-Hadamard transform, in place, two levels at a time. */
function hadamard(values: Float64Array): void {
  const size = values.length;
  let half = 1;
  for (; half * 4 <= size; half *= 4) {
    for (let start = 0; start < size; start += half * 4) {
      for (let i = start; i < start + half; i++) {
        const a = valueAt(values, i);
        const b = valueAt(values, i + half);
        const c = valueAt(values, i + 2 * half);
        const d = valueAt(values, i + 3 * half);
        const [ab, ba, cd, dc] = [a + b, a - b, c + d, c - d];
        values[i] = ab + cd;
        values[i + half] = ba + dc;
        values[i + 2 * half] = ab - cd;
        values[i + 3 * half] = ba - dc;
      }
    }
  }
  if (half === size) return;
  for (let i = 0; i < half; i++) {
    const a = valueAt(values, i);
    const b = valueAt(values, i + half);
    values[i] = a + b;
    values[i + half] = a - b;
  }
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

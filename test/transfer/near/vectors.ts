/** Numbers from 0 to 1, the same for the same seed. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A vector of length 1 in any direction. */
export function randomUnit(dimensions: number, random: () => number): Float32Array {
  const numbers = Array.from({ length: dimensions }, () => normal(random));
  const length = Math.hypot(...numbers);
  return Float32Array.from(numbers, number => number / length);
}

/** A vector of length 1 at this cosine from one of length 1. */
export function atCosine(vector: Float32Array, cosine: number, random: () => number): Float32Array {
  const other = randomUnit(vector.length, random);
  const dot = other.reduce((sum, number, i) => sum + number * (vector[i] ?? 0), 0);
  const across = other.map((number, i) => number - dot * (vector[i] ?? 0));
  const length = Math.hypot(...across);
  const sine = Math.sqrt(1 - cosine * cosine);
  return vector.map((number, i) => cosine * number + (sine * (across[i] ?? 0)) / length);
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

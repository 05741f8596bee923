import { valueAt } from '../../model/signature.ts';

/** What a network gives for a batch: a vector for each token of each text. */
export interface TokenVectors {
  readonly data: Float32Array;
  /** Texts, tokens, components. */
  readonly dims: readonly [number, number, number];
}

/**
 * One vector of length 1 a text, as sentence-transformers makes it: the mean over the tokens that the mask lets through, or
 * the first token's. Sums are kept in double precision, so that padding changes nothing.
 */
export function pool(
  { data, dims }: TokenVectors,
  mask: ArrayLike<bigint | number>,
  pooling: 'mean' | 'cls',
): readonly Float32Array[] {
  const [texts, tokens, components] = dims;
  return Array.from({ length: texts }, (_, text) => {
    const sums = new Float64Array(components);
    const last = pooling === 'cls' ? 1 : tokens;
    for (let token = 0; token < last; token++) {
      if (Number(mask[text * tokens + token]) === 0) continue;
      const start = (text * tokens + token) * components;
      for (let i = 0; i < components; i++) sums[i] = valueAt(sums, i) + valueAt(data, start + i);
    }
    return unit(sums);
  });
}

/** The mean's divisor falls out when the length is made 1. */
function unit(sums: Float64Array): Float32Array {
  const length = Math.sqrt(sums.reduce((sum, value) => sum + value * value, 0));
  return Float32Array.from(sums, value => (length === 0 ? 0 : value / length));
}

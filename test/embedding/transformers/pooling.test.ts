import { expect, test } from 'vitest';
import { pool } from '../../../src/embedding/transformers/pooling.ts';

const vectors = (data: readonly number[], dims: readonly [number, number, number]) => ({
  data: Float32Array.from(data),
  dims,
});

test('the mean passes over what the mask hides', () => {
  const tokens = vectors([3, 0, 0, 4, 99, 99, /* */ 0, 2, 5, 5, 5, 5], [2, 3, 2]);
  expect(pool(tokens, [1, 1, 0, 1, 0, 0], 'mean')).toEqual([
    Float32Array.of(0.6, 0.8),
    Float32Array.of(0, 1),
  ]);
  expect(pool(tokens, [1n, 1n, 0n, 1n, 0n, 0n], 'cls')).toEqual([
    Float32Array.of(1, 0),
    Float32Array.of(0, 1),
  ]);
});

test('nothing to go by gives zeros, not NaN', () => {
  expect(pool(vectors([1, 1], [1, 1, 2]), [0], 'mean')).toEqual([Float32Array.of(0, 0)]);
});

import { describe, expect, test } from 'vitest';
import { encodeNpyHeader } from '../../../../src/formats/archive/npz/npy.ts';
import { readVectorCell } from '../../../../src/formats/legacy/sqlite/vector-cell.ts';

const npy = (descr: string, shape: readonly number[], data: Float32Array | Float64Array | Buffer): Buffer =>
  Buffer.concat([
    encodeNpyHeader({ descr, shape }),
    Buffer.from(data.buffer, data.byteOffset, data.byteLength),
  ]);
const FLOATS = Float32Array.of(0.1, -2.5, 3e-40);

describe('readVectorCell', () => {
  test.each([
    ['floats of numpy', npy('<f4', [3], FLOATS), FLOATS],
    [
      'doubles of numpy, each to the nearest float',
      npy('<f8', [2], Float64Array.of(0.1, 1 / 3)),
      Float32Array.of(0.1, 1 / 3),
    ],
    ['an array of one row', npy('<f4', [1, 3], FLOATS), FLOATS],
    ['JSON', '[0.1, -2.5, 1]', Float32Array.of(0.1, -2.5, 1)],
    ['no number', '[]', null],
    ['nothing', null, null],
  ])('reads %s', (_, cell, vector) => {
    expect(readVectorCell(cell)).toEqual({ vector, warnings: [] });
  });

  test.each([
    ['NaN in numpy', npy('<f4', [2], Float32Array.of(1, Number.NaN))],
    ['doubles beyond floats', npy('<f8', [1], Float64Array.of(1e300))],
    ['NaN in JSON', '[NaN, 1]'],
    ['Infinity in JSON', '[1, -Infinity]'],
    ['decimals beyond floats', '[1e300]'],
  ])('leaves out %s, as not finite', (_, cell) => {
    expect(readVectorCell(cell)).toEqual({ vector: null, warnings: [expect.stringMatching(/not finite/)] });
  });

  test.each([
    ['a pickle', Buffer.from('\x80\x04\x95cos\nsystem\n', 'latin1')],
    ['an array of objects, which is a pickle', npy('|O', [1], Buffer.alloc(8))],
    ['an array of two rows', npy('<f4', [2, 1], Float32Array.of(1, 2))],
    ['an array that is too short', npy('<f4', [3], Float32Array.of(1, 2))],
    ['an array that is too long', npy('<f4', [1], Float32Array.of(1, 2))],
    ['an array of no numbers', npy('<f4', [0], Float32Array.of())],
    ['integers', npy('<i4', [1], Buffer.alloc(4))],
    ['a header only', Buffer.from('\x93NUMPY\x01\x00', 'latin1')],
    ['text in JSON', '["a"]'],
    ['no JSON', '[1,'],
    ['an object', '{}'],
    ['a number', 5],
    ['an integer', 5n],
  ])('leaves out %s, with a warning', (_, cell) => {
    expect(readVectorCell(cell)).toEqual({
      vector: null,
      warnings: [expect.stringMatching(/can not be read/)],
    });
  });
});

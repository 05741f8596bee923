import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_FLOAT32_BYTES, writeFloat32 } from '../../../src/formats/json/float32-text.ts';

const target = Buffer.alloc(64);

function write(value: number): string {
  return target.toString('latin1', 3, writeFloat32(value, target, 3));
}

function float32(bits: number): number {
  const words = new Uint32Array([bits]);
  return new Float32Array(words.buffer)[0] ?? 0;
}

/** The fewest digits whose nearest decimal rounds to this float32, found by trying them all. */
function fewestDigits(value: number): number {
  let digits = 1;
  while (Math.fround(Number(value.toPrecision(digits))) !== value) digits += 1;
  return digits;
}

function significantDigits(text: string): number {
  const mantissa = text.replace(/e.*$/, '').replace('-', '');
  const digits = mantissa.replace('.', '').replace(/^0+/, '');
  return Math.max(1, digits.replace(/0+$/, '').length);
}

function expectExact(value: number): void {
  const text = write(value);
  expect(text.length).toBeLessThanOrEqual(MAX_FLOAT32_BYTES);
  const read: unknown = JSON.parse(text);
  expect(Math.fround(Number(read))).toBe(value);
  if (value !== 0) expect(significantDigits(text)).toBe(fewestDigits(value));
}

describe('writeFloat32', () => {
  it('gives back every float32, with as few digits as can be', () => {
    const bits = fc.integer({ min: 0, max: 2 ** 32 - 1 }).filter(word => Number.isFinite(float32(word)));
    fc.assert(
      fc.property(bits, word => expectExact(float32(word))),
      { numRuns: 3000 },
    );
  });

  it('does so in the range of vectors', () => {
    fc.assert(fc.property(fc.float({ min: -1, max: 1, noNaN: true }), expectExact), { numRuns: 3000 });
  });

  it('does so around powers of ten and of two, and at the edges', () => {
    for (let exponent = -45; exponent <= 38; exponent += 1) {
      const near = Math.fround(10 ** exponent);
      const [word = 0] = new Uint32Array(new Float32Array([near]).buffer);
      for (let step = -3; step <= 3; step += 1) if (word + step >= 0) expectExact(float32(word + step));
    }
    for (const word of [1, 2, 0x7f_ffff, 0x80_0000, 0x80_0001, 0x7f7f_ffff, 0x8000_0001, 0xff7f_ffff]) {
      expectExact(float32(word));
    }
  });

  it.each([
    [0, '0'],
    [-0, '-0.0'],
    [1, '1'],
    [-1, '-1'],
    [0.5, '0.5'],
    [Math.fround(0.1), '0.1'],
    [Math.fround(-0.028521337), '-0.028521337'],
    [123456, '123456'],
    [16777216, '16777216'],
    [Math.fround(1e-7), '0.0000001'],
    [Math.fround(9e-8), '9e-8'],
    [Math.fround(3.4028235e38), '3.4028235e+38'],
    [float32(1), '1e-45'],
  ])('writes %d as %s', (value, text) => expect(write(value)).toBe(text));

  it.each([Number.NaN, Infinity, -Infinity, 0.1, 1e-9, 1e300])(
    'refuses %d, which is no finite float32',
    value => {
      expect(() => write(value)).toThrow(RangeError);
    },
  );
});

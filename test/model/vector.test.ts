import { describe, expect, it } from 'vitest';
import { isFinite32, sameVector, vectorBytes, vectorFromBytes } from '../../src/model/vector.ts';

describe('vector', () => {
  it('is little-endian float32', () => {
    expect(Buffer.from(vectorBytes(Float32Array.of(1, -2))).toString('hex')).toBe('0000803f000000c0');
    expect(vectorFromBytes(Buffer.from('0000803f000000c0', 'hex'))).toEqual(Float32Array.of(1, -2));
  });

  it('shares its memory one way and copies the other, at any offset', () => {
    const vector = Float32Array.of(9, 1, 2).subarray(1);
    vectorBytes(vector)[3] = 0x40;
    expect(vector[0]).toBe(4);
    const bytes = Buffer.concat([Buffer.from([0]), vectorBytes(vector)]).subarray(1);
    const copy = vectorFromBytes(bytes);
    bytes.fill(0);
    expect(copy).toEqual(Float32Array.of(4, 2));
  });

  it('has no odd bytes', () => {
    expect(() => vectorFromBytes(new Uint8Array(5))).toThrow(RangeError);
    expect(vectorFromBytes(new Uint8Array(0))).toEqual(new Float32Array(0));
  });

  it('is kept only when finite', () => {
    expect(isFinite32(Float32Array.of(0, 1e38))).toBe(true);
    expect(isFinite32(Float32Array.of(0, Number.NaN))).toBe(false);
    expect(isFinite32(Float32Array.of(1e39))).toBe(false);
  });

  it('is the same to the bit or not at all', () => {
    expect(sameVector(Float32Array.of(1, 2), Float32Array.of(1, 2))).toBe(true);
    expect(sameVector(Float32Array.of(0), Float32Array.of(-0))).toBe(false);
    expect(sameVector(Float32Array.of(1), Float32Array.of(1, 0))).toBe(false);
    expect(sameVector(null, null)).toBe(true);
    expect(sameVector(null, Float32Array.of(1))).toBe(false);
    expect(sameVector(Float32Array.of(1), null)).toBe(false);
  });
});

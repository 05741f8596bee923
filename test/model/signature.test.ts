import { describe, expect, test } from 'vitest';
import {
  distance,
  mostDistance,
  SIGNATURE_BITS,
  SIGNATURE_WORDS,
  Signer,
  valueAt,
} from '../../src/model/signature.ts';
import { MOST_CANDIDATES, SignatureIndex } from '../../src/transfer/near/signature-index.ts';
import { idOf } from '../support/records.ts';
import { atCosine, randomUnit, seeded } from '../transfer/near/vectors.ts';

const signatureOf = (signer: Signer, vector: Float32Array): Int32Array => {
  const words = new Int32Array(SIGNATURE_WORDS);
  signer.sign(vector, words, 0);
  return words;
};
const apart = (a: Int32Array, b: Int32Array): number => distance(a, 0, b, 0, SIGNATURE_BITS);

describe('signatures', () => {
  test.each([3, 384, 768, 1500])('of %i dimensions differ in as many bits as the angle says', dimensions => {
    const random = seeded(dimensions);
    const signer = new Signer(dimensions);
    for (const cosine of [1, 0.95, 0.5, 0]) {
      let sum = 0;
      for (let n = 0; n < 200; n++) {
        const vector = randomUnit(dimensions, random);
        const other = atCosine(vector, cosine, random);
        sum += apart(signatureOf(signer, vector), signatureOf(signer, other));
      }
      expect(sum / 200 / SIGNATURE_BITS).toBeCloseTo(Math.acos(cosine) / Math.PI, 1.5);
    }
  });

  test('are the same on every machine, whatever the length of the vector', () => {
    const signer = new Signer(4);
    const signature = signatureOf(signer, Float32Array.of(1, -2, 3, 0.5));
    expect(signatureOf(signer, Float32Array.of(10, -20, 30, 5))).toEqual(signature);
    expect(signatureOf(new Signer(4), Float32Array.of(1, -2, 3, 0.5))).toEqual(signature);
    expect(Buffer.from(signature.buffer).toString('hex', 0, 8)).toBe('d2752ea451abaaca');
  });

  test('so many bits may differ: none but for rounding at 1, more the lower the cosine', () => {
    expect(mostDistance(1)).toBe(2);
    expect(mostDistance(0.95)).toBeGreaterThan(SIGNATURE_BITS * 0.101);
    expect(mostDistance(0.95)).toBeLessThan(100);
    expect(mostDistance(0.5)).toBeGreaterThan(mostDistance(0.95));
  });
});

describe('the index of signatures', () => {
  const near = (to: Int32Array, bits: number): Int32Array => {
    const words = Int32Array.from(to);
    for (let bit = 0; bit < bits; bit++) words[bit % 10] = (words[bit % 10] ?? 0) ^ (1 << (bit / 10));
    return words;
  };
  const base = signatureOf(new Signer(384), randomUnit(384, seeded(1)));

  test('gives the nearest first, no more than it may, and only what is near enough', () => {
    const index = new SignatureIndex();
    for (let bits = 9; bits >= 0; bits--) index.add(idOf(bits), near(base, bits));
    index.add(idOf(99), near(base, 200));
    expect(index.search(base, 512)).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(idOf));
    expect(index.search(base, 3)).toEqual([0, 1, 2, 3].map(idOf));
    expect(MOST_CANDIDATES).toBe(8);
  });

  test('forgets', () => {
    const index = new SignatureIndex();
    const slot = index.add(idOf(1), base);
    index.add(idOf(2), base);
    index.forget(slot);
    expect(index.search(base, 50)).toEqual([idOf(2)]);
  });

  test('grows, and stays quick where everything is alike', () => {
    const index = new SignatureIndex();
    for (let n = 0; n < 9000; n++) index.add(idOf(n), base);
    expect(index.size).toBe(9000);
    const found = index.search(base, 50);
    expect(found).toHaveLength(8);
    expect(() => index.forget(9000 + 4096)).toThrow(RangeError);
    const newest = Array.from({ length: 64 }, (_, n) => idOf(9000 - 64 + n));
    expect(newest).toEqual(expect.arrayContaining([...found]));
  });
});

/** What docs/duplicates.md promises: of pairs at this cosine, at least this share becomes a candidate. */
test.each([
  [0.95, 0.975],
  [0.97, 0.995],
  [0.98, 0.999],
  [0.99, 0.9995],
  [1, 1],
])('at a cosine of %f the share of pairs that are found is at least %f', (cosine, share) => {
  const random = seeded(Math.round(cosine * 1000));
  const signer = new Signer(384);
  const pairs = 3000;
  const index = new SignatureIndex();
  const others: Float32Array[] = [];
  for (let n = 0; n < pairs; n++) {
    const vector = randomUnit(384, random);
    index.add(idOf(n), signatureOf(signer, vector));
    others.push(atCosine(vector, cosine, random));
  }
  const limit = mostDistance(0.95);
  const found = others.filter((other, n) =>
    index.search(signatureOf(signer, other), limit).includes(idOf(n)),
  );
  expect(found.length / pairs).toBeGreaterThanOrEqual(share);
});

test('behind the end of an array is nothing', () => {
  expect([valueAt(Int32Array.of(7), 0), valueAt(Int32Array.of(7), 1)]).toEqual([7, 0]);
});

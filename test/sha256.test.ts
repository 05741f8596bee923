import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Sha256 } from '../src/sha256.ts';

const expected = (parts: readonly Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

const MANY = 100 * 1024 * 1024;

test.each([0, 1, 1000, 5_000_000])('%s bytes, here and on the thread', size => {
  const bytes = Buffer.alloc(size, 'memport');
  for (const about of [0, size, MANY])
    expect(new Sha256(about).update(bytes).digest()).toBe(expected([bytes]));
});

test('bytes that change after they were given', () => {
  for (const about of [0, MANY]) {
    const bytes = Buffer.from('as it was');
    const hash = new Sha256(about).update(bytes);
    bytes.fill(0);
    expect(hash.digest()).toBe(expected([Buffer.from('as it was')]));
  }
});

test('any pieces, many hashes side by side', () => {
  const sizes = fc.array(fc.nat(1_500_000), { maxLength: 6 });
  fc.assert(
    fc.property(fc.array(sizes, { maxLength: 4 }), all => {
      const hashes = all.map((_, n) => new Sha256(n % 3 === 0 ? 0 : MANY));
      const parts = all.map((pieces, n) => pieces.map(size => Buffer.alloc(size, n + 1)));
      const wanted = parts.map(expected);
      for (let piece = 0; piece < 6; piece++) {
        for (const [n, hash] of hashes.entries()) {
          const bytes = parts[n]?.[piece];
          if (bytes === undefined) continue;
          hash.update(bytes);
          bytes.fill(0);
        }
      }
      expect(hashes.map(hash => hash.digest())).toEqual(wanted);
    }),
    { numRuns: 10 },
  );
});

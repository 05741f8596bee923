import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasMoreValues } from '../../src/model/json-values.ts';

/** Commas and opening brackets, which is at least as many as there are values inside. */
function count(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const items = Object.values(value);
  return Math.max(1, items.length) + items.reduce<number>((sum, item) => sum + count(item), 0);
}

describe('hasMoreValues', () => {
  it('counts values, and nothing in strings', () => {
    const texts = fc.string({ unit: fc.constantFrom('"', '\\', ',', '[', '{', 'a') });
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), texts, (json, text) => {
        const value = [json, text, { [text]: text }];
        for (const indent of [0, 1]) {
          const written = JSON.stringify(value, null, indent);
          expect(hasMoreValues(written, count(value) - 1)).toBe(true);
          expect(hasMoreValues(written, count(value))).toBe(false);
        }
      }),
    );
  });

  it('takes text that is no JSON', () => {
    expect(hasMoreValues('[,,,', 3)).toBe(true);
    expect(hasMoreValues('"[,,,,,,,,', 3)).toBe(false);
    expect(hasMoreValues('"\\\\\\", [,,,,', 3)).toBe(false);
  });
});

import { describe, expect, test } from 'vitest';
import { fittingDocument } from '../../../src/formats/archive/fitting-document.ts';
import { MAX_DOCUMENT_BYTES } from '../../../src/model/limits.ts';

describe('a document of an archive', () => {
  const large = 'x'.repeat(MAX_DOCUMENT_BYTES / 2);

  test('is as it is, where it fits', () => {
    const value = { a: 1, b: large };
    expect(fittingDocument(value)).toBe(value);
  });

  test('lacks its largest members and says which, where it does not', () => {
    expect(fittingDocument({ a: 1, b: large, c: [large] })).toEqual({ a: 1, b: large, left_out: ['c'] });
    expect(fittingDocument({ d: [large, large], a: 1, c: [large, large, large] })).toEqual({
      a: 1,
      left_out: ['c', 'd'],
    });
  });

  test('is empty where not even the names fit', () => {
    expect(fittingDocument({ [large + large]: 1 })).toEqual({});
  });
});

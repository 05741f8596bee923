import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/model/canonical.ts';
import { type JsonValue, NumberToken } from '../../src/model/json.ts';
import { parseExactJson } from '../../src/model/json-parse.ts';

function lists(depth: number): JsonValue {
  return depth === 1 ? [] : [lists(depth - 1)];
}

describe('canonicalJson', () => {
  it.each<[JsonValue, string]>([
    [null, 'null'],
    [true, 'true'],
    [-0.5, '-0.5'],
    [1e21, '1e+21'],
    [new NumberToken('1.00'), '1.00'],
    ['é☕\n\0"\\', '"é☕\\n\\u0000\\"\\\\"'],
    ['\ud800', '"\\ud800"'],
    ['\u2028', '"\u2028"'],
    [[], '[]'],
    [{}, '{}'],
    [{ b: [1, { d: 1, c: 2 }], a: null }, '{"a":null,"b":[1,{"c":2,"d":1}]}'],
    [{ 10: 1, 9: 2, a: 3, A: 4 }, '{"10":1,"9":2,"A":4,"a":3}'],
    [{ '\ufb01': 1, '😀': 2 }, '{"😀":2,"\ufb01":1}'],
  ])('writes %j', (value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it('is what the exact parser reads back, in one spelling whatever the order of keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const text = canonicalJson(parseExactJson(JSON.stringify(value)));
        expect(canonicalJson(parseExactJson(text))).toBe(text);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), object => {
        const reversed = Object.fromEntries(Object.entries(object).reverse());
        expect(canonicalJson(parseExactJson(JSON.stringify(reversed)))).toBe(
          canonicalJson(parseExactJson(JSON.stringify(object))),
        );
      }),
    );
  });

  it('is one line of valid UTF-8 without NUL', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), text => {
        const line = canonicalJson({ [text]: text });
        expect(line.isWellFormed()).toBe(true);
        expect(/[\0\n\r]/.test(line)).toBe(false);
      }),
    );
  });

  it('refuses numbers that JSON lacks', () => {
    for (const value of [Number.NaN, Number.POSITIVE_INFINITY, -Infinity]) {
      expect(() => canonicalJson([value])).toThrow(RangeError);
    }
  });

  it('allows as much nesting as the parser', () => {
    expect(canonicalJson(lists(64))).toBe('['.repeat(64) + ']'.repeat(64));
    expect(() => canonicalJson(lists(65))).toThrow(RangeError);
    expect(() => canonicalJson({ a: lists(64) })).toThrow(RangeError);
    expect(() => canonicalJson(lists(3), 2)).toThrow('nested too deep');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/model/canonical.ts';
import { type JsonValue, NumberToken } from '../../src/model/json.ts';
import { parseExactJson, parseRecordLine } from '../../src/model/json-parse.ts';

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

describe('parseExactJson', () => {
  it('agrees with JSON.parse on any JSON', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 1, 2), (text, indent) => {
        const plain: unknown = JSON.parse(text);
        // JSON.stringify spells numbers as JavaScript does, so none becomes a token.
        expect(parseExactJson(JSON.stringify(plain, null, indent))).toEqual(
          JSON.parse(JSON.stringify(plain)),
        );
      }),
    );
  });

  it.each([
    '9007199254740993',
    '123456789012345678901234567890',
    '1.0',
    '-0',
    '0.10',
    '1e400',
    '1E5',
    '3.14159265358979323846',
    '-1.50e-7',
  ])('keeps every digit of %s', text => {
    const value = parseExactJson(text);
    expect(value).toBeInstanceOf(NumberToken);
    expect(canonicalJson(value)).toBe(text);
  });

  it.each(['0', '-1', '0.1', '9007199254740991', '1e+21', '5e-324'])('reads %s as a number', text => {
    expect(parseExactJson(text)).toBe(Number(text));
  });

  it('keeps any run of digits', () => {
    fc.assert(
      fc.property(fc.bigInt(), integer => {
        expect(canonicalJson(parseExactJson(String(integer)))).toBe(String(integer));
      }),
    );
  });

  it('takes __proto__ and its like as plain keys', () => {
    const value = parseExactJson('{"__proto__":{"polluted":true},"constructor":1,"toString":2}');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor', 'toString']);
    expect('polluted' in {}).toBe(false);
    expect(canonicalJson(value)).toBe('{"__proto__":{"polluted":true},"constructor":1,"toString":2}');
  });

  it('lets the last of two equal keys win', () => {
    expect(parseExactJson('{"a":1,"b":2,"a":3}')).toEqual({ a: 3, b: 2 });
  });

  it('reads every escape and any code unit', () => {
    expect(parseExactJson(String.raw`"\"\\\/\b\f\n\r\té\ud834\udd1e\ud800\u0000"`)).toBe(
      '"\\/\b\f\n\r\té𝄞\ud800\0',
    );
    expect(parseExactJson('"\u2028\ud800"')).toBe('\u2028\ud800');
  });

  it.each([
    ['', 0],
    ['   ', 3],
    ['{', 1],
    ['{"a"}', 4],
    ['{"a":}', 5],
    ['{"a":1,}', 7],
    ['{a:1}', 1],
    ['{"a":1 "b":2}', 7],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['01', 1],
    ['+1', 0],
    ['.5', 0],
    ['1.', 1],
    ['-', 0],
    ['tru', 0],
    ['nulll', 4],
    ['"abc', 0],
    ['"a\\"', 0],
    ['"\\x"', 0],
    ['"\t"', 0],
    ["'a'", 0],
    ['1 2', 2],
    ['\ufeff1', 0],
    ['NaN', 0],
    ['Infinity', 0],
    ['-Infinity', 0],
  ])('refuses %j at character %d', (text, at) => {
    expect(() => parseExactJson(text)).toThrow(SyntaxError);
    expect(() => parseExactJson(text)).toThrow(`not JSON at character ${at}: `);
  });

  it('reads what Python writes for numbers that JSON lacks, when asked', () => {
    const seen: string[] = [];
    const value = parseExactJson('{"a":NaN,"b":[-Infinity,Infinity]}', {
      onNonFinite: token => seen.push(token),
    });
    expect(value).toEqual({ a: 'NaN', b: ['-Infinity', 'Infinity'] });
    expect(seen).toEqual(['NaN', '-Infinity', 'Infinity']);
  });

  it('bounds the depth, by default at 64', () => {
    expect(() => parseExactJson(nested(64))).not.toThrow();
    expect(() => parseExactJson(nested(65))).toThrow('nested deeper than 64');
    expect(() => parseExactJson(nested(3), { maxDepth: 2 })).toThrow('nested deeper than 2');
    expect(() => parseExactJson(`{"a":${nested(64)}}`)).toThrow('nested deeper than 64');
    expect(() => parseExactJson('['.repeat(1_000_000))).toThrow(SyntaxError);
  });
});

describe('the budget of values', () => {
  const many = `{"a":[${'{},'.repeat(200_000)}1]}`;

  it('is kept before anything is parsed', () => {
    expect(() => parseExactJson(many)).toThrow('more than 200000 values');
    expect(() => parseRecordLine(many)).toThrow(SyntaxError);
    expect(() => parseExactJson('[1,2,3]', { maxValues: 2 })).toThrow('more than 2 values');
    expect(parseExactJson('[1,2,3]', { maxValues: 3 })).toEqual([1, 2, 3]);
  });
});

describe('parseRecordLine', () => {
  it('reads canonical lines and others alike', () => {
    const canonical = '{"a":[1,"x"],"b":{"c":null}}';
    const spaced = '{ "b": {"c": null}, "a": [1, "x"] }';
    expect(parseRecordLine(canonical)).toEqual(parseRecordLine(spaced));
    expect(canonicalJson(parseRecordLine(spaced))).toBe(canonical);
  });

  it('loses no digit on either path', () => {
    for (const line of [
      '{"n":9007199254740993}',
      '{"n":1.0}',
      '{"n":-0}',
      '{"n":1e400}',
      '{"b":1,"a":1e400}',
    ]) {
      const value: JsonValue | undefined = parseRecordLine(line).n ?? parseRecordLine(line).a;
      expect(value).toBeInstanceOf(NumberToken);
    }
  });

  it('gives the same as the exact parser for any object', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), object => {
        const line = JSON.stringify(object);
        expect(parseRecordLine(line)).toEqual(parseExactJson(line));
      }),
    );
  });

  it('takes the limits and hooks of the exact parser', () => {
    const seen: string[] = [];
    expect(parseRecordLine('{"a":NaN}', { onNonFinite: token => seen.push(token) })).toEqual({ a: 'NaN' });
    expect(seen).toEqual(['NaN']);
    expect(() => parseRecordLine(`{"a":${nested(3)}}`, { maxDepth: 3 })).toThrow('nested deeper than 3');
    expect(() => parseRecordLine(`{"a":${nested(64)}}`)).toThrow('nested deeper than 64');
  });

  it.each(['[]', '"text"', 'null', '1', '9007199254740993', '{', ''])('refuses %j', line => {
    expect(() => parseRecordLine(line)).toThrow(SyntaxError);
  });
});

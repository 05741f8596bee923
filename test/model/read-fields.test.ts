import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { NumberToken } from '../../src/model/json.ts';
import { parseRecordLine } from '../../src/model/json-parse.ts';
import { FieldReader, RecordError } from '../../src/model/read-fields.ts';

const fieldsOf = (record: JsonObject): FieldReader => new FieldReader(record, () => {});

describe('FieldReader', () => {
  it('sees own members only', () => {
    const fields = fieldsOf({});
    expect(fields.value('constructor')).toBeNull();
    expect(fields.value('__proto__')).toBeNull();
    expect(fieldsOf(parseRecordLine('{"__proto__":"mine"}')).text('__proto__')).toBe('mine');
  });

  it('reads texts', () => {
    const fields = fieldsOf({ a: 'x', empty: '', number: 1 });
    expect(fields.text('a')).toBe('x');
    expect(fields.optionalText('none')).toBeNull();
    expect(fields.optionalText('empty')).toBe('');
    expect(() => fields.filledText('empty')).toThrow('empty is empty');
    expect(() => fields.optionalText('number')).toThrow('number is not text');
    expect(() => fields.text('none')).toThrow('none is missing');
  });

  it('reads numbers in any spelling', () => {
    const fields = fieldsOf({
      one: new NumberToken('1.0'),
      huge: new NumberToken('1e400'),
      big: new NumberToken('9007199254740993'),
      half: 0.5,
      text: '1',
    });
    expect(fields.unitInterval('one', 0)).toBe(1);
    expect(fields.unitInterval('none', 0.25)).toBe(0.25);
    expect(fields.optionalInteger('one')).toBe(1);
    expect(fields.optionalInteger('none')).toBeNull();
    expect(() => fields.optionalNumber('huge')).toThrow('huge is not a number');
    expect(() => fields.optionalInteger('big')).toThrow('big is not a whole number');
    expect(() => fields.optionalInteger('half')).toThrow('half is not a whole number');
    expect(() => fields.optionalNumber('text')).toThrow('text is not a number');
  });

  it('reads truths, choices, lists and objects', () => {
    const fields = fieldsOf({ yes: true, size: 'm', list: [1, 'a'], object: { a: 1 } });
    expect(fields.boolean('yes', false)).toBe(true);
    expect(fields.boolean('none', true)).toBe(true);
    expect(() => fields.boolean('size', true)).toThrow('size is not true or false');
    expect(fields.choice('size', ['s', 'm'], 's')).toBe('m');
    expect(fields.choice('none', ['s', 'm'], 's')).toBe('s');
    expect(() => fields.choice('size', ['s', 'l'], 's')).toThrow('size is not one of s, l');
    expect(fields.list('list')).toEqual([1, 'a']);
    expect(fields.list('none')).toEqual([]);
    expect(() => fields.list('object')).toThrow('object is not a list');
    expect(() => fields.texts('list')).toThrow('list holds something that is not text');
    expect(fields.object('object')).toEqual({ a: 1 });
    expect(fields.object('none')).toEqual({});
    expect(() => fields.object('list')).toThrow('list is not an object');
    expect(() => fieldsOf({ n: new NumberToken('1.0') }).object('n')).toThrow(RecordError);
  });

  it('reads instants and shows at most the beginning of what is none', () => {
    expect(fieldsOf({ at: '1970-01-01' }).optionalInstant('at')).toBe(0n);
    expect(fieldsOf({}).optionalInstant('at')).toBeNull();
    expect(() => fieldsOf({ at: 'x'.repeat(999) }).optionalInstant('at')).toThrow(
      `not a date: "${'x'.repeat(60)}"`,
    );
  });

  it('gives the members that are not known', () => {
    expect(fieldsOf({ a: 1, b: 2 }).others(new Set(['a']))).toEqual({ b: 2 });
    expect(fieldsOf({ a: 1 }).others(new Set(['a']))).toEqual({});
  });
});

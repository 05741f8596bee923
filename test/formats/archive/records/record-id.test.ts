import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdColumn } from '../../../../src/formats/archive/records/id-column.ts';
import { recordId, textOf } from '../../../../src/formats/archive/records/record-id.ts';
import { canonicalJson } from '../../../../src/model/canonical.ts';
import type { JsonObject, JsonValue } from '../../../../src/model/json.ts';
import { idOf } from '../../../support/records.ts';

const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');
const keys = fc.constantFrom('a', 'id', 'ia', 'zz', ',"id":"', '{"id":"', 'content', '__proto__');
const values = fc.letrec<{ value: JsonValue }>(tie => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<JsonValue>(idOf(3), ',"id":"x', '":{', '":[', '\\', '{', null, 1, 'ü😀'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc
      .array(fc.tuple(keys, tie('value')), { maxLength: 3 })
      .map(pairs => Object.fromEntries(pairs) as JsonObject),
  ),
})).value;

describe('the id of a line that is not canonical', () => {
  test.each([
    '{"a": {"b":1,"id":"x"},"id":"y"}',
    '{"a" :[{"c":1,"id":"x"}],"id":"y"}',
    '{"a":\t[1,{"c":1,"id":"x"}],"id":"y"}',
  ])('is its own, not that of something in it: %s', line => expect(recordId(line)).toBe('y'));

  test('is none where to look for it would fill the memory', () => {
    expect(recordId(`{"a":[${'{},'.repeat(200_000)}{}],"id":"${idOf(1)}"}`)).toBeNull();
  });
});

describe('the id of a line', () => {
  test('is that of the parsed record, for any canonical line', () => {
    const records = fc
      .array(fc.tuple(keys, values), { maxLength: 6 })
      .map(pairs => Object.fromEntries(pairs) as JsonObject);
    fc.assert(
      fc.property(records, fc.option(fc.constant(idOf(7))), (record, id) => {
        const whole: JsonObject = id === null ? record : { ...record, id };
        const expected = Object.hasOwn(whole, 'id') && typeof whole.id === 'string' ? whole.id : null;
        expect(recordId(bytesOf(canonicalJson(whole)))).toBe(expected);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['not JSON', null],
    ['5', null],
    ['null', null],
    ['{"id":5}', null],
    ['{"id":"short"}', 'short'],
    ['{ "id" : "spaced" }', 'spaced'],
    [`{"a":"x","id":"${idOf(1)}"}`, idOf(1)],
    [`{"a":{"b":1,"id":"${idOf(1)}"},"id":"${idOf(2)}"}`, idOf(2)],
    [`{"a":[{"b":1,"id":"${idOf(1)}"}]}`, null],
    ['\xff', null],
  ])('%s', (line, id) => {
    expect(recordId(line)).toBe(id);
  });

  test('text that is not UTF-8 is refused, a byte order mark kept', () => {
    expect(() => textOf('\xc3')).toThrow(TypeError);
    expect(textOf(bytesOf('\ufeffé'))).toBe('\ufeffé');
  });
});

describe('a column of ids', () => {
  test('takes ascending ids and finds them again', () => {
    const column = new IdColumn();
    for (let n = 0; n < 5000; n += 1) expect(column.push(idOf(n * 2 + 1))).toBe('added');
    expect(column).toHaveLength(5000);
    expect(column.find(idOf(9), 0)).toBe(4);
    expect(column.find(idOf(9), 5)).toBe(-1);
    expect(column.find(idOf(10), 0)).toBe(-1);
    expect(column.find(idOf(99_999), 0)).toBe(-1);
    expect(column.find('x', 0)).toBe(-1);
    expect(column.has(idOf(9), 4)).toBe(true);
    expect(column.has(idOf(9), 5)).toBe(false);
    expect(column.has(idOf(9), 5000)).toBe(false);
  });

  test('says what is no id and what is not larger', () => {
    const column = new IdColumn();
    expect(column.push(null)).toBe('not an id');
    expect(column.push('ffffffff-ffff-ffff-ffff-fffffffffff0')).toBe('added');
    for (const id of [
      '',
      'x'.repeat(36),
      idOf(1).replace('-', '0'),
      'FFFFFFFF-ffff-ffff-ffff-fffffffffff9',
      'é'.repeat(36),
    ])
      expect(column.push(id), id).toBe('not an id');
    expect(column.push('ffffffff-ffff-ffff-ffff-fffffffffff0')).toBe('not larger');
    expect(column.push('0fffffff-ffff-ffff-ffff-ffffffffffff')).toBe('not larger');
    expect(column.push('ffffffff-ffff-ffff-ffff-fffffffffff1')).toBe('added');
  });

  test('orders ids as their text does', () => {
    const uuid = fc.uuid().map(id => id.toLowerCase());
    fc.assert(
      fc.property(uuid, uuid, (one, two) => {
        const column = new IdColumn();
        column.push(one);
        expect(column.push(two) === 'added').toBe(two > one);
      }),
    );
  });
});

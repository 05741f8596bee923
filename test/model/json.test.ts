import { describe, expect, it } from 'vitest';
import { isJsonObject, NumberToken, withKeys } from '../../src/model/json.ts';

describe('json', () => {
  it('tells objects from everything else', () => {
    expect(isJsonObject({})).toBe(true);
    for (const value of [null, undefined, [], 'x', 1, true, new NumberToken('1.0')]) {
      expect(isJsonObject(value)).toBe(false);
    }
  });

  it('unites keys, the later ones winning, __proto__ being one of them', () => {
    const hostile: unknown = JSON.parse('{"__proto__":1,"a":2}');
    const united = withKeys({ a: 1, b: 1 }, hostile as { a: number });
    expect(Object.entries(united)).toEqual([
      ['a', 2],
      ['b', 1],
      ['__proto__', 1],
    ]);
  });
});

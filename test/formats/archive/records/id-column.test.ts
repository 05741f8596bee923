import { describe, expect, test } from 'vitest';
import { IdColumn } from '../../../../src/formats/archive/records/id-column.ts';
import { idOf } from '../../../support/records.ts';

const NIL = '00000000-0000-0000-0000-000000000000';

function columnOf(ids: readonly (string | null)[]): IdColumn {
  const column = new IdColumn();
  for (const id of ids) column.push(id);
  return column;
}

describe('a column of ids', () => {
  test('finds each id from any place before it, and no other', () => {
    const column = columnOf(Array.from({ length: 3000 }, (_, n) => idOf(2 * n + 1)));
    for (const n of [0, 1, 2, 511, 1023, 1024, 2047, 2999]) {
      for (const from of [0, 1, n - 1, n].filter(place => place >= 0 && place <= n))
        expect(column.find(idOf(2 * n + 1), from)).toBe(n);
      expect(column.find(idOf(2 * n + 1), n + 1)).toBe(-1);
      expect(column.find(idOf(2 * n + 2), 0)).toBe(-1);
      expect(column.has(idOf(2 * n + 1), n)).toBe(true);
      expect(column.has(idOf(2 * n + 1), n + 1)).toBe(false);
    }
  });

  test('a place without an id is never found', () => {
    const column = columnOf([null, 'x', idOf(1), null, null, idOf(2), null]);
    expect(column.find(NIL, 0)).toBe(-1);
    expect(column.has(NIL, 0)).toBe(false);
    expect(column.find(idOf(1), 0)).toBe(2);
    for (const from of [3, 4, 5]) expect(column.find(idOf(1), from)).toBe(-1);
    expect(column.has(idOf(1), 3)).toBe(false);
    expect(column.find(idOf(2), 0)).toBe(5);
    expect(column.find(idOf(2), 6)).toBe(-1);
    expect(column.length).toBe(7);
  });

  test('says what it took, and takes the smallest id after places without one', () => {
    const column = new IdColumn();
    expect(column.push(null)).toBe('not an id');
    expect(column.push(NIL)).toBe('added');
    expect(column.push(NIL)).toBe('not larger');
    expect(column.push(idOf(1))).toBe('added');
    expect(column.find(NIL, 0)).toBe(1);
  });
});

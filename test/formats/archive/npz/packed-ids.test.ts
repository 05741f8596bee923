import { expect, test } from 'vitest';
import { PackedIds } from '../../../../src/formats/archive/npz/packed-ids.ts';
import { newId } from '../../../../src/model/id.ts';

const IDS = Array.from({ length: 2500 }, (_, n) => newId(1_700_000_000_000 + n));

test('ids come out as they went in', () => {
  const packed = new PackedIds(IDS.length);
  packed.push(IDS.slice(0, 1000).join(''));
  for (const id of IDS.slice(1000)) packed.push(id);
  expect(packed.count).toBe(2500);
  const pieces = [...packed.texts()].length;
  expect(pieces).toBe(3);
  let text = '';
  for (const piece of packed.texts()) text += piece.toString();
  expect(text).toBe(IDS.join(''));
});

test('ids are known again at their place only', () => {
  const packed = new PackedIds(3);
  packed.push(IDS.slice(0, 3).join(''));
  expect(packed.matches(1, IDS.slice(1, 3).join(''))).toBe(true);
  expect(packed.matches(0, IDS[1] ?? '')).toBe(false);
  expect(packed.matches(2, IDS.slice(2, 4).join(''))).toBe(false);
});

test.each([
  ['more than there is room for', IDS.slice(0, 3).join('')],
  ['too short', IDS[0]?.slice(0, 35) ?? ''],
  ['other digits', 'x'.repeat(36)],
])('%s is refused', (_, ids) => {
  const packed = new PackedIds(2);
  expect(() => packed.push(ids)).toThrow(RangeError);
  expect(packed.count).toBe(0);
});

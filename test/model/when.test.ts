import { expect, test } from 'vitest';
import { formatInstant } from '../../src/model/instant.ts';
import { parseWhen } from '../../src/model/when.ts';

const NOW = Date.parse('2026-03-10T15:30:00Z');

test.each([
  ['now', '2026-03-10T15:30:00Z', '2026-03-10T15:30:00Z'],
  ['today', '2026-03-10T00:00:00Z', '2026-03-10T23:59:59.999999Z'],
  ['Yesterday', '2026-03-09T00:00:00Z', '2026-03-09T23:59:59.999999Z'],
  ['12h', '2026-03-10T03:30:00Z', '2026-03-10T03:30:00Z'],
  ['7d', '2026-03-03T15:30:00Z', '2026-03-03T15:30:00Z'],
  ['2w', '2026-02-24T15:30:00Z', '2026-02-24T15:30:00Z'],
  ['2026-02-28', '2026-02-28T00:00:00Z', '2026-02-28T23:59:59.999999Z'],
  ['2026-02-28T10:00', '2026-02-28T10:00:00Z', '2026-02-28T10:00:00Z'],
  ['2026-02-28T10:00:00.5+02:00', '2026-02-28T08:00:00.500Z', '2026-02-28T08:00:00.500Z'],
])('%s', (text, start, end) => {
  const [first, last] = [parseWhen(text, NOW, 'start'), parseWhen(text, NOW, 'end')];
  expect([first, last].map(instant => (instant === null ? null : formatInstant(instant)))).toEqual([
    start,
    end,
  ]);
});

test.each(['', 'soon', '7', '7y', '2026-02-30', '-3d', '1e3d'])('%j is no date', text => {
  expect(parseWhen(text, NOW, 'start')).toBeNull();
});

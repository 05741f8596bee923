import { expect, it } from 'vitest';
import { isoWeekOf, localDayOf } from '../../src/backup/local-day.ts';

it.each([
  ['2026-03-28T22:59:59Z', 'Europe/Berlin', [2026, 3, 28]],
  ['2026-03-28T23:00:00Z', 'Europe/Berlin', [2026, 3, 29]],
  // The 29th has 23 hours there, the 25th of October 25.
  ['2026-03-29T21:59:59Z', 'Europe/Berlin', [2026, 3, 29]],
  ['2026-03-29T22:00:00Z', 'Europe/Berlin', [2026, 3, 30]],
  ['2026-10-25T22:59:59Z', 'Europe/Berlin', [2026, 10, 25]],
  ['2026-10-25T23:00:00Z', 'Europe/Berlin', [2026, 10, 26]],
  ['2028-02-29T12:00:00Z', 'UTC', [2028, 2, 29]],
  ['2026-01-01T00:30:00Z', 'America/Los_Angeles', [2025, 12, 31]],
  ['2026-01-01T10:30:00Z', 'Pacific/Kiritimati', [2026, 1, 2]],
] as const)('%s in %s', (instant, zone, [year, month, day]) => {
  expect(localDayOf(Date.parse(instant), zone)).toEqual({ year, month, day });
});

it('knows no zone that there is not', () => {
  expect(() => localDayOf(0, 'Nowhere/Atlantis')).toThrow(RangeError);
});

it.each([
  [2020, 12, 31, 2020, 53],
  [2021, 1, 1, 2020, 53],
  [2021, 1, 3, 2020, 53],
  [2021, 1, 4, 2021, 1],
  [2026, 12, 31, 2026, 53],
  [2027, 1, 1, 2026, 53],
  [2024, 12, 30, 2025, 1],
  [2028, 2, 29, 2028, 9],
] as const)('%i-%i-%i is in the week %i-%i', (year, month, day, weekYear, number) => {
  expect(isoWeekOf({ year, month, day })).toEqual({ year: weekYear, number });
});

import { describe, expect, test } from 'vitest';
import {
  canonicalSchedule,
  checkTimezone,
  countSlots,
  cronFields,
  lastSlot,
  nextSlot,
  scheduleCautions,
} from '../src/cron.ts';

const at = (text: string): number => Date.parse(text);
const shown = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

describe('[P4-02] [P4-03] a schedule', () => {
  test.each([
    ['0 2 * * *', '0 2 * * *'],
    ['  0   2 * *  MON-FRI\n', '0 2 * * mon-fri'],
    ['Daily', 'daily'],
    ['hourly', 'hourly'],
    ['*/15 * * * *', '*/15 * * * *'],
    ['0 2 L * *', '0 2 l * *'],
  ])('%j is kept as %j', (text, canonical) => {
    expect(canonicalSchedule(text)).toBe(canonical);
    expect(nextSlot({ schedule: canonical, timezone: null }, 0)).toBeGreaterThan(0);
  });

  test.each([
    '',
    '9:30',
    '02:00',
    '61 2 * * *',
    '0 2 * *',
    '* * * * * *',
    '@reboot',
    'nightly',
    '0 0 31 2 *',
    '0 24 * * *',
  ])('%j is refused with a reason', text =>
    expect(() => canonicalSchedule(text)).toThrow(/no cron expression of five fields .*hourly/),
  );

  test('the words are cron expressions', () => {
    expect(['hourly', 'daily', 'weekly', 'monthly', '5 4 * * *'].map(cronFields)).toEqual([
      '0 * * * *',
      '0 2 * * *',
      '0 2 * * 0',
      '0 2 1 * *',
      '5 4 * * *',
    ]);
  });

  test('a day that not every month has is pointed out', () => {
    expect(scheduleCautions('0 2 31 * *')).toEqual([expect.stringContaining('without a day 31')]);
    expect(scheduleCautions('0 2 28 * *')).toEqual([]);
    expect(scheduleCautions('0 2 l * *')).toEqual([]);
  });

  test('a time zone is one that the system knows', () => {
    expect(checkTimezone('Europe/Berlin')).toBe('Europe/Berlin');
    expect(() => checkTimezone('Europe/Atlantis')).toThrow(RangeError);
  });
});

describe('slots', () => {
  const berlin = { schedule: '30 2 * * *', timezone: 'Europe/Berlin' };

  test('the slot of this very minute is the last one, not the next', () => {
    const daily = { schedule: '0 2 * * *', timezone: 'UTC' };
    const slot = at('2026-06-01T02:00:00Z');
    expect(lastSlot(daily, slot)).toBe(slot);
    expect(shown(lastSlot(daily, slot - 1))).toBe('2026-05-31T02:00:00.000Z');
    expect(shown(nextSlot(daily, slot))).toBe('2026-06-02T02:00:00.000Z');
    expect(nextSlot(daily, slot - 1)).toBe(slot);
  });

  test('one in the hour that is left out comes at the next valid minute', () => {
    const due = nextSlot(berlin, at('2026-03-29T00:00:00Z'));
    expect(shown(due)).toBe('2026-03-29T01:00:00.000Z');
    expect(lastSlot(berlin, at('2026-03-29T12:00:00Z'))).toBe(due);
  });

  test('one in the hour that comes twice comes once', () => {
    expect(countSlots(berlin, at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z'))).toBe(1);
    const twice = { schedule: '0,30 2 * * *', timezone: 'Europe/Berlin' };
    expect(countSlots(twice, at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z'))).toBe(2);
  });

  test('a leap day and the last day of a month', () => {
    const last = { schedule: '0 2 l * *', timezone: 'UTC' };
    expect(shown(nextSlot(last, at('2028-02-01T00:00:00Z')))).toBe('2028-02-29T02:00:00.000Z');
    expect(shown(nextSlot(last, at('2027-02-01T00:00:00Z')))).toBe('2027-02-28T02:00:00.000Z');
  });

  test('are counted, the first excluded and the last included', () => {
    const hourly = { schedule: 'hourly', timezone: 'UTC' };
    expect(countSlots(hourly, at('2026-01-01T00:00:00Z'), at('2026-01-02T00:00:00Z'))).toBe(24);
    expect(countSlots(hourly, at('2026-01-01T00:00:00Z'), at('2026-01-02T00:00:00Z'), 5)).toBe(5);
  });
});

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
import { points, reportFigures } from './support/deep.ts';

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

/** Half an hour of daylight saving, two hours, both hemispheres, half an hour off, none, and Ramadan's. */
const ZONES = [
  'Africa/Casablanca',
  'America/New_York',
  'America/Sao_Paulo',
  'Antarctica/Troll',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Pacific/Auckland',
  'UTC',
];
const DAY_MS = 86_400_000;

describe('slots where clocks change', () => {
  test.each([
    // Sunday, 5 April 2026: at 02:00 it is 01:30 again.
    ['45 1 * * *', 'Australia/Lord_Howe', '2026-04-04T12:00Z', ['2026-04-04T14:45Z', '2026-04-05T15:15Z']],
    // Sunday, 4 October 2026: after 01:59 comes 02:30.
    ['15 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:15Z']],
    ['0 2 * * *', 'Australia/Lord_Howe', '2026-10-03T12:00Z', ['2026-10-03T15:30Z', '2026-10-04T15:00Z']],
    // 8 March 2026: after 01:59 comes 03:00; 1 November: at 02:00 it is 01:00 again.
    ['30 2 * * *', 'America/New_York', '2026-03-08T05:00Z', ['2026-03-08T07:00Z', '2026-03-09T06:30Z']],
    ['30 1 * * *', 'America/New_York', '2026-11-01T04:00Z', ['2026-11-01T05:30Z', '2026-11-02T06:30Z']],
    // 29 March 2026 at Troll: after 00:59 comes 03:00.
    ['0 2 * * *', 'Antarctica/Troll', '2026-03-28T12:00Z', ['2026-03-29T01:00Z', '2026-03-30T00:00Z']],
    ['30 2 29 2 *', 'Europe/Berlin', '2026-01-01T00:00Z', ['2028-02-29T01:30Z', '2032-02-29T01:30Z']],
  ] as const)('%s in %s after %s', (schedule, timezone, from, expected) => {
    let slot: number | null = at(from);
    for (const next of expected) {
      slot = nextSlot({ schedule, timezone }, slot ?? 0);
      expect(shown(slot)).toBe(new Date(next).toISOString());
    }
  });

  const zones = points(1, 0) === 1 ? Intl.supportedValuesOf('timeZone') : ZONES;
  const years = [2026, 2028].flatMap(year => ['30 2 * * *', '15 1 * * *'].map(cron => [year, cron] as const));
  test.for(years)(
    'in %i, %s comes once on each day of the calendar, in every zone',
    { timeout: 1_800_000 },
    ([year, cron], context) => {
      const days = (Date.UTC(year + 1, 0) - Date.UTC(year, 0)) / DAY_MS;
      const wanted = Array.from({ length: days }, (_, n) =>
        new Date(Date.UTC(year, 0) + n * DAY_MS).toISOString().slice(0, 10),
      );
      for (const timezone of zones) {
        const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short' });
        const schedule = { schedule: cron, timezone };
        const found: string[] = [];
        for (let slot = nextSlot(schedule, Date.UTC(year, 0) - 2 * DAY_MS); slot !== null; ) {
          const day = clock.format(slot);
          if (day > `${year}-12-31`) break;
          if (day >= `${year}-01-01`) found.push(day);
          const next = nextSlot(schedule, slot);
          if (next !== null)
            expect([timezone, shown(lastSlot(schedule, next - 1))]).toEqual([timezone, shown(slot)]);
          slot = next;
        }
        expect([timezone, found]).toEqual([timezone, wanted]);
      }
      reportFigures(context, { zones: zones.length, slots: zones.length * days });
    },
  );
});

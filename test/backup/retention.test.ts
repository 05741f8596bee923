import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideRetention, type RetentionEntry, type RetentionRules } from '../../src/backup/retention.ts';

const NONE: RetentionRules = { last: 1, daily: 0, weekly: 0, monthly: 0, safety: 3 };
const NOW = '2027-01-10T12:00:00Z';

interface Given extends Partial<Omit<RetentionEntry, 'createdMs'>> {
  readonly at: string;
}

const entry = ({ at, ...parts }: Given): RetentionEntry => ({
  id: at,
  trigger: 'auto',
  state: 'verified',
  shrunken: false,
  ...parts,
  createdMs: Date.parse(at),
});

/** `2026-03-29T00:30Z keep: why` for each, as the table of a cleanup. */
function table(
  given: readonly (string | Given)[],
  rules: Partial<RetentionRules>,
  { now = NOW, zone = 'UTC' } = {},
): readonly string[] {
  const entries = given.map(one => entry(typeof one === 'string' ? { at: one } : one));
  const clock = { nowMs: Date.parse(now), timeZone: zone };
  return decideRetention(entries, { ...NONE, ...rules }, clock).map(
    ({ entry: { id }, keep, reasons }) => `${id} ${keep ? 'keep' : 'go'}: ${reasons.join('; ')}`,
  );
}

describe('the last N', () => {
  it('stay, newest first, and the others go', () => {
    expect(table(['2026-01-01T02:00Z', '2026-01-03T02:00Z', '2026-01-02T02:00Z'], { last: 2 })).toEqual([
      '2026-01-03T02:00Z keep: one of the last 2',
      '2026-01-02T02:00Z keep: one of the last 2',
      '2026-01-01T02:00Z go: no rule keeps it',
    ]);
  });

  it('are told apart in the same second, by id, in whatever order they come', () => {
    const twins = ['b', 'a', 'c'].map(id => ({ at: '2026-01-01T02:00Z', id }));
    const expected = ['c keep: one of the last 2', 'b keep: one of the last 2', 'a go: no rule keeps it'];
    expect(table(twins, { last: 2 })).toEqual(expected);
    expect(table(twins.toReversed(), { last: 2 })).toEqual(expected);
  });

  it('are at least one', () => {
    expect(() => table([], { last: 0 })).toThrow(RangeError);
    expect(table([], { last: 1 })).toEqual([]);
  });
});

describe('days, weeks and months', () => {
  it('are those of the time zone, when a day has 23 hours', () => {
    const given = ['2026-03-28T22:30Z', '2026-03-28T23:30Z', '2026-03-29T21:30Z', '2026-03-29T22:30Z'];
    expect(table(given, { daily: 3 }, { zone: 'Europe/Berlin' })).toEqual([
      '2026-03-29T22:30Z keep: one of the last 1; the newest of the day 2026-03-30',
      '2026-03-29T21:30Z keep: the newest of the day 2026-03-29',
      '2026-03-28T23:30Z go: no rule keeps it',
      '2026-03-28T22:30Z keep: the newest of the day 2026-03-28',
    ]);
  });

  it('are those of the time zone, when a day has 25 hours and an hour comes twice', () => {
    const given = ['2026-10-25T00:30Z', '2026-10-25T01:30Z', '2026-10-25T22:30Z', '2026-10-25T23:30Z'];
    expect(table(given, { daily: 7 }, { zone: 'Europe/Berlin' })).toEqual([
      '2026-10-25T23:30Z keep: one of the last 1; the newest of the day 2026-10-26',
      '2026-10-25T22:30Z keep: the newest of the day 2026-10-25',
      '2026-10-25T01:30Z go: no rule keeps it',
      '2026-10-25T00:30Z go: no rule keeps it',
    ]);
  });

  it('count only days that have a backup, and know the leap day', () => {
    const given = ['2028-02-28T02:00Z', '2028-02-29T02:00Z', '2028-02-29T14:00Z', '2028-03-05T02:00Z'];
    expect(table(given, { daily: 3, monthly: 2 }, { now: '2028-03-05T03:00Z' })).toEqual([
      '2028-03-05T02:00Z keep: one of the last 1; the newest of the day 2028-03-05; the newest of the month 2028-03',
      '2028-02-29T14:00Z keep: the newest of the day 2028-02-29; the newest of the month 2028-02',
      '2028-02-29T02:00Z go: no rule keeps it',
      '2028-02-28T02:00Z keep: the newest of the day 2028-02-28',
    ]);
  });

  it('know the week 53, which goes on in the new year', () => {
    const given = [
      '2026-12-27T02:00Z',
      '2026-12-28T02:00Z',
      '2027-01-01T02:00Z',
      '2027-01-03T02:00Z',
      '2027-01-04T02:00Z',
    ];
    expect(table(given, { weekly: 3 })).toEqual([
      '2027-01-04T02:00Z keep: one of the last 1; the newest of the week 2027-W01',
      '2027-01-03T02:00Z keep: the newest of the week 2026-W53',
      '2027-01-01T02:00Z go: no rule keeps it',
      '2026-12-28T02:00Z go: no rule keeps it',
      '2026-12-27T02:00Z keep: the newest of the week 2026-W52',
    ]);
  });
});

it('of a year of nights, leap day and half an hour of daylight saving included, what the union of all rules keeps', () => {
  const zone = 'Australia/Lord_Howe';
  const given = Array.from({ length: 366 }, (_, day) =>
    new Date(Date.UTC(2028, 0, 1 + day, 1)).toISOString(),
  );
  const rules = { last: 3, daily: 7, weekly: 4, monthly: 11 };
  const kept = table(given, rules, { now: '2029-01-01T00:00Z', zone }).filter(line =>
    line.includes(' keep: '),
  );
  const of = (...periods: string[]) => periods.map(period => `the newest of the ${period}`);
  const line = (day: string, ...why: string[]) => `2028-${day}T01:00:00.000Z keep: ${why.join('; ')}`;
  expect(kept).toEqual([
    line('12-31', 'one of the last 3', ...of('day 2028-12-31', 'week 2028-W52', 'month 2028-12')),
    line('12-30', 'one of the last 3', ...of('day 2028-12-30')),
    line('12-29', 'one of the last 3', ...of('day 2028-12-29')),
    ...['12-28', '12-27', '12-26', '12-25'].map(day => line(day, ...of(`day 2028-${day}`))),
    line('12-24', ...of('week 2028-W51')),
    line('12-17', ...of('week 2028-W50')),
    line('12-10', ...of('week 2028-W49')),
    ...['11-30', '10-31', '09-30', '08-31', '07-31', '06-30', '05-31', '04-30', '03-31', '02-29'].map(day =>
      line(day, ...of(`month 2028-${day.slice(0, 2)}`)),
    ),
  ]);
});

describe('what does not count', () => {
  it('stays, and takes the place of none', () => {
    const given: readonly Given[] = [
      { at: '2026-01-09T02:00Z', state: 'damaged' },
      { at: '2026-01-08T02:00Z', state: 'unverified' },
      { at: '2026-01-07T02:00Z', state: 'other' },
      { at: '2026-01-06T02:00Z', trigger: 'safety' },
      { at: '2026-01-05T02:00Z' },
      { at: '2026-01-04T02:00Z' },
    ];
    expect(table(given, { last: 1 })).toEqual([
      '2026-01-09T02:00Z keep: damaged: not counted',
      '2026-01-08T02:00Z keep: not verified: not counted',
      "2026-01-07T02:00Z keep: another machine's: not counted",
      '2026-01-06T02:00Z keep: one of the last 3 safety backups',
      '2026-01-05T02:00Z keep: one of the last 1',
      '2026-01-04T02:00Z go: no rule keeps it',
    ]);
  });

  it('are dates from the future: a clock that was wrong must not push out what comes after', () => {
    const given = ['2031-01-01T02:00Z', '2031-01-02T02:00Z', '2027-01-09T02:00Z', '2027-01-08T02:00Z'];
    expect(table(given, { last: 1 })).toEqual([
      '2031-01-02T02:00Z keep: from the future: not counted',
      '2031-01-01T02:00Z keep: from the future: not counted',
      '2027-01-09T02:00Z keep: one of the last 1',
      '2027-01-08T02:00Z go: no rule keeps it',
    ]);
  });

  it('are safety backups, which have a count of their own', () => {
    const given = [1, 2, 3, 4].map(day => ({ at: `2026-01-0${day}T02:00Z`, trigger: 'safety' as const }));
    expect(table(given, { last: 1, daily: 9 }).map(line => line.split(':')[1])).toEqual([
      '00Z keep',
      '00Z keep',
      '00Z keep',
      '00Z go',
    ]);
  });
});

it('keeps what was before the store shrank, as long as what came after', () => {
  const given: readonly Given[] = [
    { at: '2026-01-09T02:00Z' },
    { at: '2026-01-08T02:00Z', shrunken: true },
    { at: '2026-01-07T02:00Z' },
    { at: '2026-01-06T02:00Z' },
  ];
  expect(table(given, { last: 2 })).toEqual([
    '2026-01-09T02:00Z keep: one of the last 2',
    '2026-01-08T02:00Z keep: one of the last 2',
    '2026-01-07T02:00Z keep: the last one before the store shrank',
    '2026-01-06T02:00Z go: no rule keeps it',
  ]);
  expect(table(given, { last: 1 }).filter(line => line.includes(' keep:'))).toHaveLength(1);
  expect(table([{ at: '2026-01-09T02:00Z', shrunken: true }], {})).toHaveLength(1);
});

it('never lets the newest good one go, and keeps more with more rules', () => {
  const state = fc.constantFrom('verified', 'unverified', 'damaged', 'other' as const);
  const one = fc.record({
    id: fc.uuid(),
    createdMs: fc.integer({ min: Date.parse('2026-01-01'), max: Date.parse('2027-06-01') }),
    trigger: fc.constantFrom('manual', 'auto', 'safety' as const),
    state,
    shrunken: fc.boolean(),
  });
  const rules = fc.record({
    last: fc.integer({ min: 1, max: 5 }),
    daily: fc.nat(4),
    weekly: fc.nat(4),
    monthly: fc.nat(4),
    safety: fc.nat(4),
  });
  const clock = { nowMs: Date.parse(NOW), timeZone: 'Europe/Berlin' };
  fc.assert(
    fc.property(fc.array(one), rules, (entries, wanted) => {
      const verdicts = decideRetention(entries, wanted, clock);
      expect(verdicts).toHaveLength(entries.length);
      const good = verdicts.filter(
        ({ entry: { state: found, trigger, createdMs } }) =>
          found === 'verified' && trigger !== 'safety' && createdMs <= clock.nowMs,
      );
      expect(good[0]?.keep ?? true).toBe(true);
      expect(good.filter(({ keep }) => keep).length).toBeGreaterThanOrEqual(
        Math.min(wanted.last, good.length),
      );
      for (const { entry: found, keep } of verdicts) if (found.state !== 'verified') expect(keep).toBe(true);
      const more = decideRetention(
        entries,
        { ...wanted, daily: wanted.daily + 1, last: wanted.last + 1 },
        clock,
      );
      verdicts.forEach(({ keep }, i) => {
        if (keep) expect(more[i]?.keep).toBe(true);
      });
    }),
  );
});

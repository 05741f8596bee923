import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  type Look,
  runDue,
  runScheduler,
  runUntilSettled,
  type SchedulerOptions,
} from '../../../src/backup/schedule/scheduler.ts';
import { readState, type ScheduledRun } from '../../../src/backup/schedule/state.ts';
import { type CronSchedule, countSlots } from '../../../src/cron.ts';
import { takeFileLock } from '../../../src/store/file-lock.ts';
import { scratch } from '../../support/cli.ts';
import { points, seeded } from '../../support/deep.ts';

const LOOKING = fileURLToPath(new URL('./looking-process.ts', import.meta.url));
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = Date.parse('2026-01-01T12:00:00Z');
const DAILY: CronSchedule = { schedule: '0 2 * * *', timezone: 'UTC' };

/** A scheduler whose clock goes on only when it sleeps. `backUp` gets the time. */
class Rig {
  now = START;
  schedule: CronSchedule | null = DAILY;
  readonly made: number[] = [];
  readonly runs: ScheduledRun[] = [];
  readonly logged: string[] = [];
  readonly stop = new AbortController();
  readonly options: SchedulerOptions;

  constructor(
    folder: string,
    backUp: (now: number) => 'made' | 'unchanged' = () => 'made',
    onSleep: (rig: Rig, ms: number) => void = (rig, ms) => {
      rig.now += ms;
    },
  ) {
    this.options = {
      stateFile: join(folder, 'state.json'),
      schedule: async () => this.schedule,
      backUp: async () => {
        const result = backUp(this.now);
        this.made.push(this.now);
        return { result, backup: result === 'made' ? `backup-${this.made.length}` : null };
      },
      onRun: async run => void this.runs.push(run),
      log: line => void this.logged.push(line),
      now: () => this.now,
      sleep: async ms => onSleep(this, ms),
      signal: this.stop.signal,
    };
  }
}

const failing = (): never => {
  throw new Error('the disk is gone');
};

describe('[PART-03] [UNIT-04] a look at the schedule', () => {
  test('a schedule that is switched on begins with its next slot, and makes each once', async () => {
    const rig = new Rig(scratch());
    expect(await runDue(rig.options)).toBe('nothing_due');
    rig.now = Date.parse('2026-01-02T01:59:59Z');
    expect(await runDue(rig.options)).toBe('nothing_due');
    rig.now = Date.parse('2026-01-02T02:00:00Z');
    expect(await runDue(rig.options)).toBe('made');
    expect(await runDue(rig.options)).toBe('nothing_due');
    expect(rig.runs).toEqual([
      {
        slot: '2026-01-02T02:00:00.000Z',
        slots: 1,
        started_at: '2026-01-02T02:00:00.000Z',
        finished_at: '2026-01-02T02:00:00.000Z',
        result: 'made',
        attempts: 1,
        backup: 'backup-1',
        error: null,
      },
    ]);
  });

  test('off does nothing, not even a file', async () => {
    const folder = scratch();
    const rig = new Rig(folder);
    rig.schedule = null;
    expect(await runDue(rig.options)).toBe('off');
    expect(existsSync(join(folder, 'state.json'))).toBe(false);
  });

  test('slots that were missed are made up for once', async () => {
    const rig = new Rig(scratch());
    await runDue(rig.options);
    rig.now = START + 10 * DAY;
    expect(await runDue(rig.options)).toBe('made');
    expect(rig.runs[0]).toMatchObject({ slot: '2026-01-11T02:00:00.000Z', slots: 10 });
    expect(await runDue(rig.options)).toBe('nothing_due');
  });

  test('a slot that waits for its retry is made also when the schedule no longer has it', async () => {
    const rig = new Rig(scratch(), now => (now < START + 20 * MINUTE ? failing() : 'made'));
    rig.schedule = { schedule: '10 * * * *', timezone: 'UTC' };
    await runDue(rig.options);
    rig.now = START + 10 * MINUTE;
    expect(await runDue(rig.options)).toBe('retry_later');
    rig.schedule = DAILY;
    expect(await runDue(rig.options)).toBe('retry_later');
    rig.now = START + 20 * MINUTE;
    expect(await runDue(rig.options)).toBe('made');
    expect(rig.runs).toMatchObject([{ slot: '2026-01-01T12:10:00.000Z', slots: 1, attempts: 2 }]);
    expect(await runDue(rig.options)).toBe('nothing_due');
  });

  test.each([
    ['that is settled', '2026-01-01T02:00:00Z'],
    ['that is in the future, since the clock was set back', '2026-01-03T02:00:00Z'],
  ])('a retry of a slot %s is dropped, and nobody waits for it', async (_, slot) => {
    const rig = new Rig(scratch());
    const retry = { slot, attempts: 1, next_attempt_at: slot, error: 'gone' };
    const state = { settled: '2026-01-01T02:00:00Z', retry, runs: [] };
    writeFileSync(rig.options.stateFile, JSON.stringify(state));
    expect(await runDue(rig.options)).toBe('nothing_due');
    expect((await readState(rig.options.stateFile)).retry).toBeNull();
  });

  test('while another makes the backup that is tried again, the wait is not for nothing', async () => {
    const waits: number[] = [];
    const rig = new Rig(scratch(), undefined, (self, ms) => {
      waits.push(ms);
      if (waits.length === 3) self.stop.abort();
    });
    const slot = '2026-01-01T02:00:00Z';
    const retry = { slot, attempts: 1, next_attempt_at: '2026-01-01T02:01:00Z', error: 'gone' };
    const state = { settled: '2025-12-31T02:00:00Z', retry, runs: [] };
    writeFileSync(rig.options.stateFile, JSON.stringify(state));
    await using _other = await takeFileLock(`${rig.options.stateFile}.lock`, { timeoutMs: 0, what: '' });
    await runScheduler(rig.options);
    expect(waits).toEqual([1000, 1000, 1000]);
  });

  test('while another holds the lock nothing is made; when it died the slot is', async () => {
    const rig = new Rig(scratch());
    await runDue(rig.options);
    rig.now = START + DAY;
    {
      await using _other = await takeFileLock(`${rig.options.stateFile}.lock`, { timeoutMs: 0, what: '' });
      expect(await runDue(rig.options)).toBe('elsewhere');
      expect(rig.made).toEqual([]);
    }
    expect(await runDue(rig.options)).toBe('made');
  });

  test('a failure is tried again after 1, 5 and 15 minutes, then reported', async () => {
    const rig = new Rig(scratch(), failing);
    await runDue(rig.options);
    rig.now = Date.parse('2026-01-02T02:00:00Z');
    const began = rig.now;
    const attempts: number[] = [];
    for (;;) {
      const look = await runDue(rig.options);
      if (rig.logged.length > attempts.length) attempts.push((rig.now - began) / MINUTE);
      if (look === 'failed') break;
      expect(look).toBe('retry_later');
      expect(rig.runs).toEqual([]);
      rig.now += MINUTE / 2;
    }
    expect(attempts).toEqual([0, 1, 6, 21]);
    expect(rig.runs).toMatchObject([
      { result: 'failed', attempts: 4, error: 'the disk is gone', backup: null },
    ]);
    expect(await runDue(rig.options)).toBe('nothing_due');
  });

  test('an attempt that succeeds at last is a success, and names how many it took', async () => {
    let failures = 2;
    const rig = new Rig(scratch(), () => (failures-- > 0 ? failing() : 'made'));
    await runDue(rig.options);
    rig.now = START + DAY;
    expect(await runUntilSettled(rig.options)).toBe('made');
    expect(rig.runs).toMatchObject([{ result: 'made', attempts: 3 }]);
    expect((await readState(rig.options.stateFile)).retry).toBeNull();
  });

  test('a newer slot does not wait for the retry of an older one, and failures add up to a report', async () => {
    const rig = new Rig(scratch(), failing);
    rig.schedule = { schedule: '* * * * *', timezone: 'UTC' };
    await runDue(rig.options);
    for (let minute = 1; minute <= 4; minute += 1) {
      rig.now = START + minute * MINUTE;
      await runDue(rig.options);
    }
    expect(rig.runs).toMatchObject([{ result: 'failed', attempts: 4, slots: 4 }]);
  });

  test('a clock that was set back stops nothing', async () => {
    const rig = new Rig(scratch());
    await runDue(rig.options);
    rig.now = START + 400 * DAY;
    await runDue(rig.options);
    rig.now = START + DAY;
    expect(await runDue(rig.options)).toBe('nothing_due');
    rig.now = START + 2 * DAY;
    expect(await runDue(rig.options)).toBe('made');
  });

  test('a request to end in the middle leaves the slot due', async () => {
    const rig: Rig = new Rig(scratch(), () => {
      rig.stop.abort('SIGTERM');
      throw new Error('stopped');
    });
    await runDue(rig.options);
    rig.now = START + DAY;
    await expect(runDue(rig.options)).rejects.toBe('SIGTERM');
    expect(rig.runs).toEqual([]);
    const next = new Rig('');
    next.now = rig.now;
    expect(await runDue({ ...next.options, stateFile: rig.options.stateFile })).toBe('made');
  });

  test('a state that cannot be understood is set aside, not written over', async () => {
    const folder = scratch();
    const rig = new Rig(folder);
    writeFileSync(join(folder, 'state.json'), '{"runs": 7}');
    expect(await runDue(rig.options)).toBe('nothing_due');
    expect(readFileSync(join(folder, 'state.json.bad'), 'utf8')).toBe('{"runs": 7}');
    expect(rig.logged[0]).toContain('state.json.bad');
  });

  test('members of a later version stay, and a notification that fails fails nothing', async () => {
    const folder = scratch();
    const rig = new Rig(folder);
    const { stateFile } = rig.options;
    writeFileSync(stateFile, JSON.stringify({ settled: null, retry: null, runs: [], later: { a: 1 } }));
    const options = { ...rig.options, onRun: async () => failing() };
    await runDue(options);
    rig.now = START + DAY;
    expect(await runDue(options)).toBe('made');
    expect(JSON.parse(readFileSync(stateFile, 'utf8'))).toMatchObject({
      later: { a: 1 },
      runs: [{ result: 'made' }],
    });
    expect(rig.logged).toEqual(['the notification failed: the disk is gone']);
  });
});

const YEARS = [
  ['2028-01-01T12:00:00Z', '30 2 * * *', 'Europe/Berlin', 366],
  ['2026-01-01T12:00:00Z', '15 2 * * *', 'Australia/Lord_Howe', 365],
  ['2026-01-01T12:00:00Z', '30 1 * * *', 'America/New_York', 365],
  ['2028-01-01T12:00:00Z', '0 2 29 * *', 'Asia/Kolkata', 366],
] as const;

describe('[P7-05] a year', () => {
  test.each(YEARS.slice(0, points(YEARS.length, 2)))(
    'from %s, %s in %s, with sleep and failures: each slot is accounted for',
    async (from, cron, zone, days) => {
      const schedule = { schedule: cron, timezone: zone };
      const random = seeded(days);
      const settled: ScheduledRun[] = [];
      const start = Date.parse(from);
      const end = start + days * DAY;
      const rig = new Rig(
        scratch(),
        () => (random() < 0.4 ? failing() : random() < 0.3 ? 'unchanged' : 'made'),
        (self, ms) => {
          // Now and then the lid is closed for up to five days.
          self.now += random() < 0.003 ? Math.floor(random() * 5 * DAY) : ms * (ms < 10_000 ? 1 : 400);
          if (self.now >= end) self.stop.abort('SIGTERM');
        },
      );
      rig.now = start;
      rig.schedule = schedule;
      await runScheduler({ ...rig.options, onRun: async run => void settled.push(run) });

      const slots = settled.reduce((sum, run) => sum + run.slots, 0);
      const last = Date.parse(settled.at(-1)?.slot ?? '');
      expect(slots).toBe(countSlots(schedule, start, last));
      expect(countSlots(schedule, last, end)).toBeLessThanOrEqual(6);
      // A day 29 comes every month of a leap year, else every day has a slot.
      const isDaily = cron.endsWith('* * *');
      expect(slots).toBeGreaterThan(isDaily ? days - 15 : 10);
      expect(new Set(settled.map(run => run.slot)).size).toBe(settled.length);
      expect(settled.some(run => run.slots > 1)).toBe(isDaily);
      if (isDaily) expect(settled.some(run => run.result === 'failed' && run.attempts === 4)).toBe(true);
      for (const run of settled) {
        expect(Date.parse(run.started_at)).toBeGreaterThanOrEqual(Date.parse(run.slot));
      }
      const { runs } = await readState(rig.options.stateFile);
      expect(runs).toEqual(settled.toReversed().slice(0, 100));
    },
  );

  test('two processes on one state make each slot once', async () => {
    const folder = scratch();
    const looking = [0, 1].map(() => fork(LOOKING, [join(folder, 'state.json')]));
    onTestFinished(() => {
      for (const process of looking) process.kill('SIGKILL');
    });
    const made: number[] = [];
    const by = [0, 0];
    const look = async (i: number, now: number): Promise<void> => {
      looking[i]?.send(now);
      const [answer] = (await once(looking[i] as ChildProcess, 'message')) as [Look];
      if (answer !== 'made') return;
      made.push(now);
      by[i] = (by[i] ?? 0) + 1;
    };
    const hours = points(24 * 366, 24 * 60);
    for (let hour = 0; hour < hours; hour += 1) {
      const now = START + hour * HOUR;
      const day = Math.floor(hour / 24);
      const order = day % 2 === 0 ? [0, 1] : [1, 0];
      if (day % 4 < 2) await Promise.all(order.map(i => look(i, now)));
      else for (const i of order) await look(i, now);
    }
    const slots = Array.from(
      { length: hours / 24 },
      (_, day) => Date.parse('2026-01-02T02:00:00Z') + day * DAY,
    );
    expect(made).toEqual(slots);
    expect(by.every(count => count > 0)).toBe(true);
  });
});

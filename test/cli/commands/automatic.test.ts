import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');
const now = () => NOW;

/** A home whose automatic backup is due: the schedule has been on for longer than a slot. */
async function dueHome(...settings: (readonly [string, string])[]): Promise<string> {
  const home = scratch();
  await ok(['add', 'Prices are in cents.'], { home, now });
  for (const [name, value] of [
    ['enable_auto_backup', 'true'],
    ['backup_timezone', 'UTC'],
    ...settings,
  ] as const)
    await ok(['backup', 'config', 'set', name, value], { home });
  settle(home, '2026-05-31T02:00:00.000Z');
  return home;
}

function settle(home: string, at: string): void {
  const state = JSON.parse(stateText(home) ?? '{"retry":null,"runs":[]}') as object;
  writeFileSync(join(home, 'state.json'), JSON.stringify({ ...state, settled: at }));
}

function stateText(home: string): string | null {
  const file = join(home, 'state.json');
  return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

const backups = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).filter(name => name.endsWith('.tar.gz')) : [];

async function run(home: string, at: number = NOW) {
  const { code, stdout, stderr } = await memport(['backup', 'run', '--json'], { home, now: () => at });
  const outcome = stdout === '' ? null : (JSON.parse(stdout) as { outcome: string }).outcome;
  return { code, outcome, stderr };
}

describe('[AUTO-01] [GOAL-06] [P4-01] backup run', () => {
  test('makes the backup that is due, once, and none for a store that has not changed', async () => {
    const home = await dueHome();
    expect(await run(home)).toMatchObject({ code: 0, outcome: 'made' });
    expect(backups(join(home, 'backups'))).toEqual([expect.stringMatching(/-auto\.tar\.gz$/)]);
    expect(await run(home)).toMatchObject({ code: 0, outcome: 'nothing_due' });
    settle(home, '2026-05-31T02:00:00.000Z');
    expect(await run(home, NOW + 60_000)).toMatchObject({ code: 0, outcome: 'unchanged' });
    expect(backups(join(home, 'backups'))).toHaveLength(1);
    const { runs } = JSON.parse(await ok(['backup', 'schedule', 'status', '--json'], { home, now })) as {
      runs: readonly { result: string; slots: number }[];
    };
    expect(runs.map(({ result, slots }) => [result, slots])).toEqual([
      ['unchanged', 1],
      ['made', 1],
    ]);
  });

  test('off makes none and says so', async () => {
    const home = scratch();
    await ok(['add', 'x'], { home });
    const { code, stderr } = await memport(['backup', 'run'], { home });
    expect([code, stderr]).toEqual([0, expect.stringContaining('automatic backups are off')]);
    expect(existsSync(join(home, 'state.json'))).toBe(false);
  });

  test('[AUTO-03] [P4-05] cleans up by the settings, and safety backups by their own count', async () => {
    const home = await dueHome(['backup_retention_count', '2']);
    for (let n = 1; n <= 3; n += 1) {
      await ok(['add', `Memory ${n}`], { home, now });
      await ok(['backup', 'create'], { home, now: () => NOW - (4 - n) * 3_600_000 });
    }
    await ok(['add', 'And one more'], { home, now });
    expect(await run(home)).toMatchObject({ outcome: 'made', stderr: expect.stringContaining('removed ') });
    expect(backups(join(home, 'backups'))).toHaveLength(2);
  });

  test('a store that shrank gets its backup, and nothing old is cleaned up', async () => {
    const home = await dueHome(['backup_retention_count', '1']);
    const ids: string[] = [];
    for (let n = 1; n <= 5; n += 1) ids.push(await ok(['add', `Memory ${n}`], { home, now }));
    for (const hours of [3, 2]) await ok(['backup', 'create'], { home, now: () => NOW - hours * 3_600_000 });
    await ok(['delete', ...ids, '--yes'], { home });
    expect(await run(home)).toMatchObject({
      outcome: 'made',
      stderr: expect.stringMatching(
        /has 1 records, where the backup before has 6: nothing old is cleaned up/,
      ),
    });
    expect(backups(join(home, 'backups'))).toHaveLength(3);
  });

  test('a cleanup that fails is told, and the backup is no less made', async () => {
    const home = await dueHome();
    mkdirSync(join(home, 'backups', '.memport-cleanup.lock'), { recursive: true });
    expect(await run(home)).toMatchObject({
      code: 0,
      outcome: 'made',
      stderr: expect.stringContaining('cleaning up failed'),
    });
  });

  test('the last attempt that fails is the end of it: exit code 1', async () => {
    const home = await dueHome(['backup_destination', '/nowhere/at/all']);
    const retry = {
      slot: '2026-06-01T02:00:00.000Z',
      attempts: 3,
      next_attempt_at: '2026-06-01T02:21:00.000Z',
      error: 'as before',
    };
    writeFileSync(
      join(home, 'state.json'),
      JSON.stringify({ settled: '2026-05-31T02:00:00.000Z', retry, runs: [] }),
    );
    const ended = await memport(['backup', 'run'], { home, now });
    expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('could not be made') });
    expect(await run(home)).toMatchObject({ code: 0, outcome: 'nothing_due' });
  });

  test('encrypts when that is set, to the keys of the home', async () => {
    const home = await dueHome(['backup_encrypt', 'true']);
    await ok(['key', 'generate'], { home });
    expect(await run(home)).toMatchObject({ outcome: 'made' });
    expect(readdirSync(join(home, 'backups')).some(name => name.endsWith('-auto.tar.gz.age'))).toBe(true);
  });

  test('[P4-06] tells of it by the command that is set', async () => {
    const told = join(scratch(), 'told.json');
    const home = await dueHome(
      ['backup_notify', 'always'],
      ['backup_notify_desktop', 'false'],
      ['backup_notify_command', `cat > '${told}'`],
    );
    await run(home);
    expect(JSON.parse(readFileSync(told, 'utf8'))).toMatchObject({
      event: 'backup_made',
      run: { result: 'made' },
    });
  });

  test('a destination that is not there is a failed attempt, kept for the next; a request to end stops the waiting', async () => {
    const folder = join(scratch(), 'disk');
    mkdirSync(folder);
    const home = await dueHome(['backup_destination', folder]);
    rmSync(folder, { recursive: true });
    const stop = new AbortController();
    const ended = memport(['backup', 'run'], { home, now, signal: stop.signal });
    await expect.poll(() => stateText(home)?.includes('"attempts": 1'), { timeout: 60_000 }).toBe(true);
    stop.abort('SIGTERM');
    const { code, stderr } = await ended;
    expect(code).toBe(143);
    expect(stderr).toContain('attempt 1 of the backup failed: the folder of backups');
    expect(JSON.parse(stateText(home) ?? '')).toMatchObject({
      settled: '2026-05-31T02:00:00.000Z',
      retry: { attempts: 1, next_attempt_at: '2026-06-01T12:01:00.000Z' },
    });
    expect((await memport(['status'], { home, now })).stderr).toContain('is tried again at 2026-06-01T12:01');
    mkdirSync(folder);
    expect(await run(home, NOW + 60_000)).toMatchObject({ code: 0, outcome: 'made' });
    expect(backups(folder)).toHaveLength(1);
  });
});

describe('the daemon', () => {
  test('makes what is due and goes on until it is ended', async () => {
    const home = await dueHome();
    const stop = new AbortController();
    const ended = memport(['daemon'], { home, now, signal: stop.signal });
    await expect.poll(() => stateText(home)?.includes('"made"'), { timeout: 60_000 }).toBe(true);
    stop.abort('SIGINT');
    const { code, stderr } = await ended;
    expect(code).toBe(130);
    expect(stderr).toContain('backups are made at 0 2 * * * in UTC');
    expect(stderr).toMatch(/2026-06-01T12:00:00.000Z memport made a backup: .* is made and proven/);
    expect(backups(join(home, 'backups'))).toHaveLength(1);
  });

  test('without a time zone goes by that of the machine', async () => {
    const home = await dueHome(['backup_timezone', 'null']);
    const stop = new AbortController();
    const ended = memport(['daemon'], { home, now, signal: stop.signal });
    setTimeout(() => stop.abort('SIGTERM'), 300);
    expect((await ended).stderr).toContain('backups are made at 0 2 * * *; Ctrl-C ends it');
  });

  test('waits while automatic backups are off, and says so', async () => {
    const home = scratch();
    const stop = new AbortController();
    const ended = memport(['daemon'], { home, now, signal: stop.signal });
    setTimeout(() => stop.abort('SIGTERM'), 200);
    const { code, stderr } = await ended;
    expect([code, stderr]).toEqual([143, expect.stringContaining('automatic backups are off; it waits')]);
  });
});

describe('backup schedule', () => {
  test('install --print shows what would be, and changes nothing', async () => {
    const home = await dueHome();
    for (const [kind, text] of [
      ['systemd', 'OnCalendar=*-*-* 02:00:00 UTC'],
      ['launchd', '<key>StartInterval</key>'],
      ['windows', '<Interval>PT15M</Interval>'],
    ] as const) {
      const shown = await ok(['backup', 'schedule', 'install', '--print', '--with', kind], { home });
      expect(shown).toContain(text);
      expect(shown).toContain(home);
    }
    const { code, stderr } = await memport(['backup', 'schedule', 'install', '--with', 'at'], { home });
    expect([code, stderr]).toEqual([2, expect.stringContaining('systemd, launchd, windows, crontab')]);
  });

  test('install and uninstall go to the scheduler that is there, and status tells', async () => {
    const home = await dueHome();
    const folder = scratch();
    writeFileSync(
      join(folder, 'crontab'),
      `#!/bin/sh
case "$1" in
-l) cat '${folder}/table' 2>/dev/null || { echo "no crontab for me" >&2; exit 1; } ;;
-r) rm '${folder}/table' ;;
*) cat > '${folder}/table' ;;
esac
`,
      { mode: 0o755 },
    );
    vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const schedule = (...args: string[]) =>
      memport(['backup', 'schedule', ...args, '--with', 'crontab'], { home, now });
    await ok(['config', 'set', 'backup_timezone', 'null'], { home });
    await ok(['config', 'set', 'enable_auto_backup', 'false'], { home });
    expect((await schedule('uninstall')).stderr).toContain('has no memport-backup-');
    expect(await schedule('install')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('automatic backups are on'),
    });
    expect(await ok(['config', 'get', 'enable_auto_backup'], { home })).toBe('true');
    expect(readFileSync(join(folder, 'table'), 'utf8')).toMatch(/^0 2 \* \* \* '.*' '--home' /);
    expect((await schedule('status')).stdout).toMatch(/timer: +memport-backup-\w{8} in crontab\n/);
    await ok(['config', 'set', 'backup_schedule', 'hourly'], { home });
    expect((await schedule('status')).stdout).toContain('of other settings');
    const printed = await schedule('install', '--print', '--json');
    expect(JSON.parse(printed.stdout)).toMatchObject({
      scheduler: 'crontab',
      text: expect.stringContaining('0 * * * *'),
    });
    expect(JSON.parse((await schedule('install', '--json')).stdout)).toMatchObject({ installed: true });
    expect(JSON.parse((await schedule('uninstall', '--json')).stdout)).toMatchObject({ was: true });
    expect(existsSync(join(folder, 'table'))).toBe(false);
  });

  test('status shows the last runs, and what is tried again', async () => {
    const home = await dueHome();
    await run(home);
    const state = JSON.parse(stateText(home) ?? '') as { runs: readonly object[] };
    const [made] = state.runs;
    const failed = { ...made, result: 'failed', attempts: 4, slots: 3, backup: null, error: 'no space left' };
    const retry = {
      slot: '2026-06-02T02:00:00.000Z',
      attempts: 1,
      next_attempt_at: '2026-06-02T02:01:00.000Z',
      error: 'the disk is gone',
    };
    writeFileSync(join(home, 'state.json'), JSON.stringify({ ...state, retry, runs: [failed, made] }));
    const text = await ok(['backup', 'schedule', '--with', 'systemd'], { home, now });
    expect(text).toMatch(/trying: +again at 2026-06-02T02:01:00.000Z after: the disk is gone/);
    expect(text).toMatch(/\(3 slots\) +failed \(attempt 4\) +no space left/);
    expect(text).toMatch(/ made +20260601T120000Z-/);
    await ok(['config', 'set', 'enable_auto_backup', 'false'], { home });
    expect(await ok(['backup', 'schedule', '--with', 'systemd'], { home, now })).toContain('automatic:  off');
  });

  test('status tells the settings, the next run and that no timer is there', async () => {
    const home = await dueHome();
    const text = await ok(['backup', 'schedule', '--with', 'crontab'], {
      home,
      now,
      env: { PATH: '/nowhere' },
    });
    expect(text).toMatch(
      /automatic: +on\nschedule: +0 2 \* \* \* in UTC\nnext run: +2026-06-02T02:00:00.000Z\n/,
    );
  });
});

describe('[CMD-05] [P4-07] [P4-08] [P4-09] backup config', () => {
  test('[CONF-01] [CONF-02] [CONF-05] [CONF-06] [CONF-07] [CONF-08] the defaults are those of the mission', async () => {
    const shown = JSON.parse(await ok(['backup', 'config', '--json'], { home: scratch() })) as Record<
      string,
      { value: unknown; from: string }
    >;
    const defaults = Object.entries(shown).map(([name, { value, from }]) => [name, value, from]);
    expect(defaults).toEqual(
      expect.arrayContaining([
        ['enable_auto_backup', false, 'default'],
        ['backup_schedule', '0 2 * * *', 'default'],
        ['backup_destination', 'backups', 'default'],
        ['backup_retention_count', 7, 'default'],
        ['backup_format', 'archive', 'default'],
        ['enable_cloud_sync', false, 'default'],
        ['cloud_provider', null, 'default'],
        ['cloud_encrypt', true, 'default'],
      ]),
    );
  });

  test('shows the settings of backups alone, and hides what is secret', async () => {
    const home = scratch();
    await ok(['backup', 'config', 'set', 'backup_notify_webhook', 'https://example.org/hush'], { home });
    const text = await ok(['backup', 'config'], { home });
    expect(text).toContain('backup_retention_count');
    expect(text).not.toMatch(/merge_strategy|hush/);
    expect(await ok(['config', '--json'], { home })).not.toContain('hush');
  });

  test.each([
    ['backup_schedule', '9:30'],
    ['backup_schedule', '0 0 31 2 *'],
    ['backup_timezone', 'Mars/Olympus'],
    ['enable_auto_backup', 'perhaps'],
    ['backup_notify', 'sometimes'],
    ['backup_notify_webhook', 'ftp://example.org'],
    ['enable_cloud_sync', 'true'],
    ['backup_retention_count', '0'],
    ['backup_notify_webhook', 'https://me:hush@example.org/'],
  ])('%s can not be %s, and the file stays as it was', async (name, value) => {
    const home = scratch();
    const { code, stderr } = await memport(['backup', 'config', 'set', name, value], { home });
    expect([code, stderr]).toEqual([2, expect.stringContaining(name)]);
    expect(existsSync(join(home, 'memport.json'))).toBe(false);
  });

  test('what is off can be said in words', async () => {
    const home = scratch();
    await ok(['config', 'set', 'enable_cloud_sync', 'no'], { home });
    expect(await ok(['config', 'get', 'enable_cloud_sync'], { home })).toBe('false');
    await ok(['config', 'set', 'backup_notify_command', ''], { home });
    expect(await ok(['config', 'get', 'backup_notify_command', '--json'], { home })).toBe('null');
  });

  test('a schedule is kept in one spelling, and what may surprise is said', async () => {
    const home = scratch();
    const { stderr } = await memport(['backup', 'config', 'set', 'backup_schedule', ' 0  2 31 * * '], {
      home,
    });
    expect(stderr).toContain('months without a day 31');
    expect(await ok(['config', 'get', 'backup_schedule'], { home })).toBe('0 2 31 * *');
    await ok(['backup', 'config', 'set', 'backup_schedule', 'Weekly'], { home });
    expect(await ok(['config', 'get', 'backup_schedule'], { home })).toBe('weekly');
  });
});

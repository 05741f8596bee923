import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCK_FILE } from '../../../src/backup/cleanup.ts';
import { loadConfig } from '../../../src/config.ts';
import { findHome } from '../../../src/home.ts';
import { takeFileLock } from '../../../src/store/file-lock.ts';
import { flipped } from '../../formats/recovery.ts';
import { type CliOptions, memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, fillHome, linesOf, summaryOf } from '../../support/stores.ts';

const START = Date.parse('2026-06-01T12:00:00Z');
const day = (n: number) => ({ now: () => START + n * 86_400_000 });

async function filled(): Promise<string> {
  const home = scratch();
  await fillHome(home);
  return home;
}

const flip = (path: string): void => writeFileSync(path, flipped(readFileSync(path), 20_000));
const listed = async (options: CliOptions, ...args: string[]): Promise<readonly Record<string, unknown>[]> =>
  (await ok(['backup', 'list', '--json', ...args], options))
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, unknown>);

describe('backups in a fresh home', () => {
  it('[P7-02] [INT-03] [GOAL-07] are made, listed, verified, restored and cleaned up', async () => {
    const home = await filled();
    const before = await digestOf(home);
    expect(await memport(['backup', 'list'], { home })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: /no backups/,
    });
    const first = await memport(['backup', 'create'], { home, ...day(0) });
    expect(first).toMatchObject({ code: 0, stderr: /backed up 5 memories.*verified/ });
    expect(existsSync(first.stdout.trim())).toBe(true);
    await ok(['add', 'One more.'], { home, ...day(1) });
    await ok(['backup', 'create'], { home, ...day(1) });
    const checked = await memport(['backup', 'verify', '--all', '--restore'], { home, ...day(2) });
    expect(checked).toMatchObject({
      code: 0,
      stdout: /whole, and restores to the same/,
      stderr: /2 whole, 0 damaged/,
    });
    await ok(['add', 'To be lost.'], { home });
    const restored = await memport(['backup', 'restore', 'latest', '--yes'], { home, ...day(3) });
    expect(restored).toMatchObject({ code: 0, stderr: /latest backup is/ });
    expect(await linesOf(home)).toHaveLength(6);
    const [latest, older] = (await listed({ home, ...day(3) })).filter(({ trigger }) => trigger === 'manual');
    await ok(['restore', String(older?.id), '--yes'], { home, ...day(4) });
    expect(await digestOf(home)).toBe(before);
    const cleaned = await memport(['backup', 'cleanup', '--keep', '1'], { home, ...day(5) });
    expect(cleaned).toMatchObject({ code: 0, stderr: /removed 1 of 4/ });
    expect(cleaned.stdout).toMatch(/one of the last 1[\s\S]*no rule keeps it/);
    const left = await listed({ home });
    expect(left.map(({ trigger }) => trigger)).toEqual(['safety', 'safety', 'manual']);
    expect(left[2]).toMatchObject({ id: latest?.id, state: 'verified', memories: 6 });
  });

  it('[P3-12] are listed with age, size, counts, origin and state, for people and programs', async () => {
    const home = await filled();
    await ok(['backup', 'create'], { home, ...day(0) });
    await ok(['backup', 'create', '--format', 'json'], { home, ...day(1) });
    const table = await ok(['backup', 'list'], { home, ...day(3) });
    expect(table.split('\n').map(line => line.split(/\s{2,}/))).toEqual([
      ['BACKUP', 'AGE', 'MADE', 'KIND', 'SIZE', 'RECORDS', 'VERIFIED', 'STATE'],
      [
        expect.any(String),
        '2 d',
        expect.stringMatching(/^manual on /),
        'json',
        expect.stringMatching(/KiB$/),
        '5',
        '2 d',
        'whole',
      ],
      [
        expect.any(String),
        '3 d',
        expect.stringMatching(/^manual on /),
        'archive',
        expect.stringMatching(/KiB$/),
        '5',
        '3 d',
        'whole',
      ],
    ]);
    const [one] = await listed({ home });
    const shown = await ok(['backup', 'show', String(one?.id)], { home });
    expect(shown).toContain(String(one?.sha256));
    for (const called of [String(one?.id), 'latest'])
      expect(JSON.parse(await ok(['backup', 'show', called, '--json'], { home }))).toEqual(one);
    rmSync(`${one?.path}.json`);
    expect(await ok(['backup', 'list'], { home })).toMatch(
      /\?\s+never\s+without sidecar: its sidecar is missing/,
    );
    rmSync(String((await listed({ home }))[1]?.path));
    expect(await ok(['backup', 'list'], { home })).toMatch(/damaged: the file is missing/);
  });

  it('[P3-11] a damaged one is named, not counted, and passed over', async () => {
    const home = await filled();
    await ok(['backup', 'create'], { home, ...day(0) });
    await ok(['add', 'One more.'], { home });
    const newest = await ok(['backup', 'create'], { home, ...day(1) });
    flip(newest);
    const verified = await memport(['backup', 'verify', '--all'], { home });
    expect(verified).toMatchObject({
      code: 20,
      stdout: /damaged: it is not what was written/,
      stderr: /1 whole, 1 damaged/,
    });
    expect(await memport(['backup', 'verify', newest], { home })).toMatchObject({ code: 20 });
    expect(await ok(['backup', 'list'], { home })).toMatch(/damaged/);
    const cleaned = await ok(['backup', 'cleanup', '--keep', '1'], { home });
    expect(cleaned).toMatch(/damaged: not counted[\s\S]*one of the last 1/);
    const restored = await memport(['restore', 'latest', '--yes'], { home });
    expect(restored).toMatchObject({ code: 0, stderr: /passed over: it is not what was written/ });
    expect(await linesOf(home)).toHaveLength(5);
    const merged = ['restore', 'latest', '--merge-strategy', 'skip', '--json'];
    expect(summaryOf(await ok(merged, { home }))).toMatchObject({ unchanged: 5 });
  });

  it('are compared with each other and with the store', async () => {
    const home = await filled();
    await ok(['backup', 'create'], { home, ...day(0) });
    await ok(['add', 'One more.'], { home });
    const diff = ['backup', 'diff', 'latest', '--json'];
    expect(summaryOf(await ok(diff, { home }))).toMatchObject({ added: 1, unchanged: 5 });
    await ok(['backup', 'create'], { home, ...day(1) });
    const [b, a] = (await listed({ home })).map(({ id }) => String(id));
    expect(summaryOf(await ok(['diff', a ?? '', b ?? '', '--json'], { home }))).toMatchObject({ added: 1 });
  });

  it('say when the store has shrunk', async () => {
    const home = await filled();
    await ok(['backup', 'create'], { home, ...day(0) });
    const ids = (await linesOf(home)).map(line => (JSON.parse(line) as { id: string }).id);
    await ok(['delete', ...ids.slice(1), '--yes'], { home });
    const made = await memport(['backup', 'create'], { home, ...day(1) });
    expect(made).toMatchObject({ code: 0, stderr: /the store has 1 records, where the backup before has 5/ });
    const [, id = ''] = /memport restore (\S+) --dry-run/.exec(made.stderr) ?? [];
    const back = await ok(['restore', id, '--dry-run', '--json'], { home });
    expect(summaryOf(back)).toMatchObject({ added: 4, unchanged: 1 });
  });
});

describe('[P7-07] [SEC-02] encrypted backups', () => {
  it('are listed without the key, restored with it alone in another home, and refused without', async () => {
    const home = await filled();
    await ok(['key', 'generate'], { home });
    await ok(['config', 'set', 'backup_encrypt', 'yes'], { home });
    const path = await ok(['backup', 'create'], { home });
    expect(path).toMatch(/\.tar\.gz\.age$/);
    const other = { home: scratch() };
    const there = ['--destination', join(home, 'backups')];
    expect(await listed(other, ...there)).toMatchObject([
      { encrypted: true, state: 'verified', memories: 5 },
    ]);
    expect(await memport(['restore', path, '--yes'], other)).toMatchObject({ code: 12 });
    const verified = await memport(['backup', 'verify', path], other);
    expect(verified).toMatchObject({ code: 12, stdout: /not read: .*no identity/ });
    const identity = ['--identity', join(home, 'keys', 'identity.txt')];
    await ok(['restore', path, '--yes', ...identity], other);
    expect(await digestOf(other.home)).toBe(await digestOf(home));
    expect(await ok(['backup', 'verify', path, '--restore', ...identity], other)).toMatch(
      /restores to the same/,
    );
    const names = readdirSync(join(home, 'backups'));
    const text = names.map(name => readFileSync(join(home, 'backups', name), 'latin1')).join('');
    expect(text).not.toMatch(/Prices|AGE-SECRET/);
    // The safety backup of a restore, too, is not in the clear then.
    await ok(['add', 'One more.'], { home });
    await ok(['restore', 'latest', '--yes'], { home });
    expect((await listed({ home })).map(({ encrypted }) => encrypted)).toEqual([true, true]);
  });

  it('go to the recipients of the settings', async () => {
    const home = await filled();
    const recipient = await ok(['key', 'generate'], { home: scratch() });
    await ok(['config', 'set', 'backup_recipients', `${recipient}, ${recipient}`], { home });
    const path = await ok(['backup', 'create', '--encrypt'], { home });
    expect(readFileSync(path, 'latin1').match(/-> X25519/g)).toHaveLength(2);
    expect(await memport(['import', path], { home })).toMatchObject({ code: 12 });
    const wrong = await memport(['config', 'set', 'backup_recipients', 'AGE-SECRET-KEY-1X'], { home });
    expect(wrong).toMatchObject({ code: 2 });
  });
});

describe('the destination', () => {
  it('[P3-10] [P4-04] [P4-10] is the option, else the setting', async () => {
    const home = await filled();
    const chosen = scratch();
    expect(await ok(['backup', 'create', '--destination', chosen], { home })).toContain(chosen);
    const missing = await memport(['backup', 'create', '--destination', 'missing'], { home });
    expect(missing).toMatchObject({ code: 10, stderr: /mkdir/ });
    expect(await memport(['backup', 'create', '--destination', ''], { home })).toMatchObject({ code: 2 });
    await ok(['config', 'set', 'backup_destination', chosen], { home });
    expect(await ok(['backup', 'create'], { home })).toContain(chosen);
    expect(await listed({ home })).toHaveLength(2);
    await ok(['config', 'set', 'backup_destination', '~/store'], { home });
    mkdirSync(join(home, 'store'));
    const env = { HOME: home };
    expect(await ok(['backup', 'create'], { home, env })).toContain(join(home, 'store', 'memport-'));
    rmSync(join(home, 'store'), { recursive: true });
    expect(await memport(['backup', 'list'], { home, env })).toMatchObject({ code: 10 });
    expect(await memport(['backup', 'cleanup'], { home, env })).toMatchObject({ code: 10 });
  });

  it('[CONF-03] is ~/.claude-rag/backups by default', () => {
    const home = findHome({ env: {}, cwd: '/' });
    expect(home.backups).toBe(join(homedir(), '.claude-rag', 'backups'));
    const { values } = loadConfig(join(scratch(), 'none.json'), {});
    expect(join(home.path, values.backup_destination)).toBe(home.backups);
  });
});

describe('the rules of a cleanup', () => {
  it('[AUTO-02] [P3-13] [P4-11] [CONF-04] are the options, else the settings: seven by default', async () => {
    const home = await filled();
    for (let n = 0; n < 9; n++) await ok(['backup', 'create'], { home, ...day(n) });
    const kept = async (...args: string[]): Promise<unknown> =>
      summaryOf(await ok(['backup', 'cleanup', '--dry-run', '--json', ...args], { home, ...day(10) })).kept;
    expect(await kept()).toBe(7);
    expect(await kept('--keep', '5')).toBe(5);
    expect(await kept('--keep', '1', '--keep-daily', '3')).toBe(3);
    expect(await kept('--keep', '1', '--keep-weekly', '2')).toBe(2);
    expect(await kept('--keep', '1', '--keep-monthly', '2')).toBe(1);
    await ok(['config', 'set', 'backup_retention_count', '2'], { home });
    expect(await kept()).toBe(2);
    for (const wrong of ['0', '-1', 'x', '1.5'])
      expect(await memport(['backup', 'cleanup', '--keep', wrong], { home })).toMatchObject({ code: 2 });
    for (const wrong of ['0', '-1', 'x'])
      expect(await memport(['config', 'set', 'backup_retention_count', wrong], { home })).toMatchObject({
        code: 2,
      });
    expect(await listed({ home })).toHaveLength(9);
    expect(await ok(['backup', 'cleanup', '--dry-run'], { home, ...day(10) })).toMatch(/would go/);
  });

  it('hold for the safety backups in the home, too, where the others go elsewhere', async () => {
    const home = await filled();
    await ok(['config', 'set', 'backup_destination', scratch()], { home });
    await ok(['backup', 'create'], { home });
    for (let n = 0; n < 5; n++) {
      await ok(['add', `Number ${n}.`], { home, ...day(n) });
      await ok(['restore', 'latest', '--yes'], { home, ...day(n) });
    }
    expect(await listed({ home })).toHaveLength(6);
    const cleaned = await ok(['backup', 'cleanup', '--json'], { home, ...day(10) });
    expect(summaryOf(cleaned)).toMatchObject({ kept: 4, removed: 2 });
    expect((await listed({ home })).map(({ trigger }) => trigger)).toEqual([
      ...Array(3).fill('safety'),
      'manual',
    ]);
  });

  it('wait for another cleanup: exit 11', async () => {
    const home = await filled();
    await ok(['backup', 'create'], { home });
    const lock = join(home, 'backups', LOCK_FILE);
    await using _lock = await takeFileLock(lock, { timeoutMs: 0, what: 'test' });
    const env = { MEMPORT_STORE_BUSY_TIMEOUT: '0' };
    expect(await memport(['backup', 'cleanup'], { home, env })).toMatchObject({
      code: 11,
      stderr: /cleaning up/,
    });
  });
});

it.each(['archive', 'json', 'markdown'])(
  'a backup as %s is proven, listed as whole, and known as unchanged',
  async format => {
    const home = await filled();
    await ok(['config', 'set', 'backup_format', format], { home });
    const path = await ok(['backup', 'create'], { home });
    const made = await listed({ home });
    expect(made).toMatchObject([
      { state: 'verified', problem: null, content_digest: expect.stringMatching(/^sha256:/) },
    ]);
    await ok(['backup', 'verify', path, '--restore'], { home });
    expect(await listed({ home })).toMatchObject([{ content_digest: made[0]?.content_digest }]);
    await ok(['config', 'set', 'enable_auto_backup', 'true'], { home });
    const state = { settled: '2020-01-01T00:00:00Z', retry: null, runs: [] };
    writeFileSync(join(home, 'state.json'), JSON.stringify(state));
    await ok(['backup', 'run'], { home });
    expect(readFileSync(join(home, 'state.json'), 'utf8')).toContain('"result": "unchanged"');
  },
);

it('[P4-12] the format is the option, else the setting', async () => {
  const home = await filled();
  await ok(['config', 'set', 'backup_format', 'json'], { home });
  expect(await ok(['backup', 'create'], { home })).toMatch(/-manual\.json$/);
  expect(await ok(['backup', 'create', '--format', 'archive'], { home })).toMatch(/\.tar\.gz$/);
  expect(await ok(['backup', 'create', '--format', 'markdown'], { home })).toMatch(/-manual\.md$/);
  expect(await memport(['backup', 'create', '--format', 'zip'], { home })).toMatchObject({ code: 2 });
  expect(await memport(['config', 'set', 'backup_format', 'zip'], { home })).toMatchObject({ code: 2 });
});

it('one in Markdown is a file that is proven, listed, verified and restored like the others', async () => {
  const home = await filled();
  const path = await ok(['backup', 'create', '--format', 'markdown'], { home });
  expect(path).toMatch(/-manual\.md$/);
  expect(await ok(['backup', 'list', '--json'], { home })).toMatch(/"format":"markdown".*"state":"verified"/);
  expect(await ok(['backup', 'verify', '--all'], { home })).toMatch(/: whole$/);
  const contents = async (at: string) =>
    (await ok(['list', '--all', '--json'], { home: at })).split('\n').sort();
  const other = scratch();
  await ok(['restore', path, '--yes'], { home: other });
  expect(await contents(other)).toEqual(await contents(home));
});

it('verify takes a name or --all, and any file', async () => {
  const home = await filled();
  await ok(['export', 'mine.tar.gz'], { home });
  expect(await ok(['backup', 'verify', 'mine.tar.gz'], { home })).toBe('mine.tar.gz: whole');
  expect(await memport(['backup', 'verify', 'mine.tar.gz', '--all'], { home })).toMatchObject({ code: 2 });
  expect(await memport(['backup', 'verify'], { home })).toMatchObject({ code: 10 });
  const path = await ok(['backup', 'create'], { home });
  expect(await ok(['backup', 'verify'], { home })).toMatch(/: whole$/);
  rmSync(`${path}.json`);
  mkdirSync(`${path}.json`);
  const unnoted = await memport(['backup', 'verify', path], { home });
  expect(unnoted).toMatchObject({ code: 0, stderr: /could not be noted/ });
});

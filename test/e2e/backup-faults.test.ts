import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runBinary, startBinary } from '../support/binary.ts';
import { ok, scratch } from '../support/cli.ts';
import { digestOf, fillHome } from '../support/stores.ts';

const DAY_MS = 86_400_000;

interface Listed {
  readonly path: string;
  readonly state: string;
}

async function listed(home: string): Promise<readonly Listed[]> {
  const lines = (await ok(['backup', 'list', '--json'], { home })).split('\n').filter(Boolean);
  return lines.map(line => JSON.parse(line) as Listed);
}

/** A home with backups of so many days. */
async function homeWith(backups: number): Promise<string> {
  const home = scratch();
  await fillHome(home);
  for (let n = 0; n < backups; n++)
    await ok(['backup', 'create'], { home, now: () => Date.parse('2026-05-01T00:00:00Z') + n * DAY_MS });
  return home;
}

/** A folder that is a disk of its own of so many bytes, or null where none can be made. */
function disk(folder: string, options: string): boolean {
  mkdirSync(folder, { recursive: true });
  const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
  if (isMounted) onTestFinished(() => void spawnSync('umount', [folder]));
  return isMounted;
}

test('a destination that is full or read-only fails the backup, and the old ones stay whole', async context => {
  const home = await homeWith(0);
  const folder = join(scratch(), 'disk');
  if (!disk(folder, 'size=52k')) return context.skip('no disk can be mounted here');
  await ok(['config', 'set', 'backup_destination', folder], { home });
  await ok(['backup', 'create'], { home });
  let full = runBinary(['backup', 'create'], home);
  for (let tries = 0; full.code === 0 && tries < 5; tries++) full = runBinary(['backup', 'create'], home);
  expect(full).toMatchObject({ code: 24 });
  expect(full.stdout.toString()).toBe('');
  expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([]);
  await ok(['backup', 'verify', '--all'], { home });
  expect(spawnSync('mount', ['-o', 'remount,ro', folder]).status).toBe(0);
  const readOnly = runBinary(['backup', 'create'], home);
  expect(readOnly).toMatchObject({ code: 1, stderr: expect.stringMatching(/read-only/) });
  const cleaned = runBinary(['backup', 'cleanup', '--keep', '1'], home);
  expect(cleaned).toMatchObject({ code: 1, stderr: expect.stringMatching(/read-only/) });
  await ok(['restore', 'latest', '--yes'], { home });
});

test('four processes at once make four backups', async () => {
  const home = await homeWith(0);
  const running = Array.from({ length: 4 }, () => startBinary(['backup', 'create'], home));
  const ended = await Promise.all(running.map(({ ended: end }) => end));
  expect(ended.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect((await listed(home)).map(({ state }) => state)).toEqual(Array(4).fill('verified'));
});

test('an encrypted backup moves to another home with its key alone', async () => {
  const home = await homeWith(0);
  await ok(['key', 'generate'], { home });
  const path = await ok(['backup', 'create', '--encrypt'], { home });
  const other = scratch();
  mkdirSync(join(other, 'keys'));
  cpSync(join(home, 'keys', 'identity.txt'), join(other, 'keys', 'identity.txt'));
  const digest = await digestOf(home);
  rmSync(join(home, 'keys'), { recursive: true });
  expect(runBinary(['restore', path, '--yes'], home).code).toBe(12);
  expect(runBinary(['restore', path, '--yes'], other).code).toBe(0);
  expect(await digestOf(other)).toBe(digest);
});

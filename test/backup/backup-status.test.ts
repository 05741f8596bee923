import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ok, scratch } from '../support/cli.ts';

const MADE = Date.parse('2026-06-01T12:00:00Z');
const HOUR = 3_600_000;

async function status(home: string, now: number): Promise<Record<string, unknown>> {
  const text = await ok(['status', '--json'], { home, now: () => now });
  return (JSON.parse(text) as { backups: Record<string, unknown> }).backups;
}

test('the newest verified backup, its age and the next run; a warning when it is older than twice the schedule', async () => {
  const home = scratch();
  const at = { home, now: () => MADE };
  await ok(['add', 'x'], at);
  expect(await status(home, MADE)).toMatchObject({
    newest_verified: null,
    enabled: false,
    next_run: null,
    warnings: ['there is no verified backup: memport backup create'],
  });
  await ok(['backup', 'create'], at);
  await ok(['config', 'set', 'enable_auto_backup', 'true'], at);
  await ok(['config', 'set', 'backup_timezone', 'UTC'], at);
  expect(await status(home, MADE + HOUR)).toMatchObject({
    newest_verified: { age_seconds: 3600, created: '2026-06-01T12:00:00.000Z' },
    next_run: '2026-06-02T02:00:00.000Z',
    last_run: null,
    warnings: [],
  });
  expect((await status(home, MADE + 37 * HOUR)).warnings).toEqual([]);
  expect((await status(home, MADE + 39 * HOUR)).warnings).toEqual([
    expect.stringMatching(/^the newest verified backup is older than twice the schedule: 20260601T120000Z-/),
  ]);
  const text = await ok(['status'], { home, now: () => MADE + HOUR });
  expect(text).toMatch(/backup: +20260601T120000Z-.{4}, 1 h old\n/);
});

test('a store that has not changed since is as safe as its newest backup', async () => {
  const home = scratch();
  await ok(['add', 'x'], { home, now: () => MADE });
  await ok(['backup', 'create'], { home, now: () => MADE });
  await ok(['config', 'set', 'enable_auto_backup', 'true'], { home });
  const { newest_verified: newest } = await status(home, MADE);
  const at = new Date(MADE + 100 * HOUR).toISOString();
  const run = {
    slot: at,
    slots: 4,
    started_at: at,
    finished_at: at,
    result: 'unchanged',
    attempts: 1,
    backup: (newest as { id: string }).id,
    error: null,
  };
  writeFileSync(join(home, 'state.json'), JSON.stringify({ settled: at, retry: null, runs: [run] }));
  expect((await status(home, MADE + 101 * HOUR)).warnings).toEqual([]);
});

test('a backup of another machine in the same folder is none of this store', async () => {
  const home = scratch();
  await ok(['add', 'x'], { home, now: () => MADE });
  const path = (await ok(['backup', 'create'], { home, now: () => MADE })).trim();
  const other = path.replace(/memport-.*-(\d{8}T)/, 'memport-elsewhere-$1');
  renameSync(path, other);
  renameSync(`${path}.json`, `${other}.json`);
  expect(await status(home, MADE)).toMatchObject({ newest_verified: null });
});

test('a destination that is not there is a warning', async () => {
  const home = scratch();
  await ok(['add', 'x'], { home });
  await ok(['config', 'set', 'backup_destination', '/nowhere/at/all'], { home });
  const { warnings, destination } = await status(home, MADE);
  expect(destination).toBe('/nowhere/at/all');
  expect(warnings).toEqual([
    'the folder of backups /nowhere/at/all is not there',
    'there is no verified backup: memport backup create',
  ]);
});

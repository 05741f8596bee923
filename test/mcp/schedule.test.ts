import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findHome } from '../../src/home.ts';
import { McpHost } from '../../src/mcp/host.ts';
import { startSchedule } from '../../src/mcp/schedule.ts';
import { ok, scratch } from '../support/cli.ts';
import { fillHome } from '../support/stores.ts';

const DAY_MS = 86_400_000;

/** A home whose schedule has a slot that is due: nothing has been made for three days. */
async function dueHome(state: Record<string, unknown> = {}): Promise<string> {
  const home = scratch();
  await fillHome(home);
  await ok(['config', 'set', 'enable_auto_backup', 'true'], { home });
  await ok(['config', 'set', 'backup_notify', 'none'], { home });
  const settled = new Date(Date.now() - 3 * DAY_MS).toISOString();
  writeFileSync(join(home, 'state.json'), JSON.stringify({ settled, retry: null, runs: [], ...state }));
  return home;
}

/** A slot that has failed three times and is now tried for the last time. */
async function lastTryHome(): Promise<string> {
  const at = new Date(Date.now() - 60_000).toISOString();
  const retry = { slot: at, attempts: 3, next_attempt_at: at, error: 'the disk is gone' };
  return await dueHome({ retry });
}

interface Server {
  readonly schedule: AsyncDisposable;
  readonly told: readonly string[];
  /** Resolves when something is told that begins so. */
  hears(beginning: string): Promise<string>;
}

function serve(home: string, env: Record<string, string> = {}): Server {
  const host = new McpHost({ home: findHome({ home, env, cwd: home }), env, now: Date.now });
  const told: string[] = [];
  const waiting = new Set<() => void>();
  host.onLog((level, message) => {
    told.push(`${level}: ${message}`);
    for (const look of waiting) look();
  });
  const schedule = startSchedule(host, 0);
  onTestFinished(async () => {
    await schedule[Symbol.asyncDispose]();
    await host[Symbol.asyncDispose]();
  });
  const hears = (beginning: string): Promise<string> =>
    new Promise(resolve => {
      const look = (): void => {
        const found = told.find(line => line.startsWith(beginning));
        if (found !== undefined) resolve(found);
      };
      waiting.add(look);
      look();
    });
  return { schedule, told, hears };
}

const made = (home: string): readonly string[] =>
  existsSync(join(home, 'backups'))
    ? readdirSync(join(home, 'backups')).filter(name => name.endsWith('-auto.tar.gz'))
    : [];

const runs = (home: string): readonly Record<string, unknown>[] =>
  (JSON.parse(readFileSync(join(home, 'state.json'), 'utf8')) as { runs: Record<string, unknown>[] }).runs;

test('however many servers there are, a slot is made once, and told of', async () => {
  const home = await dueHome();
  const servers = [serve(home), serve(home), serve(home)];
  const line = await Promise.race(servers.map(server => server.hears('info: memport made a backup')));
  for (const { schedule } of servers) await schedule[Symbol.asyncDispose]();
  expect(made(home)).toHaveLength(1);
  expect(runs(home)).toMatchObject([{ result: 'made', slots: 3, attempts: 1 }]);
  expect(servers.flatMap(({ told }) => told)).toEqual([line]);
  const [{ backup } = {}] = runs(home);
  expect(line).toContain(String(backup));
  await ok(['backup', 'verify', String(backup), '--restore'], { home });
});

test('a store that is as the newest backup holds it needs none, and that is told', async () => {
  const home = await dueHome();
  await ok(['backup', 'create'], { home });
  expect(await serve(home).hears('info: memport needed no new backup')).toContain('store is as');
  expect(made(home)).toEqual([]);
});

test('a backup that has failed for good is an error in the log, and the server goes on', async () => {
  const home = await lastTryHome();
  await ok(['config', 'set', 'backup_destination', join(scratch(), 'gone')], { home });
  const server = serve(home);
  await server.hears('warning: attempt 4 of the backup failed');
  await server.hears('error: memport could not make a backup');
  expect(runs(home)).toMatchObject([{ result: 'failed', attempts: 4 }]);
});

test('settings that are wrong are told of, and nothing ends', async () => {
  const home = await dueHome();
  writeFileSync(join(home, 'memport.json'), '{"backup_schedule": "never"}');
  const server = serve(home);
  await server.hears('warning: the schedule could not be looked at');
  await server.schedule[Symbol.asyncDispose]();
  expect(server.told).toHaveLength(1);
});

test('the environment alone can switch it on, where there is no home yet', async () => {
  const home = join(scratch(), 'new');
  const server = serve(home, { MEMPORT_ENABLE_AUTO_BACKUP: 'true' });
  await expect.poll(() => existsSync(join(home, 'state.json'))).toBe(true);
  await server.schedule[Symbol.asyncDispose]();
  expect(server.told).toEqual([]);
});

test('where it is off nothing is made and nothing is told', async () => {
  const home = await dueHome();
  await ok(['config', 'set', 'enable_auto_backup', 'false'], { home });
  const { schedule, told } = serve(home);
  await schedule[Symbol.asyncDispose]();
  expect([made(home), told]).toEqual([[], []]);
});

test('what is asked to end before it has begun ends at once', async () => {
  const home = await dueHome();
  const host = new McpHost({ home: findHome({ home, env: {}, cwd: home }), env: {}, now: Date.now });
  await startSchedule(host, 600_000)[Symbol.asyncDispose]();
  expect(made(home)).toEqual([]);
});

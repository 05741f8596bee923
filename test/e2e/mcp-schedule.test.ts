import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LOCK_FILE } from '../../src/backup/cleanup.ts';
import { runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { fillStore } from '../support/many.ts';
import { type BinaryConnected, connectBinary } from '../support/mcp.ts';
import { fillHome } from '../support/stores.ts';

const DAY_MS = 86_400_000;
const MANY = 12_000;

interface Told {
  readonly level: string;
  readonly data: unknown;
}

/** Switches automatic backups on, as if nothing had been made for three days. */
function switchOn(home: string): void {
  for (const [name, value] of [
    ['enable_auto_backup', 'true'],
    ['backup_notify', 'none'],
  ] as const)
    expect(runBinary(['config', 'set', name, value], home).code).toBe(0);
  const settled = new Date(Date.now() - 3 * DAY_MS).toISOString();
  writeFileSync(join(home, 'state.json'), JSON.stringify({ settled, retry: null, runs: [] }));
}

const folder = (home: string): string => join(home, 'backups');
const isPending = (name: string): boolean => name.startsWith('.') && name !== LOCK_FILE;

/** A server, and the first thing that it tells its log. */
async function listening(
  home: string,
  all: Told[],
): Promise<{ server: BinaryConnected; first: Promise<void> }> {
  const heard = Promise.withResolvers<void>();
  const server = await connectBinary(home, {
    prepare: client =>
      client.setNotificationHandler('notifications/message', ({ params: { level, data } }) => {
        all.push({ level, data });
        heard.resolve();
      }),
  });
  return { server, first: heard.promise };
}

test('two servers of one home make a slot that is due once, and say so', async () => {
  const home = scratch();
  await fillHome(home);
  switchOn(home);
  const told: Told[] = [];
  const servers = await Promise.all([listening(home, told), listening(home, told)]);
  await Promise.race(servers.map(({ first }) => first));
  // Each has looked by the time that a third one, which begins later, is answered and gone.
  const late = await listening(home, told);
  const { runs, warnings } = await late.server.ok('backup_status');
  expect({ runs, warnings }).toMatchObject({ runs: [{ result: 'made', slots: 3 }], warnings: [] });
  for (const { server } of [...servers, late]) await server.close();
  expect(told).toEqual([{ level: 'info', data: expect.stringMatching(/^memport made a backup: .*3 slots/) }]);
  const files = readdirSync(folder(home))
    .filter(name => name !== LOCK_FILE)
    .sort();
  expect(files.map(name => name.replace(/^.*-auto/, ''))).toEqual(['.tar.gz', '.tar.gz.json']);
  expect(runBinary(['backup', 'verify', '--all', '--restore'], home).code).toBe(0);
  const state = JSON.parse(readFileSync(join(home, 'state.json'), 'utf8')) as { runs: unknown[] };
  expect(state.runs).toHaveLength(1);
}, 60_000);

test('a server that goes away in the middle of a backup leaves no file, and the slot to the next one', async () => {
  const home = scratch();
  await fillStore(join(home, 'memport.db'), MANY);
  switchOn(home);
  const pending = (): readonly string[] =>
    existsSync(folder(home)) ? readdirSync(folder(home)).filter(isPending) : [];
  const gone = await connectBinary(home);
  await expect.poll(pending, { timeout: 20_000, interval: 5 }).not.toEqual([]);
  await gone.close();
  expect(readdirSync(folder(home))).toEqual([]);
  const told: Told[] = [];
  const { server, first } = await listening(home, told);
  await first;
  await server.close();
  expect(told).toMatchObject([{ level: 'info', data: expect.stringContaining('memport made a backup') }]);
  expect(pending()).toEqual([]);
  expect(runBinary(['backup', 'verify', '--all'], home).code).toBe(0);
}, 60_000);

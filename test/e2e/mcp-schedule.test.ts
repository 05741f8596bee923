import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { type BinaryConnected, connectBinary } from '../support/mcp.ts';
import { fillHome } from '../support/stores.ts';

const DAY_MS = 86_400_000;

interface Told {
  readonly level: string;
  readonly data: unknown;
}

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

test('[P4-01] [P4-06] two servers of one home make a slot that is due once, and say so', async () => {
  const home = scratch();
  await fillHome(home);
  for (const [name, value] of [
    ['enable_auto_backup', 'true'],
    ['backup_notify', 'none'],
  ] as const)
    expect(runBinary(['config', 'set', name, value], home).code).toBe(0);
  const settled = new Date(Date.now() - 3 * DAY_MS).toISOString();
  writeFileSync(join(home, 'state.json'), JSON.stringify({ settled, retry: null, runs: [] }));
  const told: Told[] = [];
  const servers = await Promise.all([listening(home, told), listening(home, told)]);
  await Promise.race(servers.map(({ first }) => first));
  // Each has looked by the time that a third one, which begins later, is answered and gone.
  const late = await listening(home, told);
  const { runs, warnings } = await late.server.ok('backup_status');
  expect({ runs, warnings }).toMatchObject({ runs: [{ result: 'made', slots: 3 }], warnings: [] });
  for (const { server } of [...servers, late]) await server.close();
  expect(told).toEqual([{ level: 'info', data: expect.stringMatching(/^memport made a backup: .*3 slots/) }]);
  const files = readdirSync(join(home, 'backups')).sort();
  expect(files.map(name => name.replace(/^.*-auto/, ''))).toEqual(['.tar.gz', '.tar.gz.json']);
  expect(runBinary(['backup', 'verify', '--all', '--restore'], home).code).toBe(0);
  const state = JSON.parse(readFileSync(join(home, 'state.json'), 'utf8')) as { runs: unknown[] };
  expect(state.runs).toHaveLength(1);
}, 60_000);

test('a server that goes away in the middle of a backup leaves it due, and no file that is not whole', async () => {
  const home = scratch();
  await fillHome(home);
  runBinary(['config', 'set', 'enable_auto_backup', 'true'], home);
  runBinary(['config', 'set', 'backup_notify', 'none'], home);
  const settled = new Date(Date.now() - 3 * DAY_MS).toISOString();
  writeFileSync(join(home, 'state.json'), JSON.stringify({ settled, retry: null, runs: [] }));
  const gone = await connectBinary(home);
  await gone.close();
  const told: Told[] = [];
  const { server, first } = await listening(home, told);
  await first;
  await server.close();
  expect(runBinary(['backup', 'verify', '--all'], home).code).toBe(0);
  expect(readdirSync(join(home, 'backups')).filter(name => name.startsWith('.'))).toEqual([]);
}, 60_000);

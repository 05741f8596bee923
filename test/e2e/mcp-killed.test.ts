import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { fillStore } from '../support/many.ts';
import { connectBinary } from '../support/mcp.ts';
import { digestOf, linesOf } from '../support/stores.ts';

const MANY = 6000;

/** Kills a server like a power failure would, and waits until it is gone. */
async function kill(server: Awaited<ReturnType<typeof connectBinary>>): Promise<void> {
  const gone = new Promise<void>(resolve => {
    server.client.onclose = resolve;
  });
  process.kill(server.pid, 'SIGKILL');
  await gone;
}

/** What the next server finds is whole: it reads, writes and passes every check. */
async function expectWhole(home: string): Promise<void> {
  const server = await connectBinary(home);
  const before = await server.ok('list_memories', { limit: 1 });
  await server.ok('store_memory', { content: 'the next one' });
  expect(await server.ok('list_memories', { limit: 1 })).toMatchObject({ total: Number(before.total) + 1 });
  const { path } = await server.ok('export_memories');
  expect(runBinary(['diff', String(path)], home).stdout.toString()).toContain(
    ' 0 added, 0 changed, 0 removed',
  );
  await using store = await openStore({ path: join(home, 'memport.db') });
  expect((await store.counts()).memories).toBe(Number(before.total) + 1);
}

test('killed in the middle of stores: every one that was answered is there', async () => {
  const home = scratch();
  const server = await connectBinary(home);
  const answered: string[] = [];
  const stores = Array.from({ length: 60 }, (_, n) =>
    server.ok('store_memory', { content: `memory ${n}` }).then(data => {
      answered.push((data.memory as { id: string }).id);
      if (answered.length === 15) process.kill(server.pid, 'SIGKILL');
    }),
  );
  const settled = await Promise.allSettled(stores);
  expect(settled.some(({ status }) => status === 'rejected')).toBe(true);
  const ids = new Set((await linesOf(home)).map(line => (JSON.parse(line) as { id: string }).id));
  expect(answered.filter(id => !ids.has(id))).toEqual([]);
  await expectWhole(home);
}, 60_000);

test.each([
  ['import_memories', 'importing'],
  ['restore_from_backup', 'restoring'],
])(
  'killed in the middle of %s: the store is as before',
  async (tool, phase) => {
    const [home, other] = [scratch(), scratch()];
    await fillStore(join(home, 'memport.db'), 20);
    await fillStore(join(other, 'memport.db'), MANY);
    const file = join(other, 'all.tar.gz');
    expect(runBinary(['export', file], other).code).toBe(0);
    const server = await connectBinary(home, { env: { MEMPORT_MCP_ALLOWED_PATHS: other } });
    const before = await digestOf(home);
    const args =
      tool === 'import_memories'
        ? { input_path: file, merge_strategy: 'overwrite' }
        : { plan_id: (await server.ok(tool, { input_path: file })).plan_id };
    const begun = Promise.withResolvers<void>();
    const call = server.call(tool, args, {
      onprogress: ({ message = '' }) => {
        if (message.startsWith(phase)) begun.resolve();
      },
    });
    const failed = expect(call).rejects.toThrow();
    await begun.promise;
    await kill(server);
    await failed;
    expect(await digestOf(home)).toBe(before);
    await expectWhole(home);
    for (const folder of [home, join(home, 'exports')])
      expect(readdirSync(folder).filter(name => name.startsWith('.'))).toEqual([]);
  },
  120_000,
);

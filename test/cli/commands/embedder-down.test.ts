import { expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { EmbeddingServer, problem } from '../../support/embedding-server.ts';
import { digestOf, feat038Json, originalMemory, summaryOf } from '../../support/stores.ts';

/** A home whose embedder is a server that answers with a refusal until `mend` is called. */
async function homeOf() {
  let isDown = true;
  // 400: a refusal that nobody waits for.
  const server = await EmbeddingServer.start({
    trouble: () => (isDown ? problem(400, 'out of order') : null),
  });
  const home = scratch();
  for (const [name, value] of [
    ['embedding_provider', 'http'],
    ['embedding_url', server.url],
    ['embedding_model', 'nomic'],
  ] as const)
    await ok(['config', 'set', name, value], { home });
  const mend = () => {
    isDown = false;
  };
  return { home, server, mend, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const pending = async (home: string): Promise<number> =>
  (JSON.parse(await ok(['status', '--json'], { home })) as { pending_vectors: number }).pending_vectors;

test('a memory is stored, found by text and completed later', async () => {
  await using it = await homeOf();
  const { home } = it;
  const added = await memport(['add', 'Vents open at 27 degrees.'], { home });
  expect(added.code).toBe(0);
  expect(added.stderr).toMatch(/nomic made no vectors: .*out of order.*completed by memport embed/s);
  const id = added.stdout.trim();
  const updated = await memport(['update', id, '--content', 'Vents open at 28 degrees.'], { home });
  expect([updated.code, updated.stderr]).toEqual([0, expect.stringContaining('made no vectors')]);
  expect(await pending(home)).toBe(1);
  const found = await memport(['search', '28 degrees', '--json'], { home });
  expect(found.code).toBe(0);
  expect(found.stdout).toContain(id);
  const early = await memport(['embed'], { home });
  expect([early.code, early.stdout]).toEqual([3, '0 embedded, 0 unchanged, 1 pending\n']);
  expect(early.stderr).toContain('out of order');
  it.mend();
  expect(await ok(['embed'], { home })).toBe('1 embedded, 0 unchanged, 0 pending');
  expect(await pending(home)).toBe(0);
  expect((await memport(['add', 'Another one.'], { home })).stderr).not.toContain('vectors');
});

test('an import stores all, asks once, and says so', async () => {
  await using it = await homeOf();
  const file = feat038Json(
    scratch(),
    Array.from({ length: 1200 }, (_, n) => originalMemory(n)),
  );
  const { code, stdout } = await memport(['import', file, '--json'], { home: it.home });
  const summary = summaryOf(stdout);
  expect(code).toBe(0);
  expect(summary).toMatchObject({ created: 1200, pending_vectors: 1200 });
  expect(Object.keys(summary.warnings as object)).toEqual([expect.stringContaining('out of order')]);
  expect(it.server.asked).toHaveLength(1);
  const quiet = await memport(['import', file, '--vectors', 'none', '--json'], { home: it.home });
  expect(summaryOf(quiet.stdout)).toMatchObject({ unchanged: 1200, warnings: {} });
  expect(it.server.asked).toHaveLength(1);
});

test('a restore and a rename succeed without it, and say so', async () => {
  await using it = await homeOf();
  const { home } = it;
  const target = { home: scratch(), env: { MEMPORT_EMBEDDING_PROVIDER: 'none' } };
  await ok(['add', 'Prices are in cents.', '--project', 'shop'], target);
  const file = `${scratch()}/x.json`;
  await ok(['export', file], target);
  const restored = await memport(['restore', file, '--yes'], { home });
  expect([restored.code, restored.stderr]).toEqual([0, expect.stringContaining('out of order')]);
  expect(await digestOf(home)).toBe(await digestOf(target.home));
  const renamed = await memport(['projects', 'rename', 'shop', 'store'], { home });
  expect([renamed.code, renamed.stderr]).toEqual([0, expect.stringContaining('out of order')]);
  expect(await pending(home)).toBe(1);
});

test('a configuration that gives no embedder costs the vector, not the memory', async () => {
  const home = scratch();
  await ok(['config', 'set', 'embedding_provider', 'http'], { home });
  const { code, stderr } = await memport(['add', 'Kept.'], { home });
  expect([code, stderr]).toEqual([0, expect.stringContaining('embedding_model is not set')]);
  expect(await ok(['list', '--json'], { home })).toContain('"Kept."');
  expect(await memport(['embed'], { home })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('memport config set embedding_model'),
  });
});

test('the key is in no output, whatever goes wrong', async () => {
  await using server = await EmbeddingServer.start({ key: 'right' });
  const env = {
    MEMPORT_EMBEDDING_PROVIDER: 'http',
    MEMPORT_EMBEDDING_URL: server.url,
    MEMPORT_EMBEDDING_MODEL: 'nomic',
    MEMPORT_EMBEDDING_API_KEY: 'sk-sentinel',
  };
  const home = scratch();
  for (const args of [['add', 'x'], ['embed'], ['search', 'x'], ['status'], ['config'], ['export', '-']]) {
    for (const flags of [['--verbose'], ['--json']]) {
      const { stdout, stderr } = await memport([...args, ...flags], { home, env });
      expect(stdout + stderr).not.toContain('sk-sentinel');
    }
  }
});

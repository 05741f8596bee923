import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, feat038Json, originalMemory, summaryOf } from '../../support/stores.ts';

const OFFLINE = { MEMPORT_EMBEDDING_PROVIDER: 'none' };

async function pendingHome(): Promise<string> {
  const home = scratch();
  const memories = [originalMemory(1, { embedding: [1, 2, 3] }), originalMemory(2)];
  await ok(['import', feat038Json(scratch(), memories), '--vectors', 'keep'], { home });
  return home;
}

test('embed completes what is pending, and the content stays the same', async () => {
  const home = await pendingHome();
  const before = await digestOf(home);
  expect(await ok(['embed'], { home })).toBe('2 embedded, 0 unchanged, 0 pending');
  expect(await ok(['status'], { home })).toContain('0 without a vector');
  expect(await digestOf(home)).toBe(before);
  const again = await ok(['embed', '--json'], { home });
  expect(JSON.parse(again)).toEqual({ embedded: 0, pending: 0, unchanged: 2, operation_id: null });
});

test('embed --all swaps vectors and labels and says under which operation', async () => {
  const home = await pendingHome();
  const { stdout, stderr, code } = await memport(['embed', '--all'], { home });
  expect([code, stdout]).toEqual([0, '2 embedded, 0 unchanged, 0 pending\n']);
  expect(stderr).toMatch(/operation [0-9a-f-]{36}\n/);
  expect(await ok(['status'], { home })).toContain('2 of memport-hash-384-v1 (384)');
  expect(summaryOf(await ok(['embed', '--all', '--json'], { home }))).toMatchObject({ unchanged: 2 });
});

test('embed needs a store and an embedder', async () => {
  expect((await memport(['embed'], { home: scratch() })).code).toBe(10);
  const { code, stderr } = await memport(['embed'], { home: await pendingHome(), env: OFFLINE });
  expect(code).toBe(2);
  expect(stderr).toContain('memport config set embedding_provider hashing');
});

test('interrupted before anything was kept, embed says nothing of what is kept', async () => {
  const { code, stderr } = await memport(['embed'], {
    home: await pendingHome(),
    signal: AbortSignal.abort(),
  });
  expect(code).toBe(130);
  expect(stderr).not.toContain('keep it');
});

test('interrupted after a batch, embed says what is kept, and the next run goes on from there', async () => {
  const home = scratch();
  const memories = Array.from({ length: 300 }, (_, n) => originalMemory(n));
  await ok(['import', feat038Json(scratch(), memories), '--vectors', 'none'], { home });
  const controller = new AbortController();
  let asked = 0;
  // The clock is asked once at the start and once for each batch that is kept.
  const now = () => {
    asked += 1;
    if (asked === 3) controller.abort();
    return 0;
  };
  const { code, stderr } = await memport(['embed'], { home, signal: controller.signal, now });
  expect([code, stderr]).toEqual([
    130,
    expect.stringContaining('256 memories were given a vector and keep it'),
  ]);
  expect(await ok(['embed'], { home })).toBe('44 embedded, 256 unchanged, 0 pending');
});

test('its report is documented', () => {
  const document = readFileSync(new URL('../../../docs/json-output.md', import.meta.url), 'utf8');
  expect(document).toMatch(/\| `embed` \|.*`embedded` `pending` `unchanged` `operation_id`/);
});

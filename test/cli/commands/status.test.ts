import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ok, scratch } from '../../support/cli.ts';
import { digestOf, feat038Json, originalMemory } from '../../support/stores.ts';

const FULL = fileURLToPath(new URL('../../fixtures/claude-memory-server/full.json', import.meta.url));
const OFFLINE = { MEMPORT_EMBEDDING_PROVIDER: 'none' };

/** The lines of `memport status` as name → value. */
async function status(home: string, args: readonly string[] = [], env = {}): Promise<Record<string, string>> {
  const text = await ok(['status', ...args], { home, env });
  return Object.fromEntries(
    text.split('\n').map(line => [line.slice(0, 12).trim().replace(/:$/, ''), line.slice(12)]),
  );
}

test('counts records and projects, and vectors by model', async () => {
  const home = scratch();
  await ok(['import', FULL], { home });
  await ok(['add', 'Of our own.', '--project', 'mine'], { home });
  await ok(['delete', await ok(['add', 'Gone.'], { home })], { home });
  expect(await status(home)).toEqual({
    home,
    store: expect.stringMatching(/memport\.db \(schema \d+, [\d,]+ bytes\)$/),
    memories: '29',
    'code units': '3',
    projects: '4',
    deletions: '1',
    vectors: '28 of all-MiniLM-L6-v2 (384), 1 of memport-hash-384-v1 (384)',
    model: 'memport-hash-384-v1',
    pending: '0 without a vector to search by',
    mixed: '28 with a vector of another model',
    newest: '2026-06-01T12:00:00Z',
    backup: 'none that is verified',
    'next run': 'automatic backups are off',
  });
});

test('a vector without a model is one without a label', async () => {
  const home = scratch();
  const memories = [originalMemory(1, { embedding_model: null, embedding: [1, 0, 0.5] })];
  await ok(['import', feat038Json(home, memories)], { home });
  expect((await status(home)).vectors).toBe('1 of no label (3)');
});

test('of an empty store', async () => {
  const home = scratch();
  await ok(['import', feat038Json(home, [])], { home });
  expect(await status(home)).toMatchObject({
    memories: '0',
    projects: '0',
    vectors: 'none',
    pending: '0 without a vector to search by',
    newest: '-',
  });
  expect(JSON.parse(await ok(['status', '--json'], { home }))).toMatchObject({
    oldest_created_at: null,
    newest_updated_at: null,
    vectors: [],
  });
});

test('memories that have no vector yet are pending, where vectors are searched by', async () => {
  const home = scratch();
  await ok(['add', 'Without a vector.'], { home, env: OFFLINE });
  expect(await status(home, [], OFFLINE)).toMatchObject({
    vectors: 'none',
    pending: '0 without a vector to search by',
  });
  expect((await status(home)).pending).toBe('1 without a vector to search by');
});

test('the digest only where it is asked for', async () => {
  const home = scratch();
  await ok(['add', 'x'], { home });
  expect((await status(home, ['--digest'])).digest).toBe(await digestOf(home));
  expect(await status(home)).not.toHaveProperty('digest');
  expect(JSON.parse(await ok(['status', '--json'], { home }))).not.toHaveProperty('content_digest');
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashingEmbedder } from '../../../src/embedding/hashing.ts';
import { openStore } from '../../../src/store/open.ts';
import type { StoredEntry } from '../../../src/store/store.ts';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, feat038Json, originalMemory, summaryOf } from '../../support/stores.ts';

const MODEL = 'memport-hash-384-v1';
const FOREIGN = [0.5, 0.25, -1];
const ids = [1, 2, 3].map(n => String(originalMemory(n).id));
const OFFLINE = { MEMPORT_EMBEDDING_PROVIDER: 'none' };

/** A foreign vector, none, and one that carries the configured embedder's label though it is not what that would make. */
function file(): string {
  const odd = Array.from({ length: 384 }, (_, n) => (n === 7 ? 1 : 0));
  return feat038Json(scratch(), [
    originalMemory(1, { embedding: FOREIGN }),
    originalMemory(2),
    originalMemory(3, { embedding: odd, embedding_model: MODEL }),
  ]);
}

async function imported(mode: string, home = scratch()) {
  const args = ['import', file(), '--vectors', mode, '--json'];
  const summary = summaryOf(await ok(args, { home }));
  return { home, summary, stored: await storedIn(home) };
}

async function storedIn(home: string): Promise<readonly StoredEntry[]> {
  await using store = await openStore({ path: join(home, 'memport.db'), create: false });
  return (await store.get('memory', ids)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

const own = (stored: readonly StoredEntry[]) =>
  stored.map(({ model, vector }) => [model, vector?.length ?? 0]);

test('auto keeps the own vectors bit for bit and makes what is missing to search by', async () => {
  const { home, summary, stored } = await imported('auto');
  expect(own(stored)).toEqual([
    ['all-MiniLM-L6-v2', 3],
    ['all-MiniLM-L6-v2', 0],
    [MODEL, 384],
  ]);
  expect([...(stored[0]?.vector ?? [])]).toEqual(FOREIGN);
  expect(stored[2]?.vector?.[7]).toBe(1);
  expect(summary).toMatchObject({ created: 3, pending_vectors: 0 });
  await expectSecondImportUnchanged(home, 'auto');
});

test('keep stores what the file has and makes nothing', async () => {
  const { home, summary, stored } = await imported('keep');
  expect(own(stored)).toEqual([
    ['all-MiniLM-L6-v2', 3],
    ['all-MiniLM-L6-v2', 0],
    [MODEL, 384],
  ]);
  expect(summary.pending_vectors).toBe(2);
  expect(await pendingOf(home)).toBe(2);
  await expectSecondImportUnchanged(home, 'keep');
});

test('none stores no vector and changes no label', async () => {
  const { home, summary, stored } = await imported('none');
  expect(own(stored)).toEqual([
    ['all-MiniLM-L6-v2', 0],
    ['all-MiniLM-L6-v2', 0],
    [MODEL, 0],
  ]);
  expect(summary.pending_vectors).toBe(3);
  expect(await pendingOf(home)).toBe(3);
  await expectSecondImportUnchanged(home, 'none');
});

test('regenerate drops those of the file, makes all again and labels them so', async () => {
  const { home, summary, stored } = await imported('regenerate');
  expect(own(stored)).toEqual([
    [MODEL, 384],
    [MODEL, 384],
    [MODEL, 384],
  ]);
  const made = await hashingEmbedder().embed(['Memory 1.', 'Memory 2.', 'Memory 3.']);
  expect(stored.map(({ vector }) => vector)).toEqual(made);
  expect(stored.every(({ line }) => line.includes('"updated_at":"2025-01-02T00:00:00Z"'))).toBe(true);
  expect(summary.pending_vectors).toBe(0);
  await expectSecondImportUnchanged(home, 'regenerate');
});

test('another mode, and regenerate without an embedder, are refused before the store is made', async () => {
  const home = scratch();
  const wrong = await memport(['import', file(), '--vectors', 'all'], { home });
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('auto, keep, regenerate, none')]);
  const offline = await memport(['import', file(), '--vectors', 'regenerate'], { home, env: OFFLINE });
  expect([offline.code, offline.stderr]).toEqual([2, expect.stringContaining('needs an embedder')]);
  expect((await memport(['status'], { home })).code).toBe(10);
});

async function pendingOf(home: string): Promise<unknown> {
  return (JSON.parse(await ok(['status', '--json'], { home })) as Record<string, unknown>).pending_vectors;
}

async function expectSecondImportUnchanged(home: string, mode: string): Promise<void> {
  const before = await digestOf(home);
  const { summary } = await imported(mode, home);
  expect(summary).toMatchObject({ unchanged: 3, operation_id: null });
  expect(await digestOf(home)).toBe(before);
}

test.each([
  ['import --vectors none', ['--vectors', 'none'], {}],
  ['import --vectors keep', ['--vectors', 'keep'], {}],
  ['import without an embedder', [], OFFLINE],
])(
  '%s leaves a memory the vector that it is searched by, as long as its text stays',
  async (_, args, env) => {
    const home = scratch();
    await ok(
      [
        'import',
        feat038Json(
          scratch(),
          [1, 2, 3].map(n => originalMemory(n)),
        ),
      ],
      { home },
    );
    expect(await pendingIn(home)).toBe(0);
    const later = { updated_at: '2026-01-01T00:00:00Z' };
    const changes = [
      originalMemory(1, { ...later, tags: ['new'] }),
      originalMemory(2, { last_accessed: '2026-01-01T00:00:00Z' }),
      originalMemory(3, { ...later, content: 'Another text.' }),
    ];
    const { stdout } = await memport(['import', feat038Json(scratch(), changes), '--json', ...args], {
      home,
      env,
    });
    expect(summaryOf(stdout)).toMatchObject({ updated: 2, unchanged: 1 });
    expect(await pendingIn(home)).toBe(1);
    if (env !== OFFLINE) expect(summaryOf(stdout)).toMatchObject({ pending_vectors: 1 });
    await ok(['undo'], { home });
    expect(await pendingIn(home)).toBe(0);
  },
);

test('the vector of a text is still searched by when an update gives the record another label and no vector', async () => {
  const home = scratch();
  const own = { ...originalMemory(1), embedding_model: MODEL };
  await ok(['import', feat038Json(scratch(), [own])], { home });
  const before = await digestOf(home);
  const relabelled = originalMemory(1, { updated_at: '2026-01-01T00:00:00Z' });
  const args = ['import', feat038Json(scratch(), [relabelled]), '--vectors', 'none', '--json'];
  expect(summaryOf(await ok(args, { home }))).toMatchObject({ updated: 1, pending_vectors: 0 });
  expect(await pendingIn(home)).toBe(0);
  expect(await ok(['search', 'Memory 1.', '--json'], { home })).toContain(ids[0]);
  expect(summaryOf(await ok(args, { home }))).toMatchObject({ unchanged: 1 });
  await ok(['undo'], { home });
  expect(await digestOf(home)).toBe(before);
});

test('an edit without an embedder leaves the vector that a memory is searched by', async () => {
  const home = scratch();
  await ok(['import', feat038Json(scratch(), [originalMemory(1)])], { home });
  await ok(['update', String(originalMemory(1).id), '--tag', 'new'], { home, env: OFFLINE });
  expect(await pendingIn(home)).toBe(0);
});

async function pendingIn(home: string): Promise<unknown> {
  return (JSON.parse(await ok(['status', '--json'], { home })) as { pending_vectors: unknown })
    .pending_vectors;
}

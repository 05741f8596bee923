import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { EVERYTHING } from '../../src/model/filter.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { embedAll, embedPending } from '../../src/transfer/embed.ts';
import { scratch } from '../support/cli.ts';
import { aMemory, idOf } from '../support/records.ts';

const NOW = Date.parse('2026-06-01T00:00:00Z');

/** Two dimensions: the length of the text, and 1. `before` runs before each call, which may fail or change things. */
function embedderOf(before: (texts: readonly string[]) => Promise<void> = async () => {}): Embedder {
  return {
    model: 'm',
    dimensions: 2,
    embed: async (texts, signal) => {
      await before(texts);
      signal?.throwIfAborted();
      return texts.map(text => Float32Array.of(text.length, 1));
    },
  };
}

const entry = (n: number, embeddingModel: string | null = null, ...numbers: number[]) =>
  memoryEntry(
    aMemory({ id: idOf(n), content: `note ${n}`, embeddingModel }),
    numbers.length > 0 ? Float32Array.of(...numbers) : null,
  );

async function storeWith(...entries: readonly ReturnType<typeof entry>[]): Promise<Store> {
  const store = await openStore({ path: join(scratch(), 'memport.db') });
  await put(store, ...entries);
  return store;
}

const put = (store: Store, ...entries: readonly ReturnType<typeof entry>[]) =>
  store.transact(tx => tx.put(entries.map(one => ({ entry: one, searchVector: null }))));

const many = (count: number) => Array.from({ length: count }, (_, n) => entry(n));

test('gives those that have none a vector, beside a foreign one, and leaves the others', async () => {
  await using store = await storeWith(entry(1), entry(2, 'm'), entry(3, 'm', 7, 7), entry(4, 'old', 1, 2, 3));
  expect(await embedPending(store, embedderOf())).toEqual({
    embedded: 3,
    pending: 0,
    unchanged: 1,
    operation_id: null,
  });
  const stored = await store.get('memory', [1, 2, 3, 4].map(idOf));
  const own = new Map(stored.map(({ id, model, vector }) => [id, [model, vector && [...vector]]]));
  expect([1, 2, 3, 4].map(n => own.get(idOf(n)))).toEqual([
    [null, null],
    ['m', [6, 1]],
    ['m', [7, 7]],
    ['old', [1, 2, 3]],
  ]);
  expect(await store.searchVectors(Float32Array.of(6, 1), 'm', EVERYTHING, 9)).toHaveLength(4);
  expect(await embedPending(store, embedderOf())).toMatchObject({ embedded: 0, pending: 0, unchanged: 4 });
});

test('works in batches that stay; an interruption loses the one under way', async () => {
  await using store = await storeWith(...many(300));
  const controller = new AbortController();
  const kept: number[] = [];
  const done: number[] = [];
  let calls = 0;
  const interrupted = embedderOf(async () => {
    calls += 1;
    if (calls === 3) controller.abort();
  });
  const work = {
    signal: controller.signal,
    onKept: (count: number) => kept.push(count),
    onProgress: (progress: { readonly done: number }) => done.push(progress.done),
  };
  await expect(embedPending(store, interrupted, work)).rejects.toThrow();
  expect(kept).toEqual([128, 256]);
  expect(done).toEqual([128, 256]);
  expect(await store.pendingVectors('m', 2)).toBe(44);
  expect(await embedPending(store, embedderOf())).toMatchObject({ embedded: 44, unchanged: 256 });
});

test('an embedder that fails ends the work; what was made stays, and the reason is told', async () => {
  await using store = await storeWith(...many(200));
  const reasons: unknown[] = [];
  let calls = 0;
  const failing = embedderOf(async () => {
    calls += 1;
    if (calls === 2) throw new Error('down');
  });
  const report = await embedPending(store, failing, { onFailure: error => reasons.push(error) });
  expect(report).toEqual({ embedded: 128, pending: 72, unchanged: 0, operation_id: null });
  expect(reasons).toEqual([new Error('down')]);
});

test('a memory that was changed or deleted while its vector was made is not written over', async () => {
  await using store = await storeWith(entry(1), entry(2), entry(3));
  const changing = embedderOf(async () => {
    await put(store, memoryEntry(aMemory({ id: idOf(1), content: 'a new text' }), null));
    await store.transact(tx => tx.delete('memory', [idOf(2)], 1n));
  });
  expect(await embedPending(store, changing)).toMatchObject({ embedded: 1, pending: 1 });
  const [changed] = await store.get('memory', [idOf(1)]);
  expect(changed?.line).toContain('a new text');
  expect(await store.get('memory', [idOf(2)])).toEqual([]);
});

test('--all: every vector and label is the embedder’s, dates stay, a second run changes nothing', async () => {
  await using store = await storeWith(...many(200), entry(300, 'old', 1, 2, 3), entry(301, 'm', 0, 1));
  const report = await embedAll(store, embedderOf(), NOW);
  expect(report).toEqual({
    embedded: 202,
    pending: 0,
    unchanged: 0,
    operation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(await store.vectorGroups('memory')).toEqual([{ model: 'm', dimensions: 2, count: 202 }]);
  const [foreign] = await store.get('memory', [idOf(300)]);
  expect(foreign?.line).toBe(memoryEntry({ ...entry(300).record, embeddingModel: 'm' }, null).line);
  expect([...(foreign?.vector ?? [])]).toEqual([8, 1]);
  expect(await embedAll(store, embedderOf(), NOW)).toEqual({
    embedded: 0,
    pending: 0,
    unchanged: 202,
    operation_id: null,
  });
});

test('--all: until the swap everyone sees the old vectors; what came in or changed meanwhile is embedded too', async () => {
  await using store = await storeWith(entry(1, 'old', 1, 2), entry(3, 'old', 1, 2), entry(4, 'old', 1, 2));
  let calls = 0;
  const meanwhile = embedderOf(async () => {
    calls += 1;
    if (calls > 1) return;
    await put(store, entry(2), memoryEntry(aMemory({ id: idOf(3), content: 'longer than before' }), null));
    await store.transact(tx => tx.delete('memory', [idOf(4)], 1n));
    expect(await store.vectorGroups('memory')).toEqual([{ model: 'old', dimensions: 2, count: 1 }]);
  });
  expect(await embedAll(store, meanwhile, NOW)).toMatchObject({ embedded: 3, unchanged: 0 });
  const stored = new Map(
    (await store.get('memory', [1, 2, 3].map(idOf))).map(({ id, vector }) => [id, vector]),
  );
  expect([1, 2, 3].map(n => stored.get(idOf(n))?.[0])).toEqual([6, 6, 18]);
});

test('--all: an embedder that fails, leaves one out or gives another length changes nothing and leaves no file', async () => {
  await using store = await storeWith(...many(200), entry(300, 'old', 1, 2, 3));
  const before = await store.scan('memory', { after: null, limit: 999 });
  const files = () => readdirSync(tmpdir()).filter(name => name.startsWith('memport-embed-'));
  const there = files();
  let calls = 0;
  const failing = embedderOf(async () => {
    calls += 1;
    if (calls === 2) throw new Error('down');
  });
  await expect(embedAll(store, failing, NOW)).rejects.toThrow('down');
  const sparing: Embedder = { ...embedderOf(), embed: async () => [Float32Array.of(1, 1)] };
  await expect(embedAll(store, sparing, NOW)).rejects.toThrow(/left out/);
  const odd: Embedder = { ...embedderOf(), embed: async texts => texts.map(() => Float32Array.of(1)) };
  await expect(embedAll(store, odd, NOW)).rejects.toThrow(/dimensions/);
  expect(await store.scan('memory', { after: null, limit: 999 })).toEqual(before);
  expect(files()).toEqual(there);
});

test('--all: an abort at the swap takes it back', async () => {
  await using store = await storeWith(...many(200));
  const controller = new AbortController();
  const work = {
    signal: controller.signal,
    onProgress: ({ phase }: { readonly phase: string }) => phase === 'swapping' && controller.abort(),
  };
  await expect(embedAll(store, embedderOf(), NOW, work)).rejects.toThrow();
  expect(await store.vectorGroups('memory')).toEqual([]);
});

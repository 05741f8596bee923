import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Embedder } from '../../../src/embedding/embedder.ts';
import { hashingEmbedder } from '../../../src/embedding/hashing.ts';
import type { Progress } from '../../../src/model/progress.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store, Write } from '../../../src/store/store.ts';
import { NearMemories, type NearOptions } from '../../../src/transfer/near/near-memories.ts';
import { scratch } from '../../support/cli.ts';
import { aCodeUnit, aMemory, idOf } from '../../support/records.ts';
import { atCosine, randomUnit, seeded } from './vectors.ts';

const embedder: Embedder = {
  model: 'm',
  dimensions: 64,
  embed: () => Promise.reject(new Error('not asked')),
};
const random = seeded(5);
const BASE = randomUnit(64, random);
const CLOSE = atCosine(BASE, 0.98, random);
const FAR = atCosine(BASE, 0.5, random);

const own = (
  n: number,
  vector: Float32Array | null,
  embeddingModel: string | null = 'm',
  content = `${n}`,
): Write => ({
  entry: memoryEntry(aMemory({ id: idOf(n), content, embeddingModel }), vector),
  searchVector: null,
});
const made = (n: number, vector: Float32Array): Write => ({
  ...own(n, Float32Array.of(1, 2), 'other'),
  searchVector: { model: 'm', vector },
});

async function storeWith(...writes: readonly Write[]): Promise<Store> {
  const store = await openStore({ path: join(scratch(), 'memport.db') });
  await store.transact(transaction => transaction.put(writes));
  return store;
}

async function find(
  store: Store,
  writes: readonly Write[],
  options: Partial<NearOptions> = {},
): Promise<readonly (readonly [string, string, number])[]> {
  const ways: (readonly (readonly [string, string, number])[])[] = [];
  for (const about of [0, 100_000]) {
    using finder = new NearMemories(store, { threshold: 0.95, leaveOut: false, about, embedder, ...options });
    const near = await (await finder.look(writes, () => true))();
    ways.push([...near].map(([id, found]) => [id, found.id, Math.round(found.similarity * 1000) / 1000]));
  }
  const [here = [], onThread] = ways;
  expect(onThread).toEqual(here);
  return here;
}

test('[EDGE-07] [P1-12] finds those of the store by own and by search vectors, and gives the nearest', async () => {
  await using store = await storeWith(own(1, BASE), made(2, FAR));
  expect(
    await find(store, [own(11, CLOSE), made(12, CLOSE), own(13, FAR), own(14, randomUnit(64, random))]),
  ).toEqual([
    [idOf(11), idOf(1), 0.98],
    [idOf(12), idOf(11), 1],
    [idOf(13), idOf(2), 1],
  ]);
});

test('the threshold counts, to the last digit', async () => {
  await using store = await storeWith(own(1, BASE));
  expect(await find(store, [own(11, CLOSE)], { threshold: 0.9801 })).toEqual([]);
  expect(await find(store, [own(11, CLOSE)], { threshold: 0.979 })).toHaveLength(1);
  expect(await find(store, [own(11, BASE)], { threshold: 1 })).toHaveLength(1);
});

test('vectors of another model, another dimension, without a label or of zeros are not compared', async () => {
  await using store = await storeWith(
    own(1, BASE, 'x'),
    own(2, BASE.subarray(0, 32), 'm'),
    own(3, BASE, null),
  );
  expect(await find(store, [own(11, BASE)])).toEqual([]);
  const zeros = new Float32Array(64);
  expect(await find(store, [own(12, zeros), own(13, zeros)])).toEqual([]);
});

test('without the configured model the own vectors are compared, of one model only', async () => {
  await using store = await storeWith(own(1, BASE, 'x'), own(2, BASE, 'y'));
  const offline = { embedder: null };
  expect(await find(store, [own(11, CLOSE, 'x')], offline)).toEqual([[idOf(11), idOf(1), 0.98]]);
});

test('without vectors the texts are compared, also with those that have vectors', async () => {
  const text = 'The nightly backup of the shop runs at two in the morning on the old server';
  const [vector = BASE] = await hashingEmbedder().embed([text]);
  await using store = await storeWith(
    own(1, null, null, text),
    own(2, FAR, 'm', 'Vents open at 27 degrees.'),
    own(3, vector, 'memport-hash-384-v1', 'Écrit ailleurs.'),
  );
  const close = own(11, null, null, `${text}.`);
  expect(await find(store, [close], { embedder: null })).toEqual([[idOf(11), idOf(3), 1]]);
  expect(await find(store, [own(12, null, null, 'Vents open at 27 degrees!')])).toEqual([
    [idOf(12), idOf(2), 1],
  ]);
  await store.transact(transaction => transaction.delete('memory', [idOf(3)], 1n));
  expect(await find(store, [close])).toEqual([[idOf(11), idOf(1), 1]]);
});

test('tells how much of the store it has read, of all that it is going to read', async () => {
  const few = Array.from({ length: 700 }, (_, n) => own(n + 1, randomUnit(64, random)));
  await using store = await storeWith(...few, made(701, FAR), own(702, BASE, 'x'), own(703, null));
  const told: Progress[] = [];
  const onProgress = (progress: Progress) => void told.push(progress);
  await find(store, [own(1001, CLOSE)], { onProgress });
  // Twice: here and on another thread.
  expect(told.map(({ done }) => done)).toEqual([500, 701, 500, 701]);
  expect(told[0]).toEqual({ phase: 'comparing', done: 500, total: 701, unit: 'records' });
  told.length = 0;
  await find(store, [own(1002, null, null, 'no vector')], { onProgress });
  expect(told.at(-1)).toEqual({ phase: 'comparing', done: 703, total: 703, unit: 'records' });
});

test('one that is left out is near to nothing after it, in the same batch and later', async () => {
  await using store = await storeWith(own(1, BASE));
  const a = atCosine(BASE, 0.96, random);
  const b = atCosine(a, 0.96, random);
  const finder = new NearMemories(store, { threshold: 0.95, leaveOut: true, about: 0, embedder });
  const first = await (await finder.look([own(11, a), own(12, b)], () => true))();
  expect([...first.keys()]).toEqual([idOf(11)]);
  const kept = new NearMemories(store, { threshold: 0.95, leaveOut: false, about: 0, embedder });
  expect([...(await (await kept.look([own(11, a), own(12, b)], () => true))()).keys()]).toEqual([
    idOf(11),
    idOf(12),
  ]);
  await store.transact(transaction => transaction.put([own(12, b)]));
  expect([...(await (await finder.look([own(13, a)], () => true))()).values()][0]?.id).toBe(idOf(1));
});

test('those that are not asked about are compared with, also as they have become; code is not', async () => {
  await using store = await storeWith(own(1, BASE), own(2, FAR));
  const finder = new NearMemories(store, { threshold: 0.95, leaveOut: false, about: 0, embedder });
  const unit: Entry = codeUnitEntry(aCodeUnit({ embeddingModel: 'm' }), BASE);
  const changed = own(1, FAR);
  const asked = (write: Write) => write.entry.record.id === idOf(11);
  const near = await (
    await finder.look([changed, { entry: unit, searchVector: null }, own(11, CLOSE)], asked)
  )();
  expect([...near]).toEqual([]);
  const again = await (await finder.look([own(11, FAR)], asked))();
  expect([...again.values()][0]?.id).toBe(idOf(2));
});

test('of thousands that say the same all but the first are left out', async () => {
  await using store = await storeWith(own(1, FAR));
  const finder = new NearMemories(store, { threshold: 0.95, leaveOut: true, about: 0, embedder });
  let left = 0;
  for (let start = 10; start < 5010; start += 500) {
    const page = Array.from({ length: 500 }, (_, i) => own(start + i, BASE));
    const near = await (await finder.look(page, () => true))();
    expect(new Set([...near.values()].map(({ id }) => id))).toEqual(new Set([idOf(10)]));
    left += near.size;
    await store.transact(transaction =>
      transaction.put(page.filter(write => !near.has(write.entry.record.id))),
    );
  }
  expect(left).toBe(4999);
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { EXACT_UP_TO } from '../../../src/store/sqlite/search-vectors.ts';
import type { Store } from '../../../src/store/store.ts';
import { write } from '../../contract/place.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { randomUnit, seeded } from '../../transfer/near/vectors.ts';
import { scratchFolder } from './scratch.ts';

const COUNT = EXACT_UP_TO + 600;
const DIMENSIONS = 24;
const VECTORS = (() => {
  const random = seeded(7);
  return Array.from({ length: COUNT }, () => randomUnit(DIMENSIONS, random));
})();
const QUERY = randomUnit(DIMENSIONS, seeded(99));

const entry = (n: number, vector: Float32Array | null, embeddingModel: string | null = 'm') =>
  memoryEntry(
    aMemory({ id: idOf(n), content: `note ${n}`, embeddingModel, projectName: `p${n % 50}` }),
    vector,
  );

/** Every third one is a vector made for searching, beside none of its own. */
function writeOf(n: number) {
  const vector = VECTORS[n] ?? QUERY;
  return n % 3 === 0 ? write(entry(n, null, null), { model: 'm', vector }) : write(entry(n, vector));
}

async function fill(path: string, order: readonly number[]): Promise<void> {
  await using store = await openStore({ path });
  await store.transact(async transaction => {
    for (let start = 0; start < order.length; start += 500)
      await transaction.put(order.slice(start, start + 500).map(writeOf));
  });
}

const NUMBERS = Array.from({ length: COUNT }, (_, n) => n);

/** The ids of the nearest, by comparing all. */
function nearest(query: Float32Array, limit: number, among: readonly number[] = NUMBERS): readonly string[] {
  const cosine = (n: number) => (VECTORS[n] ?? query).reduce((sum, x, i) => sum + x * (query[i] ?? 0), 0);
  return among
    .map(n => ({ n, cosine: cosine(n) }))
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, limit)
    .map(({ n }) => idOf(n));
}

const search = async (store: Pick<Store, 'searchVectors'>, query = QUERY, limit = 10, filter = EVERYTHING) =>
  (await store.searchVectors(query, 'm', filter, limit)).map(({ id }) => id);

function codes(path: string): number {
  using connection = new Connection(path, { readonly: true });
  return connection.integer(
    'SELECT (SELECT count(*) FROM memory_vector_codes) + (SELECT count(*) FROM memory_search_vector_codes)',
  );
}

describe('a search of very many vectors', () => {
  let [folder, path, backwards] = ['', '', ''];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'memport-store-'));
    [path, backwards] = [join(folder, 'a.db'), join(folder, 'b.db')];
    await fill(path, NUMBERS);
    await fill(backwards, NUMBERS.toReversed());
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('compares all where it can make no codes', async () => {
    await using store = await openStore({ path, readonly: true });
    expect(await search(store)).toEqual(nearest(QUERY, 10));
    await using snapshot = await store.snapshot();
    expect(await search(snapshot)).toEqual(nearest(QUERY, 10));
    expect(codes(path)).toBe(0);
  });

  it('neither waits for a transaction of its own nor touches it', async () => {
    await using store = await openStore({ path });
    await store.transact(async transaction => {
      await transaction.put([write(entry(COUNT + 1, null))]);
      expect(await search(store)).toEqual(nearest(QUERY, 10));
      expect(await search(transaction)).toEqual(nearest(QUERY, 10));
    });
    expect(await store.get('memory', [idOf(COUNT + 1)])).toHaveLength(1);
    expect(codes(path)).toBe(0);
  });

  it('makes the codes once, and finds nearly all that are near by them', async () => {
    await using store = await openStore({ path });
    let found = 0;
    for (let n = 0; n < 20; n++) {
      const query = randomUnit(DIMENSIONS, seeded(1000 + n));
      const exact = nearest(query, 10);
      const ids = await search(store, query);
      expect(ids[0]).toBe(exact[0]);
      found += exact.filter(id => ids.includes(id)).length;
    }
    expect(found / 200).toBeGreaterThan(0.95);
    expect(codes(path)).toBe(COUNT);
    const [best] = await store.searchVectors(VECTORS[5] ?? QUERY, 'm', EVERYTHING, 1);
    expect(best).toMatchObject({ id: idOf(5), score: expect.closeTo(1, 5) });
  });

  it('gives the same of equal stores, in whatever order they were filled, with a filter and with a deep limit', async () => {
    await using store = await openStore({ path });
    await using other = await openStore({ path: backwards });
    expect(await search(other, QUERY, 100)).toEqual(await search(store, QUERY, 100));
    const filter = { ...EVERYTHING, projects: ['p7'] };
    const passing = NUMBERS.filter(n => n % 50 === 7);
    expect(await search(store, QUERY, 10, filter)).toEqual(nearest(QUERY, 10, passing));
    expect((await search(store, QUERY, 3000)).length).toBe(3000);
  });

  it('no code outlives its vector, and what has none yet is compared all the same', async () => {
    await using store = await openStore({ path });
    const near = VECTORS[4] ?? QUERY;
    await store.transact(async transaction => {
      await transaction.delete('memory', [idOf(4), idOf(3)], 1n);
      await transaction.put([
        write(entry(7, near)),
        write(entry(6, null, null), { model: 'm', vector: near }),
      ]);
      await transaction.put([write(entry(COUNT + 2, near))]);
    });
    expect(codes(path)).toBe(COUNT - 4);
    expect((await search(store, near, 3)).toSorted()).toEqual([6, 7, COUNT + 2].map(idOf));
    expect(codes(path)).toBe(COUNT - 4);
  });
});

it('too many equal vectors to tell apart by codes are all compared', async () => {
  const path = join(await scratchFolder(), 'equal.db');
  await using store = await openStore({ path });
  await store.transact(async transaction => {
    for (let start = 0; start < COUNT; start += 500)
      await transaction.put(
        Array.from({ length: Math.min(500, COUNT - start) }, (_, i) =>
          write(entry(COUNT - start - i, QUERY)),
        ),
      );
  });
  expect(await search(store, QUERY, 3)).toEqual([1, 2, 3].map(idOf));
});

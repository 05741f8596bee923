import { describe, expect, it } from 'vitest';
import { memoryEntry } from '../../src/model/record.ts';
import { vectorFromBytes } from '../../src/model/vector.ts';
import type { Reader, Store, StoredVector } from '../../src/store/store.ts';
import { aMemory, idOf } from '../support/records.ts';
import { type MakePlace, write } from './place.ts';

const GROUP = { model: 'm', dimensions: 2 };
const made = (model: string, ...numbers: number[]) => ({ model, vector: Float32Array.of(...numbers) });
const entry = (n: number, embeddingModel: string | null, ...numbers: number[]) =>
  memoryEntry(
    aMemory({ id: idOf(n), embeddingModel }),
    numbers.length === 0 ? null : Float32Array.of(...numbers),
  );

/** Own vectors, made ones, both, and all the ways not to have one of the group. */
async function fill(store: Store): Promise<void> {
  await store.transact(transaction =>
    transaction.put([
      write(entry(1, 'm', 1, 0)),
      write(entry(2, 'old', 9, 9, 9), made('m', 0, 1)),
      write(entry(3, null), made('m', 1, 1)),
      write(entry(4, 'm', 1, 2, 3)),
      write(entry(5, 'old', 1, 0)),
      write(entry(6, 'm')),
      write(entry(7, null, 1, 0)),
      write(entry(8, null), made('other', 1, 0)),
      write(entry(9, null), made('m', 1, 2, 3)),
    ]),
  );
}

const WITH: readonly (readonly [string, readonly number[]])[] = [
  [idOf(1), [1, 0]],
  [idOf(2), [0, 1]],
  [idOf(3), [1, 1]],
];
const WITHOUT = [4, 5, 6, 7, 8, 9].map(idOf);

const plain = (vectors: readonly StoredVector[]) =>
  vectors.map(({ id, bytes }) => [id, [...vectorFromBytes(bytes)]]);

export function modelVectorContract(makePlace: MakePlace): void {
  describe('the vectors of one model', () => {
    it('names the memories that have none, own or made, in pages by id', async () => {
      await using store = await (await makePlace()).open();
      await fill(store);
      expect(await store.idsWithoutVector(GROUP, { after: null, limit: 99 })).toEqual(WITHOUT);
      expect(await store.pendingVectors('m', 2)).toBe(WITHOUT.length);
      const pages = [];
      for (let after: string | null = null; ; ) {
        const page: readonly string[] = await store.idsWithoutVector(GROUP, { after, limit: 4 });
        if (page.length === 0) break;
        pages.push(page.length);
        after = page.at(-1) ?? null;
      }
      expect(pages).toEqual([4, 2]);
    });

    it('gives them by id, own or made, bit for bit', async () => {
      await using store = await (await makePlace()).open();
      await fill(store);
      const ids = [...WITHOUT, idOf(3), idOf(1), idOf(77), idOf(2)];
      expect(plain(await store.comparableVectors(GROUP, ids))).toEqual(WITH);
      expect(await store.comparableVectors(GROUP, [])).toEqual([]);
    });

    it('gives all of them in pages by id, also those that a transaction has just written', async () => {
      await using store = await (await makePlace()).open();
      await fill(store);
      expect(plain(await all(store, 2))).toEqual(WITH);
      await store.transact(async transaction => {
        await transaction.put([write(entry(10, 'm', 3, 4))]);
        await transaction.delete('memory', [idOf(2)], 1n);
        expect(plain(await all(transaction, 1))).toEqual([WITH[0], WITH[2], [idOf(10), [3, 4]]]);
      });
    });
  });
}

async function all(reader: Reader, limit: number): Promise<readonly StoredVector[]> {
  const vectors: StoredVector[] = [];
  for (;;) {
    const after: string | null = vectors.at(-1)?.id ?? null;
    const page = await reader.comparableVectors(GROUP, { after, limit });
    if (page.length === 0) return vectors;
    expect(page.length).toBeLessThanOrEqual(limit);
    vectors.push(...page);
  }
}

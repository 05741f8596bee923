import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/model/filter.ts';
import { memoryEntry } from '../../src/model/record.ts';
import type { Store } from '../../src/store/store.ts';
import { aMemory, idOf } from '../support/records.ts';
import { type MakePlace, put, write } from './place.ts';

export function searchContract(makePlace: MakePlace): void {
  describe('search by text', () => {
    it('finds memories with any of the words, those with more of them first', async () => {
      await using store = await (await makePlace()).open();
      await putTexts(store, 'the deploy of the shop runs on fridays', 'the shop is green', 'nothing at all');
      expect(await found(store, 'Deploying shops')).toEqual([idOf(0), idOf(1)]);
      expect(await found(store, 'shop', 1)).toHaveLength(1);
      const [best, next] = await store.searchText('deploy shop', EVERYTHING, 5);
      expect(best?.score).toBeGreaterThan(next?.score ?? 0);
      expect(best?.line).toContain('fridays');
    });

    it('ignores case, and accents on Latin letters, and finds tags', async () => {
      await using store = await (await makePlace()).open();
      await putTexts(store, 'CAFÉ au lait', 'Ελληνικά', 'snake_case name');
      await put(store, memoryEntry(aMemory({ id: idOf(9), content: 'x', tags: ['Kubernetes'] }), null));
      expect(await found(store, 'cafe')).toEqual([idOf(0)]);
      expect(await found(store, 'ΕΛΛΗΝΙΚΆ')).toEqual([idOf(1)]);
      expect(await found(store, 'case')).toEqual([idOf(2)]);
      expect(await found(store, 'kubernetes')).toEqual([idOf(9)]);
    });

    it('finds parts of texts that are written without blanks', async () => {
      await using store = await (await makePlace()).open();
      await putTexts(
        store,
        '数据库每天凌晨备份',
        '発送メールのテンプレート',
        'API設計の図表',
        '서버가 멈췄다',
        'ข้อมูลสำรอง',
      );
      await put(store, memoryEntry(aMemory({ id: idOf(9), content: 'x', tags: ['日本語'] }), null));
      expect(await found(store, '备份')).toEqual([idOf(0)]);
      expect(await found(store, '据')).toEqual([idOf(0)]);
      expect(await found(store, 'テンプレート')).toEqual([idOf(1)]);
      expect(await found(store, '図表')).toEqual([idOf(2)]);
      expect(await found(store, 'api')).toEqual([idOf(2)]);
      expect(await found(store, '서버')).toEqual([idOf(3)]);
      expect(await found(store, 'สำรอง')).toEqual([idOf(4)]);
      expect(await found(store, '本語')).toEqual([idOf(9)]);
      expect(await found(store, '份备')).toEqual([]);
    });

    it('cuts among equals by id, in whatever order they came', async () => {
      const upwards = await equals(makePlace, [1, 2, 3, 4, 5]);
      expect(await equals(makePlace, [4, 2, 5, 1, 3])).toEqual(upwards);
      expect(upwards.text).toEqual([idOf(1), idOf(2)]);
      expect(upwards.vector).toEqual([idOf(1), idOf(2)]);
    });

    it.each(['', ' ', '"', '""', '-', '* ^ ( ) : +', '\0', '\ud800', '🙂'])(
      'gives nothing for a query without a word: %j',
      async query => {
        await using store = await (await makePlace()).open();
        await putTexts(store, 'alpha');
        expect(await found(store, query)).toEqual([]);
      },
    );

    it.each([
      '"alpha',
      'alpha"*',
      'alpha AND',
      'NOT alpha',
      'content:alpha',
      'NEAR(alpha',
      '{tags}: alpha',
      "alpha'--",
    ])('takes the query for plain words: %j', async query => {
      await using store = await (await makePlace()).open();
      await putTexts(store, 'alpha');
      expect(await found(store, query)).toEqual([idOf(0)]);
    });

    it('never fails, whatever is asked', async () => {
      await using store = await (await makePlace()).open();
      await putTexts(store, 'alpha');
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 200 }), async query => {
          expect((await found(store, query)).length).toBeLessThan(2);
        }),
        { numRuns: 200 },
      );
      expect(await found(store, `alpha ${'word '.repeat(100_000)}`)).toEqual([idOf(0)]);
    });
  });

  describe('search by vector', () => {
    it('gives the nearest of a model first, with the cosine', async () => {
      await using store = await (await makePlace()).open();
      const vectors = [
        [1, 0],
        [1, 1],
        [-3, 0],
        [0, 2],
      ];
      await put(store, ...vectors.map((numbers, n) => labelled(n, 'm', ...numbers)));
      const hits = await store.searchVectors(Float32Array.of(2, 0), 'm', EVERYTHING, 9);
      expect(hits.map(({ id }) => id)).toEqual([0, 1, 3, 2].map(idOf));
      const scores = hits.map(({ score }) => score);
      for (const [n, score] of [1, Math.SQRT1_2, 0, -1].entries()) expect(scores[n]).toBeCloseTo(score, 5);
      expect(await store.searchVectors(Float32Array.of(2, 0), 'm', EVERYTHING, 2)).toHaveLength(2);
    });

    it('leaves out other models, other dimensions and vectors of zeros', async () => {
      await using store = await (await makePlace()).open();
      await put(
        store,
        labelled(1, 'm', 1, 0),
        labelled(2, 'n', 1, 0),
        labelled(3, 'm', 1, 0, 0),
        labelled(4, 'm', 0, 0),
      );
      const search = async (...numbers: number[]) =>
        (await store.searchVectors(Float32Array.of(...numbers), 'm', EVERYTHING, 9)).map(({ id }) => id);
      expect(await search(1, 0)).toEqual([idOf(1)]);
      expect(await search(0, 0)).toEqual([]);
      expect(await search()).toEqual([]);
      expect(await search(1)).toEqual([]);
    });

    it('searches by the made vector where the own one has another length, whatever its label', async () => {
      await using store = await (await makePlace()).open();
      const made = { model: 'm', vector: Float32Array.of(1, 0) };
      await store.transact(transaction => transaction.put([write(labelled(1, 'm', 1, 2, 3), made)]));
      const hits = await store.searchVectors(Float32Array.of(1, 0), 'm', EVERYTHING, 9);
      expect(hits.map(({ id }) => id)).toEqual([idOf(1)]);
      expect(await store.pendingVectors('m', 2)).toBe(0);
    });

    it('searches the vectors made for searching together with the own ones', async () => {
      await using store = await (await makePlace()).open();
      const made = (model: string, ...numbers: number[]) => ({ model, vector: Float32Array.of(...numbers) });
      await store.transact(transaction =>
        transaction.put([
          write(labelled(1, 'm', 1, 0)),
          write(labelled(2, 'old', 9, 9, 9), made('m', 1, 1)),
          write(memoryEntry(aMemory({ id: idOf(3) }), null), made('m', 0, 1)),
          write(memoryEntry(aMemory({ id: idOf(4) }), null), made('m', 0, 0, 1)),
          write(labelled(5, 'm', 0, -1), made('m', 1, 0)),
          write(memoryEntry(aMemory({ id: idOf(6) }), null), made('m')),
        ]),
      );
      const search = async () =>
        (await store.searchVectors(Float32Array.of(1, 0), 'm', EVERYTHING, 9)).map(({ id }) => id);
      expect(await search()).toEqual([1, 2, 3, 5].map(idOf));
      expect(await store.pendingVectors('m', 2)).toBe(2);
      expect(await store.pendingVectors('old', 3)).toBe(5);
      expect(await store.vectorGroups('memory')).toEqual([
        { model: 'm', dimensions: 2, count: 2 },
        { model: 'old', dimensions: 3, count: 1 },
      ]);
      await put(store, labelled(2, 'old', 9, 9, 9));
      expect(await search()).toEqual([1, 3, 5].map(idOf));
      await store.transact(tx => tx.put([write(labelled(2, 'old', 9, 9, 9), made('m', -1, 0))]));
      await store.transact(tx => tx.put([write(labelled(2, 'old', 9, 9, 9), made('m', 1, 0.1))]));
      expect(await search()).toEqual([1, 2, 3, 5].map(idOf));
      await store.transact(transaction => transaction.delete('memory', [1, 2, 3].map(idOf), 1n));
      expect(await search()).toEqual([idOf(5)]);
    });
  });
}

function labelled(n: number, embeddingModel: string, ...numbers: number[]) {
  return memoryEntry(aMemory({ id: idOf(n), embeddingModel }), Float32Array.of(...numbers));
}

/** The two best of memories that say the same, put in this order. */
async function equals(makePlace: MakePlace, order: readonly number[]) {
  await using store = await (await makePlace()).open();
  for (const n of order) {
    const memory = aMemory({ id: idOf(n), content: 'the same words', embeddingModel: 'm' });
    await put(store, memoryEntry(memory, Float32Array.of(1, 1)));
  }
  await put(store, labelled(9, 'm', 1, -1));
  const ids = (hits: readonly { readonly id: string }[]) => hits.map(({ id }) => id);
  return {
    text: ids(await store.searchText('words', EVERYTHING, 2)),
    vector: ids(await store.searchVectors(Float32Array.of(1, 1), 'm', EVERYTHING, 2)),
  };
}

async function putTexts(store: Store, ...texts: readonly string[]): Promise<void> {
  await put(store, ...texts.map((content, n) => memoryEntry(aMemory({ id: idOf(n), content }), null)));
}

async function found(store: Store, query: string, limit = 9): Promise<readonly string[]> {
  return (await store.searchText(query, EVERYTHING, limit)).map(({ id }) => id);
}

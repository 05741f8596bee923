import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/model/filter.ts';
import { codeUnitEntry, memoryEntry } from '../../src/model/record.ts';
import { vectorFromBytes } from '../../src/model/vector.ts';
import type { Store } from '../../src/store/store.ts';
import { aCodeUnit, aMemory, at, idOf } from '../support/records.ts';
import { type MakePlace, pages, put } from './place.ts';

const NUMBERS = [5, 1, 9, 3, 7, 2];

export function scanContract(makePlace: MakePlace): void {
  describe('scans', () => {
    it('pages through all records in ascending order of id', async () => {
      await using store = await (await makePlace()).open();
      await put(store, ...NUMBERS.map(n => memoryEntry(aMemory({ id: idOf(n) }), null)));
      await put(store, ...NUMBERS.map(n => codeUnitEntry(aCodeUnit({ id: idOf(n) }), null)));
      for (const kind of ['memory', 'code_unit'] as const) {
        const found = await pages(store, kind, { limit: 4 });
        expect(found.map(page => page.length)).toEqual([4, 2]);
        expect(found.flat().map(({ id }) => id)).toEqual([1, 2, 3, 5, 7, 9].map(idOf));
      }
      expect((await store.scan('memory', { after: idOf(4), limit: 1 })).map(({ id }) => id)).toEqual([
        idOf(5),
      ]);
    });

    it('ends a page early when the lines are large, but never with nothing', async () => {
      await using store = await (await makePlace()).open();
      const content = 'x'.repeat(3 * 1024 * 1024);
      await put(store, ...[1, 2, 3].map(n => memoryEntry(aMemory({ id: idOf(n), content }), null)));
      const found = await pages(store, 'memory', { limit: 100 });
      expect(found.length).toBeGreaterThan(1);
      expect(found.flat().map(({ id }) => id)).toEqual([1, 2, 3].map(idOf));
    });

    it('pages through the vectors of one model and dimension', async () => {
      await using store = await (await makePlace()).open();
      await fillVectors(store);
      const group = { model: 'm', dimensions: 2 };
      const first = await store.scanVectors('memory', group, { after: null, limit: 1 });
      expect(first.map(({ id, bytes }) => [id, vectorFromBytes(bytes)])).toEqual([
        [idOf(1), Float32Array.of(1, 0)],
      ]);
      const rest = await store.scanVectors('memory', group, { after: idOf(1), limit: 9 });
      expect(rest.map(({ id }) => id)).toEqual([idOf(2)]);
      expect(await store.scanVectors('memory', group, { after: idOf(2), limit: 9 })).toEqual([]);
      const unlabelled = { model: null, dimensions: 1 };
      expect(await store.scanVectors('memory', unlabelled, { after: null, limit: 9 })).toHaveLength(1);
      expect(await store.scanVectors('code_unit', unlabelled, { after: null, limit: 9 })).toHaveLength(1);
      const filter = { ...EVERYTHING, projects: ['p'] };
      const filtered = await store.scanVectors('memory', group, { filter, after: null, limit: 9 });
      expect(filtered.map(({ id }) => id)).toEqual([idOf(2)]);
    });

    it('counts vectors by model and dimension, sorted, with and without a filter', async () => {
      await using store = await (await makePlace()).open();
      await fillVectors(store);
      expect(await store.vectorGroups('memory')).toEqual([
        { model: 'm', dimensions: 2, count: 2 },
        { model: 'm', dimensions: 3, count: 1 },
        { model: 'é', dimensions: 1, count: 1 },
        { model: null, dimensions: 1, count: 1 },
      ]);
      expect(await store.vectorGroups('memory', { ...EVERYTHING, projects: ['p'] })).toEqual([
        { model: 'm', dimensions: 2, count: 1 },
      ]);
      expect(await store.vectorGroups('code_unit')).toEqual([{ model: null, dimensions: 1, count: 1 }]);
    });

    it('ends a page of vectors early when they are large', async () => {
      await using store = await (await makePlace()).open();
      const dimensions = 300_000;
      const vector = new Float32Array(dimensions).fill(1);
      await put(store, ...[1, 2, 3, 4, 5].map(n => memoryEntry(aMemory({ id: idOf(n) }), vector)));
      const page = await store.scanVectors(
        'memory',
        { model: null, dimensions },
        { after: null, limit: 100 },
      );
      expect(page.length).toBeGreaterThan(0);
      expect(page.length).toBeLessThan(5);
    });

    it('lists the newest first, ties by id', async () => {
      await using store = await (await makePlace()).open();
      const days: readonly (readonly [number, string])[] = [
        [1, '1960-01-01'],
        [2, '2026-01-02'],
        [4, '2026-01-03'],
        [3, '2026-01-03'],
      ];
      await put(
        store,
        ...days.map(([n, day]) => memoryEntry(aMemory({ id: idOf(n), updatedAt: at(day) }), null)),
      );
      const newest = async (offset: number, limit: number, filter = EVERYTHING) =>
        (await store.newest(filter, { offset, limit })).map(({ id }) => id);
      expect(await newest(0, 10)).toEqual([3, 4, 2, 1].map(idOf));
      expect(await newest(1, 2)).toEqual([4, 2].map(idOf));
      expect(await newest(9, 2)).toEqual([]);
      expect(await newest(0, 9, { ...EVERYTHING, until: at('2026-01-02') })).toEqual([2, 1].map(idOf));
    });

    it('goes on behind a place in that order, whoever writes in front of it meanwhile', async () => {
      await using store = await (await makePlace()).open();
      const added = (n: number, day: string) =>
        put(store, memoryEntry(aMemory({ id: idOf(n), updatedAt: at(day) }), null));
      for (const [n, day] of [
        [1, '1960-01-01'],
        [2, '2026-01-02'],
        [4, '2026-01-03'],
        [3, '2026-01-03'],
      ] as const)
        await added(n, day);
      const behind = async (day: string, n: number, filter = EVERYTHING) =>
        (await store.newest(filter, { after: { updatedAt: at(day), id: idOf(n) }, limit: 2 })).map(
          ({ id }) => id,
        );
      await added(9, '2026-02-01');
      expect(await behind('2026-01-03', 3)).toEqual([4, 2].map(idOf));
      expect(await behind('2026-01-03', 4)).toEqual([2, 1].map(idOf));
      expect(await behind('1960-01-01', 1)).toEqual([]);
      expect(await behind('2026-01-03', 3, { ...EVERYTHING, projects: ['none'] })).toEqual([]);
    });
  });
}

async function fillVectors(store: Store): Promise<void> {
  const vector = (n: number, model: string | null, ...numbers: number[]) =>
    memoryEntry(
      aMemory({ id: idOf(n), embeddingModel: model, projectName: n === 2 ? 'p' : null }),
      numbers.length === 0 ? null : Float32Array.of(...numbers),
    );
  await put(store, vector(2, 'm', 0, 1), vector(1, 'm', 1, 0), vector(3, 'm', 1, 2, 3));
  await put(store, vector(4, null, 1), vector(5, 'é', 1), vector(6, 'm'));
  await put(store, codeUnitEntry(aCodeUnit(), Float32Array.of(7)));
}

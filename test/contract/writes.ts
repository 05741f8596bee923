import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/model/filter.ts';
import { contentHash } from '../../src/model/identity.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../src/model/record.ts';
import type { Write } from '../../src/store/store.ts';
import { aCodeUnit, aMemory, at, idOf } from '../support/records.ts';
import { ids, lines, type MakePlace, put, write } from './place.ts';

const DELETED_AT = at('2026-05-01T10:00:00.000001Z');

export function writeContract(makePlace: MakePlace): void {
  describe('writes', () => {
    it('is empty at first', async () => {
      await using store = await (await makePlace()).open();
      expect(await store.counts()).toEqual({ memories: 0, codeUnits: 0, tombstones: 0 });
      expect(await store.scan('memory', { after: null, limit: 10 })).toEqual([]);
      expect(await store.statistics()).toMatchObject({
        oldestCreatedAt: null,
        newestUpdatedAt: null,
        byTag: {},
      });
    });

    it('keeps the line and the vector of memories and code units, also when opened again', async () => {
      const place = await makePlace();
      const memory = memoryEntry(aMemory({ embeddingModel: 'm' }), Float32Array.of(0.1, -0, 1e-45));
      const unit = codeUnitEntry(aCodeUnit({ embeddingModel: null }), Float32Array.of(2, 3));
      await using store = await place.open();
      await put(store, memory, unit);
      await store.close();
      await using again = await place.open();
      const [stored] = await again.get('memory', [memory.record.id]);
      expect(stored).toEqual({
        id: memory.record.id,
        line: memory.line,
        model: 'm',
        dimensions: 3,
        vector: memory.vector,
      });
      expect(Object.is(stored?.vector?.[1], -0)).toBe(true);
      expect(await again.lines('memory', [idOf(7), memory.record.id])).toEqual([
        { id: memory.record.id, line: memory.line, model: 'm', dimensions: 3 },
      ]);
      expect(await again.get('code_unit', [unit.record.id, idOf(7)])).toEqual([
        { id: unit.record.id, line: unit.line, model: null, dimensions: 2, vector: unit.vector },
      ]);
      expect(await again.get('memory', [])).toEqual([]);
    });

    it('replaces the line, the tags, the text, the instants and the vector of an existing id', async () => {
      await using store = await (await makePlace()).open();
      const before = aMemory({
        content: 'zebra',
        tags: ['Old', 'both'],
        projectName: 'a',
        embeddingModel: 'm',
      });
      await put(store, memoryEntry(before, Float32Array.of(1, 0)));
      const after = aMemory({
        content: 'giraffe',
        tags: ['both', 'new'],
        projectName: 'b',
        category: 'event',
      });
      await put(store, memoryEntry(after, null));
      expect(await store.get('memory', [after.id])).toEqual([
        { id: after.id, line: memoryEntry(after, null).line, model: null, dimensions: null, vector: null },
      ]);
      expect(await store.searchText('zebra old', EVERYTHING, 5)).toEqual([]);
      expect(await store.searchText('giraffe', EVERYTHING, 5)).toHaveLength(1);
      expect(await store.searchText('new', EVERYTHING, 5)).toHaveLength(1);
      expect((await store.statistics()).byTag).toEqual({ both: 1, new: 1 });
      expect((await store.statistics()).byProject).toEqual({ b: 1 });
      expect(await store.vectorGroups('memory')).toEqual([]);
      expect(await store.searchVectors(Float32Array.of(1, 0), 'm', EVERYTHING, 5)).toEqual([]);
    });

    it('keeps a search vector where that is asked for, as long as the content stays and no own one is alike', async () => {
      await using store = await (await makePlace()).open();
      const found = async (): Promise<number> =>
        (await store.searchVectors(Float32Array.of(1, 0), 'm', EVERYTHING, 5)).length;
      const searchVector = { model: 'm', vector: Float32Array.of(1, 0) };
      const change = (entry: Entry, parts: Partial<Write> = { keepSearchVector: true }) =>
        store.transact(async transaction => transaction.put([{ entry, searchVector: null, ...parts }]));
      await change(memoryEntry(aMemory(), null), { searchVector });
      await change(memoryEntry(aMemory({ tags: ['new'] }), null));
      expect(await found()).toBe(1);
      await change(memoryEntry(aMemory({ embeddingModel: 'm' }), Float32Array.of(1, 0, 0)));
      expect(await found()).toBe(1);
      await change(memoryEntry(aMemory({ embeddingModel: 'm' }), Float32Array.of(0, 1)));
      expect(await found()).toBe(1);
      await change(memoryEntry(aMemory({ content: 'another' }), null), { searchVector });
      await change(memoryEntry(aMemory({ content: 'a third' }), null));
      expect(await found()).toBe(0);
    });

    it('replaces code units and takes an empty vector for none', async () => {
      await using store = await (await makePlace()).open();
      const unit = aCodeUnit({ embeddingModel: 'm' });
      await put(store, codeUnitEntry(unit, Float32Array.of(1)));
      await put(store, codeUnitEntry({ ...unit, name: 'other' }, Float32Array.of(2)));
      expect((await store.get('code_unit', [unit.id]))[0]?.vector).toEqual(Float32Array.of(2));
      await put(store, codeUnitEntry({ ...unit, name: 'other' }, new Float32Array()));
      expect(await store.get('code_unit', [unit.id])).toMatchObject([{ dimensions: null, vector: null }]);
      expect(await store.vectorGroups('code_unit')).toEqual([]);
    });

    it('keeps memories and code units of the same id apart', async () => {
      await using store = await (await makePlace()).open();
      await put(store, memoryEntry(aMemory(), null), codeUnitEntry(aCodeUnit({ id: idOf(1) }), null));
      expect(await store.counts()).toEqual({ memories: 1, codeUnits: 1, tombstones: 0 });
    });

    it('refuses an id twice in one batch and writes nothing of it', async () => {
      await using store = await (await makePlace()).open();
      const twice = [memoryEntry(aMemory(), null), memoryEntry(aMemory({ content: 'other' }), null)];
      await expect(put(store, memoryEntry(aMemory({ id: idOf(2) }), null), ...twice)).rejects.toThrow(
        idOf(1),
      );
      expect(await ids(store)).toEqual([]);
    });

    it('deletes, leaves tombstones, and forgets them when the id comes back', async () => {
      await using store = await (await makePlace()).open();
      const memory = memoryEntry(aMemory({ tags: ['T'] }), null);
      const unit = codeUnitEntry(aCodeUnit(), Float32Array.of(1));
      await put(store, memory, unit);
      const deleted = await store.transact(async transaction => [
        await transaction.delete('memory', [idOf(1), idOf(9)], DELETED_AT),
        await transaction.delete('memory', [idOf(1)], DELETED_AT),
        await transaction.delete('code_unit', [unit.record.id], DELETED_AT),
      ]);
      expect(deleted).toEqual([1, 0, 1]);
      expect(await store.tombstones({ after: null, limit: 10 })).toEqual([
        { kind: 'code_unit', id: unit.record.id, deletedAt: DELETED_AT, contentHash: contentHash(unit) },
        { kind: 'memory', id: idOf(1), deletedAt: DELETED_AT, contentHash: contentHash(memory) },
      ]);
      expect(await store.searchText('port', EVERYTHING, 5)).toEqual([]);
      expect((await store.statistics()).byTag).toEqual({});
      await put(store, memory);
      expect(await store.counts()).toEqual({ memories: 1, codeUnits: 0, tombstones: 1 });
      expect(await lines(store)).toEqual([memory.line]);
    });

    it('adds tombstones only where nothing is, and pages through them', async () => {
      await using store = await (await makePlace()).open();
      await put(store, memoryEntry(aMemory(), null));
      const stone = (n: number) =>
        ({ kind: 'memory', id: idOf(n), deletedAt: DELETED_AT + BigInt(n), contentHash: `h${n}` }) as const;
      const unit = { ...stone(3), kind: 'code_unit' } as const;
      const add = () =>
        store.transact(tx =>
          tx.addTombstones([stone(1), stone(3), stone(2), unit, { ...stone(3), deletedAt: 1n }]),
        );
      expect(await add()).toEqual([stone(3), stone(2), unit]);
      expect(await add()).toEqual([]);
      const first = await store.tombstones({ after: null, limit: 2 });
      expect(first).toEqual([unit, stone(2)]);
      expect(await store.tombstones({ after: first[1] ?? null, limit: 2 })).toEqual([stone(3)]);
      expect(await store.tombstones({ after: stone(3), limit: 2 })).toEqual([]);
    });

    it('finds ids by prefix and by content', async () => {
      await using store = await (await makePlace()).open();
      const entries = [4, 3, 17].map(n => memoryEntry(aMemory({ id: idOf(n), content: `c${n % 2}` }), null));
      await put(store, ...entries);
      expect(await store.idsByPrefix('memory', idOf(0).slice(0, -1), 10)).toEqual([idOf(3), idOf(4)]);
      expect(await store.idsByPrefix('memory', idOf(17), 10)).toEqual([idOf(17)]);
      expect(await store.idsByPrefix('memory', '0000', 2)).toEqual([idOf(3), idOf(4)]);
      expect(await store.idsByPrefix('memory', '', 10)).toHaveLength(3);
      expect(await store.idsByPrefix('memory', 'x%', 10)).toEqual([]);
      expect(await store.idsByPrefix('code_unit', '', 10)).toEqual([]);
      const hashes = entries.map(contentHash);
      expect(await store.idsByContentHash('memory', [...hashes, 'ff'])).toEqual(
        new Map([
          [hashes[0], idOf(4)],
          [hashes[1], idOf(3)],
        ]),
      );
    });

    it('takes batches larger than any limit on the number of values', async () => {
      await using store = await (await makePlace()).open();
      const entries = Array.from({ length: 3000 }, (_, n) => memoryEntry(aMemory({ id: idOf(n) }), null));
      await store.transact(tx => tx.put(entries.map(entry => write(entry))));
      const wanted = entries.map(entry => entry.record.id);
      const absent = Array.from({ length: 40_000 }, (_, n) => idOf(1_000_000 + n));
      expect(await store.get('memory', [...absent, ...wanted])).toHaveLength(3000);
      expect(await store.transact(tx => tx.delete('memory', [...absent, ...wanted], DELETED_AT))).toBe(3000);
    });
  });
}

import { describe, expect, it } from 'vitest';
import { bareProject } from '../../src/model/project.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../src/model/record.ts';
import type { Change, Reader, Store, Transaction } from '../../src/store/store.ts';
import { aCodeUnit, aMemory, idOf } from '../support/records.ts';
import { ids, type MakePlace, put, write } from './place.ts';

const entryOf = (n: number, content = 'text', vector: Float32Array | null = null) =>
  memoryEntry(aMemory({ id: idOf(n), content, embeddingModel: vector && 'm' }), vector);

/** Runs work as an operation whose id is `op-` and the name. */
function operate(
  store: Store,
  name: string,
  work: (transaction: Transaction) => Promise<unknown>,
  undoes?: string,
): Promise<unknown> {
  const id = `op-${name}`;
  const operation = { id, kind: 'import', source: `${name} \ud800`, startedAt: 5n, undoes };
  return store.transact(work, { operation });
}

const list = (reader: Reader, parts: { prefix?: string; after?: string; limit?: number } = {}) =>
  reader.operations({ prefix: '', after: null, limit: 10, ...parts });

const names = async (reader: Reader, parts = {}) => (await list(reader, parts)).map(({ id }) => id);

async function changes(reader: Reader, operation: string, limit = 2): Promise<readonly Change[]> {
  const all: Change[] = [];
  for (;;) {
    const page = await reader.changes(operation, { after: all.at(-1) ?? null, limit });
    if (page.length === 0) return all;
    expect(page.length).toBeLessThanOrEqual(limit);
    all.push(...page);
  }
}

const record = (entry: Entry, searchVector: unknown = null) => ({
  type: 'record',
  stored: { id: entry.record.id, line: entry.line, vector: entry.vector },
  searchVector,
});

export function operationContract(makePlace: MakePlace): void {
  describe('operations', () => {
    it('are listed newest first, in pages and by prefix, with what they changed', async () => {
      await using store = await (await makePlace()).open();
      await operate(store, 'a', transaction => transaction.put([write(entryOf(1)), write(entryOf(2))]));
      await operate(store, 'b', async transaction => {
        expect(await names(transaction)).toEqual(['op-a']);
        await transaction.delete('memory', [idOf(1)], 3n);
        await transaction.addTombstones([{ kind: 'memory', id: idOf(9), deletedAt: 1n, contentHash: 'h' }]);
        await transaction.put([write(codeUnitEntry(aCodeUnit(), null))]);
        await transaction.putProjects([bareProject('p'), bareProject('q')]);
      });
      await put(store, entryOf(5));
      await operate(store, 'c', transaction => transaction.put([write(entryOf(3))]));
      expect((await list(store)).map(({ finishedAt, ...rest }) => rest)[1]).toEqual({
        id: 'op-b',
        kind: 'import',
        source: 'b \ud800',
        startedAt: 5n,
        changed: { memories: 2, codeUnits: 1, projects: 2 },
        undoes: null,
        undoneBy: null,
      });
      expect((await list(store))[0]?.finishedAt).toBeGreaterThan(10n ** 15n);
      expect(await names(store)).toEqual(['op-c', 'op-b', 'op-a']);
      expect(await names(store, { limit: 1 })).toEqual(['op-c']);
      expect(await names(store, { after: 'op-c', limit: 1 })).toEqual(['op-b']);
      expect(await names(store, { after: 'op-a' })).toEqual([]);
      expect(await names(store, { prefix: 'op-b' })).toEqual(['op-b']);
      expect(await names(store, { prefix: 'p' })).toEqual([]);
    });

    it('are not listed when they changed nothing, failed or were rolled back', async () => {
      await using store = await (await makePlace()).open();
      await put(store, entryOf(1));
      await store.transact(transaction => transaction.putProjects([bareProject('p')]));
      await operate(store, 'nothing', async transaction => {
        await transaction.putProjects([bareProject('p')]);
        await transaction.deleteProjects(['other']);
        await transaction.addTombstones([{ kind: 'memory', id: idOf(1), deletedAt: 1n, contentHash: 'h' }]);
        await transaction.clear('memory', [{ id: idOf(7), tombstone: null }]);
      });
      const failing = operate(store, 'failed', async transaction => {
        await transaction.put([write(entryOf(2))]);
        throw new TypeError('on purpose');
      });
      await expect(failing).rejects.toThrow('on purpose');
      expect(await list(store)).toEqual([]);
    });

    it('say what was there before, and whether what they left is still there', async () => {
      await using store = await (await makePlace()).open();
      const old = entryOf(1, 'old', Float32Array.of(1, -0));
      const searched = entryOf(2);
      const searchVector = { model: 's', vector: Float32Array.of(3) };
      const unit = codeUnitEntry(aCodeUnit({ embeddingModel: 'm' }), Float32Array.of(8));
      const stone = { kind: 'memory', id: idOf(4), deletedAt: 7n, contentHash: 'h' } as const;
      const project = { ...bareProject('p\ud800'), aliases: ['older'], firstIndexedAt: 1n };
      await put(store, old, unit, entryOf(6));
      await store.transact(async transaction => {
        await transaction.put([write(searched, searchVector)]);
        await transaction.addTombstones([stone]);
        await transaction.putProjects([project]);
      });
      await operate(store, 'x', async transaction => {
        await transaction.put([write(entryOf(1, 'between')), write(entryOf(4)), write(entryOf(3))]);
        await transaction.put([write(entryOf(1, 'new'))]);
        await transaction.delete('memory', [idOf(2)], 9n);
        await transaction.delete('code_unit', [unit.record.id], 9n);
        await transaction.clear('memory', [{ id: idOf(6), tombstone: null }]);
        await transaction.deleteProjects([project.name]);
        await transaction.putProjects([bareProject('fresh')]);
      });
      const before = { type: 'nothing' };
      const expected = [
        { kind: 'code_unit', id: unit.record.id, untouched: true, before: record(unit) },
        { kind: 'memory', id: idOf(1), untouched: true, before: record(old) },
        { kind: 'memory', id: idOf(2), untouched: true, before: record(searched, searchVector) },
        { kind: 'memory', id: idOf(3), untouched: true, before },
        { kind: 'memory', id: idOf(4), untouched: true, before: { type: 'tombstone', tombstone: stone } },
        { kind: 'memory', id: idOf(6), untouched: true, before: record(entryOf(6)) },
        { kind: 'project', id: 'fresh', untouched: true, before },
        { kind: 'project', id: project.name, untouched: true, before: { type: 'project', project } },
      ];
      expect(await changes(store, 'op-x')).toEqual(expected);
      expect(await changes(store, 'op-none')).toEqual([]);
      // Another vector, a record where there was none, a deletion and a return are changes too.
      await put(store, entryOf(1, 'new', Float32Array.of(1)), entryOf(6), searched);
      await store.transact(async transaction => {
        await transaction.delete('memory', [idOf(3)], 10n);
        await transaction.clear('memory', [{ id: idOf(4), tombstone: { ...stone, deletedAt: 8n } }]);
        await transaction.putProjects([{ ...bareProject('fresh'), rootPath: '/r' }, project]);
      });
      expect(await changes(store, 'op-x')).toEqual(
        expected.map(change => ({ ...change, untouched: change.kind === 'code_unit' })),
      );
    });

    it('end a page early rather than hold many large records', async () => {
      await using store = await (await makePlace()).open();
      const large = (n: number) => entryOf(n, 'x'.repeat(768 * 1024));
      await put(store, large(1), large(2), large(3));
      await operate(store, 'x', transaction => transaction.delete('memory', [1, 2, 3].map(idOf), 1n));
      expect(await store.changes('op-x', { after: null, limit: 10 })).toHaveLength(2);
      expect(await changes(store, 'op-x', 10)).toHaveLength(3);
    });

    it('count as undone while an operation that took them back holds', async () => {
      await using store = await (await makePlace()).open();
      const add = (n: number) => (transaction: Transaction) => transaction.put([write(entryOf(n))]);
      const links = async () =>
        Object.fromEntries((await list(store)).map(({ id, undoes, undoneBy }) => [id, [undoes, undoneBy]]));
      await operate(store, 'a', add(1));
      await operate(store, 'b', add(2), 'op-a');
      expect(await links()).toEqual({ 'op-a': [null, 'op-b'], 'op-b': ['op-a', null] });
      await operate(store, 'empty', async () => {}, 'op-b');
      await operate(store, 'c', add(3), 'op-b');
      expect(await links()).toMatchObject({ 'op-a': [null, null], 'op-b': ['op-a', 'op-c'] });
      await operate(store, 'd', add(4), 'op-c');
      expect(await links()).toEqual({
        'op-a': [null, 'op-b'],
        'op-b': ['op-a', null],
        'op-c': ['op-b', 'op-d'],
        'op-d': ['op-c', null],
      });
    });
  });

  describe('clear', () => {
    it('leaves no record and exactly the tombstone that is asked for', async () => {
      await using store = await (await makePlace()).open();
      await put(store, entryOf(1), entryOf(2), entryOf(3), codeUnitEntry(aCodeUnit({ id: idOf(1) }), null));
      const stone = (n: number, deletedAt: bigint) =>
        ({ kind: 'memory', id: idOf(n), deletedAt, contentHash: 'h' }) as const;
      const places = [
        { id: idOf(1), tombstone: null },
        { id: idOf(2), tombstone: stone(2, 4n) },
        { id: idOf(8), tombstone: stone(8, 4n) },
        { id: idOf(9), tombstone: null },
      ];
      expect(await store.transact(transaction => transaction.clear('memory', places))).toBe(2);
      expect(await ids(store)).toEqual([idOf(3)]);
      expect(await ids(store, 'code_unit')).toEqual([idOf(1)]);
      expect(await store.tombstones({ after: null, limit: 9 })).toEqual([stone(2, 4n), stone(8, 4n)]);
      const again = [
        { id: idOf(2), tombstone: null },
        { id: idOf(8), tombstone: stone(8, 5n) },
      ];
      expect(await store.transact(transaction => transaction.clear('memory', again))).toBe(0);
      expect(await store.tombstones({ after: null, limit: 9 })).toEqual([stone(8, 5n)]);
    });
  });
}

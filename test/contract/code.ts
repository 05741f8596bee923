import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ALL_CODE, type CodeFilter } from '../../src/model/code-filter.ts';
import type { CodeUnit } from '../../src/model/code-unit.ts';
import { codeUnitEntry } from '../../src/model/record.ts';
import type { Store } from '../../src/store/store.ts';
import { aCodeUnit, idOf } from '../support/records.ts';
import { type MakePlace, put } from './place.ts';

const MODEL = 'm';

export function codeContract(makePlace: MakePlace): void {
  describe('search of code by text', () => {
    it('finds parts of texts in scripts without blanks', async () => {
      await using store = await (await makePlace()).open();
      await putUnits(store, { content: '価格をセントで保存する' }, { content: '日付を保存しない' });
      expect(await found(store, '価格')).toEqual([idOf(0)]);
      expect(await found(store, '日付')).toEqual([idOf(1)]);
    });

    it('finds names by their parts, in camel case and with underscores', async () => {
      await using store = await (await makePlace()).open();
      await putUnits(
        store,
        { name: 'parseHTTPHeader' },
        { name: 'read_pump_state' },
        { name: 'XMLReader.readAll' },
      );
      for (const query of ['parse', 'header', 'http', 'parseHTTPHeader', 'PARSEHTTPHEADER', 'parseHeader']) {
        expect(await found(store, query), query).toEqual([idOf(0)]);
      }
      expect(await found(store, 'pump')).toEqual([idOf(1)]);
      expect(await found(store, 'read_pump_state')).toEqual([idOf(1), idOf(2)]);
      expect(await found(store, 'xml')).toEqual([idOf(2)]);
    });

    it('looks into name, doc, signature, path and content, in this order of weight', async () => {
      await using store = await (await makePlace()).open();
      await putUnits(
        store,
        { content: 'the valve' },
        { filePath: 'valve/x.py' },
        { doc: 'the valve' },
        { signature: 'def f(valve)' },
        { name: 'valve' },
      );
      const [first, second, third, ...rest] = await found(store, 'valve');
      expect(first).toBe(idOf(4));
      expect([second, third].sort()).toEqual([idOf(2), idOf(3)]);
      expect(rest).toEqual([idOf(1), idOf(0)]);
    });

    it('sees changes of words, and no deleted unit', async () => {
      await using store = await (await makePlace()).open();
      await putUnits(store, { doc: 'old' }, { name: 'stays', doc: 'old' });
      await putUnits(store, { doc: 'new' });
      expect(await found(store, 'old')).toEqual([idOf(1)]);
      expect(await found(store, 'new')).toEqual([idOf(0)]);
      await store.transact(transaction => transaction.clear('code_unit', [{ id: idOf(0), tombstone: null }]));
      await store.transact(transaction => transaction.delete('code_unit', [idOf(1)], 1n));
      expect(await found(store, 'new old stays')).toEqual([]);
    });

    it('narrows by project, language, type and path', async () => {
      await using store = await (await makePlace()).open();
      await putUnits(
        store,
        { projectName: 'a', language: 'go', unitType: 'method', filePath: 'src/a.go' },
        { projectName: 'b', language: 'go', unitType: 'class', filePath: 'src/b.go' },
        { projectName: 'b', language: 'c', unitType: 'class', filePath: 'srcs/b.c' },
      );
      const by = (filter: Partial<CodeFilter>) => found(store, 'main', { ...ALL_CODE, ...filter });
      expect(await by({})).toHaveLength(3);
      expect(await by({ projects: ['a', 'c'] })).toEqual([idOf(0)]);
      expect(await by({ languages: ['go'], projects: ['b'] })).toEqual([idOf(1)]);
      expect(await by({ unitTypes: ['class'] })).toEqual([idOf(1), idOf(2)]);
      expect(await by({ pathPrefix: 'src/' })).toEqual([idOf(0), idOf(1)]);
      expect(await by({ pathPrefix: 'src' })).toHaveLength(3);
      expect(await by({ pathPrefix: 'SRC' })).toEqual([]);
    });

    it('puts equals in the order of their ids, whatever came first, also where some are cut off', async () => {
      await using store = await (await makePlace()).open();
      for (const n of [5, 2, 9, 1]) await put(store, codeUnitEntry(aCodeUnit({ id: idOf(n) }), null));
      expect(await found(store, 'main')).toEqual([1, 2, 5, 9].map(idOf));
      expect(await found(store, 'main', ALL_CODE, 2)).toEqual([1, 2].map(idOf));
    });

    it('never fails, whatever is asked', async () => {
      await using store = await (await makePlace()).open();
      await putUnits(store, { content: 'alpha' });
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 100 }), async query => {
          expect((await found(store, query)).length).toBeLessThan(2);
        }),
        { numRuns: 100 },
      );
      for (const query of ['', '"', 'NEAR(', '\ud800']) expect(await found(store, query)).toEqual([]);
    });
  });

  describe('search of code by vector', () => {
    it('gives the nearest of a model first, equals by id, narrowed by the filter', async () => {
      await using store = await (await makePlace()).open();
      const vectors: readonly (readonly number[])[] = [
        [1, 1],
        [1, 0],
        [2, 0],
        [0, 1],
        [0, 0],
        [1, 0, 0],
      ];
      for (const [n, numbers] of [...vectors.entries()].reverse()) {
        const record = aCodeUnit({ id: idOf(n), embeddingModel: MODEL, language: n === 2 ? 'go' : 'c' });
        await put(store, codeUnitEntry(record, Float32Array.from(numbers)));
      }
      await put(store, codeUnitEntry(aCodeUnit({ id: idOf(8), embeddingModel: 'n' }), Float32Array.of(1, 0)));
      await put(store, codeUnitEntry(aCodeUnit({ id: idOf(9) }), null));
      const near = async (filter: CodeFilter, limit = 9) =>
        (await store.searchCodeVectors(Float32Array.of(1, 0), MODEL, filter, limit)).map(({ id }) => id);
      expect(await near(ALL_CODE)).toEqual([1, 2, 0, 3].map(idOf));
      expect(await near(ALL_CODE, 1)).toEqual([idOf(1)]);
      expect(await near({ ...ALL_CODE, languages: ['go'] })).toEqual([idOf(2)]);
      expect(await store.searchCodeVectors(new Float32Array(0), MODEL, ALL_CODE, 9)).toEqual([]);
    });
  });

  describe('files of the code index', () => {
    it('lists those of a project with the hash that all units have', async () => {
      await using store = await (await makePlace()).open();
      await putUnits(
        store,
        { filePath: 'b', fileHash: 'h1' },
        { filePath: 'b', fileHash: 'h1' },
        { filePath: 'a', fileHash: 'h1' },
        { filePath: 'a', fileHash: 'h2' },
        { filePath: 'c', fileHash: null },
        { filePath: 'c', fileHash: 'h1' },
        { projectName: 'other' },
      );
      await put(
        store,
        codeUnitEntry(aCodeUnit({ id: idOf(9), filePath: 'd', fileHash: 'h' }), Float32Array.of(1)),
      );
      expect(await store.indexedFiles('alpha')).toEqual([
        { path: 'a', fileHash: null, units: 2, vectors: 0 },
        { path: 'b', fileHash: 'h1', units: 2, vectors: 0 },
        { path: 'c', fileHash: null, units: 2, vectors: 0 },
        { path: 'd', fileHash: 'h', units: 1, vectors: 1 },
      ]);
      expect(await store.indexedFiles('none')).toEqual([]);
      const units = await store.codeUnitsOf('alpha', ['b', 'd', 'nowhere']);
      expect(units.map(({ id }) => id).sort()).toEqual([0, 1, 9].map(idOf));
      expect(await store.codeUnitsOf('other', ['b'])).toEqual([]);
    });

    it('keeps paths apart that differ in a lone surrogate only', async () => {
      await using store = await (await makePlace()).open();
      await putUnits(store, { filePath: '\ud800', fileHash: '\ud800' }, { filePath: '\ud801' });
      const files = await store.indexedFiles('alpha');
      expect(files.map(({ path }) => path).sort()).toEqual(['\ud800', '\ud801']);
      expect(await store.codeUnitsOf('alpha', ['\ud800'])).toHaveLength(1);
    });
  });
}

async function putUnits(store: Store, ...parts: readonly Partial<CodeUnit>[]): Promise<void> {
  await put(store, ...parts.map((part, n) => codeUnitEntry(aCodeUnit({ id: idOf(n), ...part }), null)));
}

async function found(store: Store, query: string, filter = ALL_CODE, limit = 9): Promise<readonly string[]> {
  return (await store.searchCodeText(query, filter, limit)).map(({ id }) => id);
}

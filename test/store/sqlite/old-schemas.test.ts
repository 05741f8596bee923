import { readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { ALL_CODE } from '../../../src/model/code-filter.ts';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { openSqliteStore } from '../../../src/store/open.ts';
import { SCHEMA_VERSION } from '../../../src/store/sqlite/migrations/index.ts';
import type { Store } from '../../../src/store/store.ts';
import { storeDigest } from '../../../src/transfer/store-digest.ts';
import { undoOperation } from '../../../src/transfer/undo.ts';
import { ids, lines } from '../../contract/place.ts';
import { idOf } from '../../support/records.ts';
import { scratchFolder } from './scratch.ts';

const STORES = new URL('../../fixtures/stores/', import.meta.url);

/** A copy of a frozen file, opened by today's memport. */
async function openOld(schema: number): Promise<Store> {
  const path = join(await scratchFolder(), 'memport.db');
  await copyFile(new URL(`schema-${schema}.db`, STORES), path);
  return openSqliteStore({ path });
}

test('every step of the schema has a frozen store of before the next', () => {
  const files = readdirSync(STORES).filter(name => name.endsWith('.db'));
  expect(files.sort()).toEqual(Array.from({ length: SCHEMA_VERSION }, (_, n) => `schema-${n + 1}.db`).sort());
});

describe.each([
  [1, 'sha256:112928d3a3faeb128808b59bfdb9e930ee1f75797427867a167340098db4adaa'],
  [2, 'sha256:8433f7cd96f1fa5bc09b63a74d590f8be00adcfe1146a430e872fc3825084b16'],
  [3, 'sha256:8433f7cd96f1fa5bc09b63a74d590f8be00adcfe1146a430e872fc3825084b16'],
  [4, 'sha256:8433f7cd96f1fa5bc09b63a74d590f8be00adcfe1146a430e872fc3825084b16'],
])('a store of schema %i', (schema, digest) => {
  it('is brought up to date, keeps every byte of its records and has no fault', async () => {
    await using store = await openOld(schema);
    expect((await store.describe()).schemaVersion).toBe(SCHEMA_VERSION);
    expect(await storeDigest(store)).toBe(digest);
    expect(await store.check()).toEqual([]);
    expect(await store.tombstones({ after: null, limit: 9 })).toHaveLength(2);
    expect(await store.projects()).toMatchObject([{ name: 'greenhouse' }]);
    const [memory] = await store.get('memory', [idOf(1)]);
    expect(memory?.vector).toEqual(Float32Array.of(1, 0.5));
  });

  it('is searched by words and vectors, memories and code', async () => {
    await using store = await openOld(schema);
    const near = await store.searchVectors(Float32Array.of(1, 0.5), 'm', EVERYTHING, 9);
    expect(near.map(({ id }) => id)).toEqual([idOf(1)]);
    expect(await store.searchText('vents', EVERYTHING, 9)).toHaveLength(1);
    const found = async (query: string, filter = ALL_CODE) =>
      (await store.searchCodeText(query, filter, 9)).map(({ id }) => id);
    expect(await found('open vents')).toEqual([idOf(1001)]);
    expect(await found('pump')).toEqual([idOf(1002)]);
    expect(await found('surrogate')).toEqual([idOf(1002)]);
    expect(await found('vents', { ...ALL_CODE, unitTypes: ['method'] })).toEqual([idOf(1001)]);
    const nearCode = await store.searchCodeVectors(Float32Array.of(0.25, 1), 'm', ALL_CODE, 9);
    expect(nearCode.map(({ id }) => id)).toEqual([idOf(1001)]);
    expect(await store.indexedFiles('greenhouse')).toEqual([
      { path: 'src/pump.rs', fileHash: null, units: 1, vectors: 0 },
      { path: 'src/vents.py', fileHash: 'ab'.repeat(32), units: 1, vectors: 1 },
    ]);
  });
});

it('brings a store of schema 1 up to date without changing a record', async () => {
  await using store = await openOld(1);
  expect(await ids(store)).toEqual([idOf(1)]);
  const units = await lines(store, 'code_unit');
  expect(units.map(line => JSON.parse(line).name)).toEqual(['VentControl.openVents', 'read_pump_state']);
  expect(units[1]).toContain('Lone surrogate \\ud800.');
});

describe.each([2, 3, 4])('a store of schema %i', schema => {
  it('finds parts of Chinese and Japanese texts, and what search vectors were made of', async () => {
    await using store = await openOld(schema);
    const found = async (query: string) => (await store.searchText(query, EVERYTHING, 9)).map(({ id }) => id);
    expect(await found('备份')).toEqual([idOf(2)]);
    expect(await found('本語')).toEqual([idOf(2)]);
    const near = await store.searchVectors(Float32Array.of(0, 1), 'searching', EVERYTHING, 9);
    expect(near.map(({ id }) => id)).toEqual([idOf(2)]);
  });

  it('takes back what was imported before the steps', async () => {
    await using store = await openOld(schema);
    const report = await undoOperation(store, { operation: null, dryRun: false, nowMs: 1 });
    expect(report).toMatchObject({ restored: 1, left: 0 });
    const [line] = (await lines(store)).slice(2);
    expect(JSON.parse(line ?? '')).toMatchObject({
      id: idOf(3),
      content: 'Lone surrogate \ud800 and NUL \0.',
      created_at: '1969-12-31T23:59:59.999999Z',
      later: [1],
    });
    expect(await store.check()).toEqual([]);
  });
});

import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALL_CODE } from '../../../src/model/code-filter.ts';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { openSqliteStore } from '../../../src/store/open.ts';
import { SCHEMA_VERSION } from '../../../src/store/sqlite/migrations/index.ts';
import type { Store } from '../../../src/store/store.ts';
import { ids, lines } from '../../contract/place.ts';
import { idOf } from '../../support/records.ts';
import { scratchFolder } from './scratch.ts';

/** A copy of a frozen file, opened by today's memport. */
async function openOld(name: string): Promise<Store> {
  const path = join(await scratchFolder(), 'memport.db');
  await copyFile(new URL(`../../fixtures/stores/${name}`, import.meta.url), path);
  return openSqliteStore({ path });
}

it('brings a store of schema 1 up to date without changing a record', async () => {
  await using store = await openOld('schema-1.db');
  expect((await store.describe()).schemaVersion).toBe(SCHEMA_VERSION);
  expect(await ids(store)).toEqual([idOf(1)]);
  const units = await lines(store, 'code_unit');
  expect(units.map(line => JSON.parse(line).name)).toEqual(['VentControl.openVents', 'read_pump_state']);
  expect(units[1]).toContain('Lone surrogate \\ud800.');
  expect(await store.tombstones({ after: null, limit: 9 })).toHaveLength(2);
  const [memory] = await store.get('memory', [idOf(1)]);
  expect(memory?.vector).toEqual(Float32Array.of(1, 0.5));
  expect(await store.searchText('vents', EVERYTHING, 9)).toHaveLength(1);
});

it('makes the code units of a store of schema 1 searchable', async () => {
  await using store = await openOld('schema-1.db');
  const found = async (query: string, filter = ALL_CODE) =>
    (await store.searchCodeText(query, filter, 9)).map(({ id }) => id);
  expect(await found('open vents')).toEqual([idOf(1001)]);
  expect(await found('pump')).toEqual([idOf(1002)]);
  expect(await found('surrogate')).toEqual([idOf(1002)]);
  expect(await found('vents', { ...ALL_CODE, unitTypes: ['method'] })).toEqual([idOf(1001)]);
  const near = await store.searchCodeVectors(Float32Array.of(0.25, 1), 'm', ALL_CODE, 9);
  expect(near.map(({ id }) => id)).toEqual([idOf(1001)]);
  expect(await store.indexedFiles('greenhouse')).toEqual([
    { path: 'src/pump.rs', fileHash: null, units: 1, vectors: 0 },
    { path: 'src/vents.py', fileHash: 'ab'.repeat(32), units: 1, vectors: 1 },
  ]);
});

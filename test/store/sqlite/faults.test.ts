import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { openSqliteStore } from '../../../src/store/open.ts';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { SqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { storeError } from '../../../src/store/sqlite/store-error.ts';
import { ids, put, write } from '../../contract/place.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { scratchFolder } from './scratch.ts';

/** A store whose file can grow no further than by a few pages. */
async function fullStore(): Promise<SqliteStore> {
  const path = join(await scratchFolder(), 'memport.db');
  await using store = await openSqliteStore({ path });
  await put(store, memoryEntry(aMemory(), null));
  const writer = new Connection(path, { readonly: false });
  writer.execute(`PRAGMA max_page_count = ${writer.integer('PRAGMA page_count') + 2}`);
  const openReader = () => new Connection(path, { readonly: true });
  return new SqliteStore({
    path,
    busyTimeoutMs: 20,
    now: () => 0n,
    reader: openReader(),
    writer,
    openReader,
  });
}

it('reports a full disk and stays as it was', async () => {
  await using store = await fullStore();
  const large = memoryEntry(aMemory({ id: idOf(2), content: 'x'.repeat(200_000) }), null);
  await expect(put(store, large)).rejects.toMatchObject({
    code: 'no_space',
    message: expect.stringContaining(store.location),
    hint: expect.stringContaining('nothing was changed'),
  });
  expect(await ids(store)).toEqual([idOf(1)]);
  await put(store, memoryEntry(aMemory({ id: idOf(3), content: 'small' }), null));
  expect(await ids(store)).toEqual([1, 3].map(idOf));
});

it('commits nothing when the work ignores that a write failed', async () => {
  await using store = await fullStore();
  const large = memoryEntry(aMemory({ id: idOf(2), content: 'x'.repeat(200_000) }), null);
  const work = store.transact(async transaction => {
    await transaction.put([write(large)]).catch(() => {});
    await transaction.put([write(memoryEntry(aMemory({ id: idOf(3) }), null))]).catch(() => {});
  });
  await expect(work).rejects.toMatchObject({ code: 'no_space' });
  expect(await ids(store)).toEqual([idOf(1)]);
});

it('reports a table that is damaged on reads, in snapshots and in transactions', async () => {
  const path = join(await scratchFolder(), 'memport.db');
  await using store = await openSqliteStore({ path });
  const database = new Database(path);
  database.exec('DROP TABLE memories');
  database.close();
  const broken = { code: 'failed', message: expect.stringContaining(path) };
  await using snapshot = await store.snapshot();
  await expect(store.counts()).rejects.toMatchObject(broken);
  await expect(snapshot.counts()).rejects.toMatchObject(broken);
  await expect(store.transact(transaction => transaction.counts())).rejects.toMatchObject(broken);
});

it('names no store in errors that are not of the store', () => {
  const mistake = new TypeError('mistake');
  expect(storeError(mistake, '/p')).toBe(mistake);
  const argument = Object.assign(new TypeError('bad argument'), { code: 'ERR_INVALID_ARG_TYPE' });
  expect(storeError(argument, '/p')).toBe(argument);
  expect(storeError('text', '/p')).toBe('text');
  const refused = new Database.SqliteError('unable to open database file', 'SQLITE_CANTOPEN');
  expect(storeError(refused, '/p')).toMatchObject({ message: '/p: unable to open database file' });
  expect(storeError(refused, '/missing/p')).toMatchObject({ message: expect.stringContaining('folder') });
  const shared = new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_SHMSIZE');
  expect(storeError(shared, '/p')).toMatchObject({ code: 'no_space', message: '/p: disk I/O error' });
});

it('goes on after ever new statements', async () => {
  const path = join(await scratchFolder(), 'memport.db');
  await using store = await openSqliteStore({ path });
  await put(store, memoryEntry(aMemory({ projectName: 'p0' }), null));
  for (let n = 1; n < 250; n++) {
    const projects = Array.from({ length: n }, (_, at) => `p${at}`);
    expect(await store.counts({ ...EVERYTHING, projects })).toMatchObject({ memories: 1 });
  }
});

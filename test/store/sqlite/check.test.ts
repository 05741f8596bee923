import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { codeUnitEntry, memoryEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import type { StoreFault } from '../../../src/store/store.ts';
import { ok, scratch } from '../../support/cli.ts';
import { dump } from '../../support/random-store.ts';
import { aCodeUnit, aMemory, idOf } from '../../support/records.ts';

const PARTS = { embeddingModel: 'm', tags: ['Blue', 'red'], projectName: 'shop' };

/** A store with memories with and without vectors of both kinds, a code unit and a tombstone. */
async function filled(): Promise<string> {
  const path = join(scratch(), 'memport.db');
  await using store = await openStore({ path });
  const own = Float32Array.of(1, 0);
  const writes = [
    {
      entry: memoryEntry(aMemory({ ...PARTS, id: idOf(1), content: 'The sky is blue.' }), own),
      searchVector: null,
    },
    {
      entry: memoryEntry(aMemory({ id: idOf(2), content: 'Grass is green.' }), null),
      searchVector: { model: 's', vector: own },
    },
    { entry: memoryEntry(aMemory({ id: idOf(3), content: 'Gone.' }), null), searchVector: null },
    { entry: codeUnitEntry(aCodeUnit({ id: idOf(4), embeddingModel: 'm' }), own), searchVector: null },
  ];
  await store.transact(async transaction => {
    await transaction.put(writes);
    await transaction.delete('memory', [idOf(3)], 0n);
  });
  await store.searchVectors(own, 'm', EVERYTHING, 5);
  return path;
}

function change(path: string, sql: string): void {
  const db = new Database(path);
  try {
    db.unsafeMode(true);
    db.exec(sql);
  } finally {
    db.close();
  }
}

async function check(path: string): Promise<readonly StoreFault[]> {
  await using store = await openStore({ path, readonly: true });
  return store.check();
}

async function reindex(path: string): Promise<void> {
  await using store = await openStore({ path });
  await store.reindex();
}

test('a store as it should be has no faults, and making its indexes anew changes nothing', async () => {
  const path = await filled();
  expect(await check(path)).toEqual([]);
  const before = dump(path);
  await reindex(path);
  expect(await check(path)).toEqual([]);
  expect(dump(path)).toEqual(before);
});

describe('what is made from records and differs is found, and made anew', () => {
  test.each([
    [
      'a project',
      "UPDATE memories SET project_name = 'other' WHERE id LIKE '%1'",
      /1 is filed under another project_name/,
    ],
    ['a date', 'UPDATE memories SET updated_at = updated_at + 1', /is filed under another updated_at/],
    ['a content hash', "UPDATE code_units SET content_hash = x'00'", /the code unit .* another content_hash/],
    [
      'a full text that is lacking',
      'DELETE FROM memory_text WHERE rowid = 1',
      /1 memories that the full text lacks/,
    ],
    ['one of code', 'DELETE FROM code_unit_text WHERE rowid = 1', /1 code units that the full text lacks/],
    [
      'one of nothing',
      "INSERT INTO memory_text (rowid, content, tags) VALUES (99, 'x', '')",
      /1 full texts that belong to nothing/,
    ],
    [
      'tags of nothing',
      "INSERT INTO memory_tags (tag, seq) VALUES ('x', 99)",
      /1 tags that belong to nothing/,
    ],
    [
      'vectors of nothing',
      "INSERT INTO memory_vectors (seq, embedding) VALUES (99, x'00000000')",
      /1 vectors that belong to nothing/,
    ],
    [
      'search vectors of nothing',
      "INSERT INTO memory_search_vectors (seq, model, embedding) VALUES (99, 'm', x'00000000')",
      /1 search vectors that belong to nothing/,
    ],
    [
      'another length of a vector',
      'UPDATE memories SET embedding_dimensions = 3 WHERE seq = 1',
      /1 memories whose vector is not as long/,
    ],
  ])('%s', async (_, sql, message) => {
    const path = await filled();
    const before = dump(path);
    change(path, sql);
    const faults = await check(path);
    expect(faults.map(fault => fault.message).join('\n')).toMatch(message);
    expect(faults.every(fault => fault.part === 'indexes')).toBe(true);
    await reindex(path);
    expect(await check(path)).toEqual([]);
    expect(dump(path)).toEqual(before);
  });

  test('the words are found again', async () => {
    const path = await filled();
    change(path, "INSERT INTO memory_text (memory_text) VALUES ('delete-all'); DELETE FROM memory_tags");
    await using store = await openStore({ path });
    expect(await store.searchText('sky', EVERYTHING, 5)).toEqual([]);
    await store.reindex();
    expect((await store.searchText('sky', EVERYTHING, 5)).map(hit => hit.id)).toEqual([idOf(1)]);
    expect((await store.counts({ ...EVERYTHING, tags: ['RED'] })).memories).toBe(1);
  });
});

test('a record that cannot be read is told, and stays as it is', async () => {
  const path = await filled();
  change(path, `UPDATE memories SET record = '{"id":' WHERE seq = 1`);
  const [fault, ...others] = await check(path);
  expect(fault).toEqual({
    part: 'records',
    message: expect.stringContaining(`the memory ${idOf(1)} can't be read`),
  });
  expect(others).toEqual([]);
  await reindex(path);
  expect((await check(path)).some(found => found.part === 'records')).toBe(true);
  const db = new Database(path, { readonly: true });
  expect(db.prepare('SELECT record FROM memories WHERE seq = 1').pluck().get()).toBe('{"id":');
  db.close();
});

test('a damaged page is told', async () => {
  const home = scratch();
  for (let n = 0; n < 60; n += 1) await ok(['add', `Memory ${n} ${'word '.repeat(200)}`], { home });
  const path = join(home, 'memport.db');
  change(path, 'PRAGMA wal_checkpoint(TRUNCATE)');
  const db = new Database(path, { readonly: true });
  const root = Number(
    db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'memories_by_update'").pluck().get(),
  );
  const size = Number(db.pragma('page_size', { simple: true }));
  db.close();
  const file = openSync(path, 'r+');
  writeSync(file, Buffer.alloc(200, 0xff), 0, 200, (root - 1) * size + 8);
  closeSync(file);
  const faults = await check(path);
  expect(faults.length).toBeGreaterThan(0);
  expect(faults.every(fault => fault.part === 'pages')).toBe(true);
});

test('stops when it is asked to, and a store that is open for reading only is not made anew', async () => {
  const path = await filled();
  await using store = await openStore({ path, readonly: true });
  await expect(store.check({ signal: AbortSignal.abort('SIGINT') })).rejects.toMatchObject({
    code: 'interrupted',
  });
  await expect(store.reindex()).rejects.toMatchObject({ code: 'usage' });
});

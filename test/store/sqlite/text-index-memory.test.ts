import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store, TransactOptions } from '../../../src/store/store.ts';
import { scratch } from '../../support/cli.ts';
import { aMemory, idOf } from '../../support/records.ts';

const PAGE = 500;

/** Memories whose numbers are words, in pages, in one transaction. */
async function fill(store: Store, first: number, count: number, options?: TransactOptions): Promise<void> {
  await store.transact(async transaction => {
    for (let start = first; start < first + count; start += PAGE) {
      const numbers = Array.from({ length: PAGE }, (_, n) => start + n);
      await transaction.put(
        numbers.map(n => ({
          entry: memoryEntry(aMemory({ id: idOf(n), content: `memory n${n}` }), null),
          searchVector: null,
        })),
      );
    }
  }, options);
}

function gathered(path: string): unknown {
  const database = new Database(path);
  database.exec(`INSERT INTO memory_text (memory_text) VALUES ('integrity-check')`);
  const row = database.prepare(`SELECT v FROM memory_text_config WHERE k = 'hashsize'`).pluck().get();
  database.close();
  return row;
}

test('a large transaction gathers more words; the index is whole, and others read and write it meanwhile and after', async () => {
  const path = `${scratch()}/memport.db`;
  await using store = await openStore({ path });
  await using other = await openStore({ path });
  await fill(store, 0, 1500);
  expect(gathered(path)).toBeUndefined();
  await fill(store, 2000, 2500, { rollback: true });
  expect(gathered(path)).toBeUndefined();
  await fill(store, 2000, 2500);
  expect(gathered(path)).toBe(4 * 1024 * 1024);
  await fill(other, 5000, 2500);
  await fill(store, 8000, 500);
  for (const n of [0, 1499, 2000, 4499, 5000, 7499, 8000]) {
    const hits = await other.searchText(`n${n}`, EVERYTHING, 5);
    expect(hits.map(({ id }) => id)).toEqual([idOf(n)]);
  }
  expect(gathered(path)).toBe(4 * 1024 * 1024);
});

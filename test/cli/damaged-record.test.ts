import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { memport, ok, scratch } from '../support/cli.ts';
import { fillHome } from '../support/stores.ts';

/** Cuts off the record line of one memory inside the store's file. */
async function damagedHome(): Promise<{ home: string; id: string }> {
  const home = scratch();
  const [id = ''] = await fillHome(home);
  using db = disposable(new Database(join(home, 'memport.db')));
  const { changes } = db.it
    .prepare('UPDATE memories SET record = substr(record, 1, 40) WHERE id = ?')
    .run(id);
  if (changes !== 1) throw new Error('no record was damaged');
  return { home, id };
}

function disposable(it: Database.Database): Disposable & { readonly it: Database.Database } {
  return { it, [Symbol.dispose]: () => void it.close() };
}

test.each([
  ['show', (id: string) => ['show', id]],
  ['update', (id: string) => ['update', id, '--importance', '1']],
  ['list', () => ['list']],
  ['search', () => ['search', 'prices', 'cents']],
  ['search for nothing', () => ['search', '']],
])('a stored record that can not be read is damage, never absence: %s', async (_, args) => {
  const { home, id } = await damagedHome();
  expect(await memport(args(id), { home })).toMatchObject({
    code: 20,
    stdout: '',
    stderr: expect.stringContaining(`the stored record ${id} can't be read`),
  });
});

test.each(['a.tar.gz', 'a.json'])('nothing is exported of a damaged store: %s', async name => {
  const { home } = await damagedHome();
  expect((await memport(['export', name], { home })).code).toBe(20);
  expect(existsSync(join(home, name))).toBe(false);
});

test('a damaged record does not keep others from being read', async () => {
  const { home } = await damagedHome();
  expect(await ok(['list', '--project', 'greenhouse'], { home })).toContain('Vents open');
});

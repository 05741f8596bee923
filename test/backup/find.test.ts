import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import type { Place } from '../../src/backup/catalog.ts';
import { findBackup, namedBackup, pageOfBackups } from '../../src/backup/find.ts';
import { backUp, START, storeWith } from './support.ts';

/** Two folders with three and two backups, in turn a second apart. */
async function twoFolders() {
  const { store, folder } = await storeWith(2);
  await using _store = store;
  const other = join(folder, '..', 'other');
  mkdirSync(other);
  const paths: string[] = [];
  for (let n = 0; n < 5; n++)
    paths.push(await backUp(store, n % 2 === 0 ? folder : other, { nowMs: START + n * 1000 }));
  const folders = [folder, other].map(path => ({ folder: path, isOwn: false }));
  return { folders, newestFirst: paths.reverse() };
}

it.each([1, 2, 3, 5, 100])(
  'pages of %i give each backup of all folders once, the newest first',
  async limit => {
    const { folders, newestFirst } = await twoFolders();
    const found: string[] = [];
    let after: Place | null = null;
    for (;;) {
      const page = await pageOfBackups(folders, { after, limit });
      expect(page.backups.length).toBeLessThanOrEqual(limit);
      found.push(...page.backups.map(({ path }) => path));
      const last = page.backups.at(-1);
      if (!page.hasMore || last === undefined) break;
      after = { id: last.id, path: last.path };
    }
    expect(found).toEqual(newestFirst);
  },
);

it('a copy of a backup in the other folder has a place of its own', async () => {
  const { folders, newestFirst } = await twoFolders();
  const [path = ''] = newestFirst;
  const copy = join(String(folders[1]?.folder), basename(path));
  writeFileSync(copy, '');
  const first = await pageOfBackups(folders, { after: null, limit: 1 });
  const [one] = first.backups;
  const after = { id: String(one?.id), path: String(one?.path) };
  const second = await pageOfBackups(folders, { after, limit: 1 });
  expect([one?.path, second.backups[0]?.path].sort()).toEqual([path, copy].sort());
});

it('reads only the page', async () => {
  const { folders, newestFirst } = await twoFolders();
  const read = new Set<number>();
  const onProgress = ({ done }: { readonly done: number }): void => void read.add(done);
  await pageOfBackups([folders[0] ?? { folder: '', isOwn: true }], { after: null, limit: 1 }, { onProgress });
  expect(newestFirst).toHaveLength(5);
  await expect(
    pageOfBackups([{ folder: '/nowhere', isOwn: false }], { after: null, limit: 1 }),
  ).rejects.toMatchObject({ code: 'not_found' });
});

it('a name is an id, a part of it, or latest', async () => {
  const { folders, newestFirst } = await twoFolders();
  const nobody = async (): Promise<void> => {};
  const latest = await namedBackup(folders, 'latest', nobody);
  expect(latest.path).toBe(newestFirst[0]);
  for (const called of [latest.id, latest.id.toLowerCase(), latest.id.slice(-4)])
    expect((await namedBackup(folders, called, nobody)).path).toBe(latest.path);
  await expect(findBackup(folders, '2026')).rejects.toMatchObject({ code: 'usage' });
  await expect(findBackup(folders, '202')).rejects.toMatchObject({ code: 'not_found' });
});

it('latest tells what it passes over', async () => {
  const { folders, newestFirst } = await twoFolders();
  const [newest = '', next = ''] = newestFirst;
  renameSync(newest, `${newest}.away`);
  const told: string[] = [];
  const found = await namedBackup(folders, 'latest', async ({ path }) => void told.push(path));
  expect([told, found.path]).toEqual([[newest], next]);
});

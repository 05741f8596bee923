import { chmodSync, existsSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, syncFolder } from '../src/folder.ts';
import { scratch } from './support/cli.ts';

test('a folder is made with those above it, for its owner only; one that is there stays as it is', async () => {
  const [path, above] = [join(scratch(), 'a'), 'b/c'];
  expect(await makeFolder(join(path, above))).toBe(true);
  for (const made of [path, join(path, 'b'), join(path, above)])
    expect(statSync(made).mode & 0o777).toBe(0o700);
  chmodSync(path, 0o750);
  expect(await makeFolder(path)).toBe(false);
  expect(statSync(path).mode & 0o777).toBe(0o750);
});

test('what stands in the way is said, and left', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'file'), '');
  symlinkSync('nothing', join(folder, 'link'));
  for (const path of ['file', 'file/a', 'link', 'link/a/b'])
    await expect(makeFolder(join(folder, path))).rejects.toThrow();
  expect(existsSync(join(folder, 'nothing'))).toBe(false);
});

test('a folder that is not there can not be synced', async () => {
  await syncFolder(scratch());
  await expect(syncFolder(join(scratch(), 'missing'))).rejects.toMatchObject({ code: 'ENOENT' });
});

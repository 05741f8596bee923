import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { takeSafetyBackup } from '../../src/backup/safety.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import { put } from '../contract/place.ts';
import { scratch } from '../support/cli.ts';
import { aMemory } from '../support/records.ts';

async function ready() {
  const folder = scratch();
  const store = await openStore({ path: join(folder, 'memport.db') });
  await put(store, memoryEntry(aMemory(), null));
  const options = { folder: join(folder, 'backups'), nowMs: 0, generator: 'memport test', config: {} };
  return { folder, store, options };
}

it('never takes the name of another file', async () => {
  const { store, options } = await ready();
  await using _store = store;
  const first = await takeSafetyBackup(store, { ...options, random: size => new Uint8Array(size) });
  const before = readFileSync(first);
  let asked = 0;
  const random = (size: number) => new Uint8Array(size).fill(asked++ < 2 ? 0 : 1);
  const second = await takeSafetyBackup(store, { ...options, random });
  expect(second).not.toBe(first);
  expect(readFileSync(first)).toEqual(before);
  expect(readdirSync(options.folder).sort()).toEqual(
    [first, second].flatMap(path => [basename(path), `${basename(path)}.json`]).sort(),
  );
});

it('closes a folder that others could look into', async () => {
  const { store, options } = await ready();
  await using _store = store;
  mkdirSync(options.folder);
  chmodSync(options.folder, 0o777);
  await takeSafetyBackup(store, options);
  expect(statSync(options.folder).mode & 0o777).toBe(0o700);
});

it('says that nothing was done when it fails', async () => {
  const { folder, store, options } = await ready();
  await using _store = store;
  const file = join(folder, 'file');
  writeFileSync(file, '');
  await expect(takeSafetyBackup(store, { ...options, folder: file })).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('nothing was done'),
  });
  symlinkSync(join(folder, 'gone'), join(folder, 'dangling'));
  const dangling = takeSafetyBackup(store, { ...options, folder: join(folder, 'dangling') });
  await expect(dangling).rejects.toMatchObject({ code: 'failed', hint: expect.stringMatching(/write/) });
  const signal = AbortSignal.abort();
  await expect(takeSafetyBackup(store, options, { signal })).rejects.toMatchObject({ code: 'interrupted' });
  await store.close();
  await expect(takeSafetyBackup(store, options)).rejects.toThrow(/safety backup.*closed/);
  expect(readdirSync(options.folder)).toEqual([]);
});

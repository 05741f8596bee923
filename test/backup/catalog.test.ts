import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listBackups } from '../../src/backup/catalog.ts';
import { findBackup, latestBackup, listAll } from '../../src/backup/find.ts';
import { readSidecar } from '../../src/backup/sidecar.ts';
import { flipped, numbers } from '../formats/recovery.ts';
import { scratch } from '../support/cli.ts';
import { backUp, DAY_MS, START, storeWith } from './support.ts';

/** Three backups, a day apart, oldest first. */
async function three() {
  const { store, folder } = await storeWith(2);
  await using _store = store;
  const paths = [];
  for (const day of [0, 1, 2]) paths.push(await backUp(store, folder, { nowMs: START + day * DAY_MS }));
  const [oldest = '', middle = '', newest = ''] = paths;
  return { folder, oldest, middle, newest };
}

const flipFile = (path: string, bit: number): void => writeFileSync(path, flipped(readFileSync(path), bit));
const states = async (folder: string): Promise<readonly unknown[]> =>
  (await listBackups(folder)).map(({ state, problem }) => [state, problem]);

describe('the list of backups', () => {
  it('has those that there are, newest first, and no other file', async () => {
    const { folder, oldest, middle, newest } = await three();
    writeFileSync(join(folder, 'notes.txt'), 'x');
    writeFileSync(join(folder, 'backup_20250101.tar.gz'), 'x');
    writeFileSync(join(folder, '.memport-00000000-0000-0000-0000-000000000000.tmp'), 'x');
    mkdirSync(join(folder, 'memport-laptop-20260601T120000Z-aaaa-manual.tar.gz'));
    expect((await listBackups(folder)).map(({ path }) => path)).toEqual([newest, middle, oldest]);
    expect(await states(folder)).toEqual(Array(3).fill(['verified', null]));
  });

  it('says what is missing, changed, cut off, or without its sidecar', async () => {
    const { folder, oldest, middle, newest } = await three();
    rmSync(oldest);
    flipFile(middle, 12_345);
    rmSync(`${newest}.json`);
    expect(await states(folder)).toEqual([
      ['no_sidecar', 'its sidecar is missing'],
      ['damaged', 'it is not what was written: its checksum differs'],
      ['damaged', 'the file is missing'],
    ]);
    writeFileSync(middle, readFileSync(middle).subarray(1));
    expect(await states(folder)).toContainEqual([
      'damaged',
      expect.stringMatching(/^it has \d+ bytes in place/),
    ]);
  });

  it('does not believe a sidecar of another file', async () => {
    const { folder, middle, newest } = await three();
    copyFileSync(`${newest}.json`, `${middle}.json`);
    expect(await states(folder)).toContainEqual(['no_sidecar', 'its sidecar is damaged']);
  });

  it('finds every flipped bit of a sidecar', async () => {
    const { folder, newest } = await three();
    const path = `${newest}.json`;
    const bytes = readFileSync(path);
    const sidecar = await readSidecar(newest);
    for (const bit of numbers(5, bytes.length * 8, 300)) {
      writeFileSync(path, flipped(bytes, bit));
      const found = await readSidecar(newest);
      // White space between the members says nothing.
      if (found !== 'damaged') expect(found).toEqual(sidecar);
    }
    for (const odd of ['', '[]', '{}', 'x'.repeat(100_000), '{"checksum":"sha256:0"}']) {
      writeFileSync(path, odd);
      expect(await readSidecar(newest)).toBe('damaged');
    }
    rmSync(path);
    expect(await readSidecar(newest)).toBeNull();
    mkdirSync(path);
    expect(await readSidecar(newest)).toBe('damaged');
    expect(await listBackups(folder)).toHaveLength(3);
  });

  it('is empty where there is no folder, unless it must be there', async () => {
    const folder = join(scratch(), 'missing');
    expect(await listBackups(folder)).toEqual([]);
    await expect(listBackups(folder, { mustExist: true })).rejects.toMatchObject({ code: 'not_found' });
    writeFileSync(folder, '');
    await expect(listBackups(folder)).rejects.toMatchObject({ code: 'failed', message: /no folder/ });
  });
});

describe('a backup', () => {
  const own = (folder: string) => [{ folder, isOwn: true }];

  it('is found by its id, its beginning or its letters', async () => {
    const { folder, oldest, newest } = await three();
    const [backup] = await listBackups(folder);
    const id = backup?.id ?? '';
    for (const called of [id, id.toLowerCase(), '20260603', id.slice(-4)])
      expect((await findBackup(own(folder), called)).path).toBe(newest);
    for (const called of ['202', '20270101', 'zzzz', ''])
      await expect(findBackup(own(folder), called)).rejects.toMatchObject({ code: 'not_found' });
    await expect(findBackup(own(folder), '2026')).rejects.toMatchObject({
      code: 'usage',
      message: /3 backups/,
    });
    expect((await findBackup(own(folder), '20260601')).path).toBe(oldest);
  });

  it('that is the latest is whole; newer ones that are not are told', async () => {
    const { folder, oldest, middle, newest } = await three();
    const passed: string[] = [];
    const latest = async (): Promise<string> => {
      passed.length = 0;
      const tell = async ({ path }: { readonly path: string }): Promise<void> => void passed.push(path);
      return (await latestBackup(own(folder), tell)).path;
    };
    expect([await latest(), passed]).toEqual([newest, []]);
    flipFile(newest, 4000);
    rmSync(`${middle}.json`);
    expect([await latest(), passed]).toEqual([oldest, [newest, middle]]);
    rmSync(oldest);
    expect([await latest(), passed]).toEqual([middle, [newest]]);
    rmSync(middle);
    await expect(latest()).rejects.toMatchObject({ code: 'not_found', hint: /--recover/ });
    const empty = own(join(folder, 'empty'));
    await expect(latestBackup(empty, async () => {})).rejects.toMatchObject({ hint: /create/ });
  });

  it('is looked for in several folders', async () => {
    const { folder, newest } = await three();
    const other = join(scratch(), 'other');
    mkdirSync(other);
    const moved = join(other, basename(newest));
    copyFileSync(newest, moved);
    rmSync(newest);
    rmSync(`${newest}.json`);
    const all = await listAll([
      { folder, isOwn: false },
      { folder: other, isOwn: false },
    ]);
    expect(all.map(({ path }) => path)[0]).toBe(moved);
    expect(all).toHaveLength(3);
  });
});

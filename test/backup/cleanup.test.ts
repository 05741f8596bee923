import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { type CleanupRequest, cleanUp, LOCK_FILE } from '../../src/backup/cleanup.ts';
import { readSidecar, writeSidecar } from '../../src/backup/sidecar.ts';
import { generateIdentity } from '../../src/formats/age/identity.ts';
import { takeFileLock } from '../../src/store/file-lock.ts';
import { backUp, DAY_MS, START, storeWith } from './support.ts';

const request = (folder: string, parts: Partial<CleanupRequest> = {}): CleanupRequest => ({
  destination: { folder, isOwn: false },
  rules: { last: 7, daily: 0, weekly: 0, monthly: 0, safety: 3 },
  dryRun: false,
  nowMs: START + 100 * DAY_MS,
  timeZone: 'UTC',
  lockTimeoutMs: 0,
  host: 'laptop',
  ...parts,
});

it('of 30 backups leaves seven, and all that it must not touch', async () => {
  const { store, folder } = await storeWith(2);
  await using _store = store;
  const lock = { recipients: [(await generateIdentity('x25519')).recipient] };
  const paths: string[] = [];
  const make = async (day: number, parts: Parameters<typeof backUp>[2] = {}): Promise<string> => {
    const path = await backUp(store, folder, { nowMs: START + day * DAY_MS, ...parts });
    paths.push(path);
    return path;
  };
  for (let day = 0; day < 12; day++) await make(day, day % 3 === 0 ? { lock } : {});
  const damaged = [await make(20), await make(21)];
  for (const path of damaged) writeFileSync(path, Buffer.alloc(statSync(path).size));
  const unverified = await make(22);
  const sidecar = await readSidecar(unverified);
  if (sidecar === null || sidecar === 'damaged') throw new Error('no sidecar');
  await writeSidecar(unverified, { ...sidecar, verified_at: null }, 'replace');
  const bare = await make(23);
  rmSync(`${bare}.json`);
  const others = [await make(24, { host: 'server' }), await make(25, { host: 'server' })];
  const safety: string[] = [];
  for (let day = 30; day < 35; day++) safety.push(await make(day, { trigger: 'safety' }));
  for (let day = 40; day < 47; day++) await make(day, { trigger: 'auto' });
  const foreign = ['backup_20260101.tar.gz', 'memport-mine.tar.gz', 'photo.jpg'];
  for (const name of foreign) writeFileSync(join(folder, name), name);
  expect(paths).toHaveLength(30);

  const dry = await cleanUp(request(folder, { dryRun: true }));
  expect(paths.every(path => existsSync(path))).toBe(true);
  expect(existsSync(join(folder, LOCK_FILE))).toBe(false);
  const verdicts = await cleanUp(request(folder));
  expect(verdicts).toEqual(dry);
  const left = paths.filter(path => existsSync(path));
  const expected = [...damaged, unverified, bare, ...others, ...safety.slice(2), ...paths.slice(-7)];
  expect(left).toEqual(expected);
  expect(new Set(verdicts.filter(({ keep }) => keep).map(({ entry }) => entry.backup.path))).toEqual(
    new Set(left),
  );
  const sidecars = left.filter(path => path !== bare).map(path => `${basename(path)}.json`);
  expect(readdirSync(folder).sort()).toEqual(
    [...left.map(path => basename(path)), ...sidecars, ...foreign, LOCK_FILE].sort(),
  );
  for (const name of foreign) expect(readFileSync(join(folder, name), 'utf8')).toBe(name);
  // Nothing more goes by itself, and the newest good one never.
  await cleanUp(request(folder));
  expect(paths.filter(path => existsSync(path))).toEqual(left);
  await cleanUp(request(folder, { rules: { last: 1, daily: 0, weekly: 0, monthly: 0, safety: 0 } }));
  expect(existsSync(paths.at(-1) ?? '')).toBe(true);
});

it('waits for who cleans up already, and does not take the lock away', async () => {
  const { store, folder } = await storeWith(2);
  await using _store = store;
  for (const day of [0, 1]) await backUp(store, folder, { nowMs: START + day * DAY_MS });
  const rules = { last: 1, daily: 0, weekly: 0, monthly: 0, safety: 3 };
  const held = await takeFileLock(join(folder, LOCK_FILE), { timeoutMs: 0, what: 'test' });
  await expect(cleanUp(request(folder, { rules }))).rejects.toMatchObject({ code: 'locked' });
  expect(await cleanUp(request(folder, { rules, dryRun: true }))).toHaveLength(2);
  const waiting = cleanUp(request(folder, { rules, lockTimeoutMs: 60_000 }));
  await held[Symbol.asyncDispose]();
  expect((await waiting).filter(({ keep }) => !keep)).toHaveLength(1);
});

it('says where there is nothing to clean up', async () => {
  const { store, folder } = await storeWith(1);
  await using _store = store;
  const missing = cleanUp(request(join(folder, 'missing'), { dryRun: true }));
  await expect(missing).rejects.toMatchObject({ code: 'not_found' });
  await expect(cleanUp(request(join(folder, 'missing')))).rejects.toMatchObject({ code: 'not_found' });
  const own = { destination: { folder: join(folder, 'own'), isOwn: true } };
  expect(await cleanUp(request('', { ...own, dryRun: true }))).toEqual([]);
  expect(existsSync(own.destination.folder)).toBe(false);
  expect(await cleanUp(request('', own))).toEqual([]);
  await backUp(store, folder);
  const signal = AbortSignal.abort();
  await expect(cleanUp(request(folder), { signal })).rejects.toThrow();
});

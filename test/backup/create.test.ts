import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listBackups } from '../../src/backup/catalog.ts';
import { createBackup } from '../../src/backup/create.ts';
import { backupName } from '../../src/backup/name.ts';
import { runBackup } from '../../src/backup/run.ts';
import { generateIdentity } from '../../src/formats/age/identity.ts';
import { storeDigest } from '../../src/transfer/store-digest.ts';
import { add, backUp, DAY_MS, requestFor, START, storeWith } from './support.ts';

describe('a backup', () => {
  it('is a file that was proven, with a sidecar that says what it is', async () => {
    const { store, folder } = await storeWith(3);
    await using _store = store;
    const { outcome, backup, shrunken } = await createBackup(store, requestFor(folder));
    expect([outcome, shrunken]).toEqual(['created', null]);
    expect(basename(backup.path)).toMatch(/^memport-laptop-20260601T120000Z-[a-z2-7]{4}-manual\.tar\.gz$/);
    expect(statSync(backup.path).mode & 0o777).toBe(0o600);
    const bytes = readFileSync(backup.path);
    const sidecar = JSON.parse(readFileSync(`${backup.path}.json`, 'utf8'));
    expect(sidecar).toEqual({
      sidecar_version: '1.0.0',
      id: backup.id,
      created: '2026-06-01T12:00:00.000Z',
      host: 'laptop',
      trigger: 'manual',
      format: 'archive',
      generator: 'memport test',
      schema_version: '3.0.0',
      memories: 3,
      code_units: 0,
      tombstones: 0,
      vectors: 3,
      bytes: bytes.length,
      sha256: `sha256:${hash('sha256', bytes)}`,
      content_digest: await storeDigest(store),
      encrypted: false,
      verified_at: '2026-06-01T12:00:00.000Z',
      shrunken: false,
      checksum: expect.stringMatching(/^sha256:/),
    });
    expect(await listBackups(folder)).toEqual([backup]);
  });

  it('of JSON has the digest of the store, too; an encrypted one says so', async () => {
    const { store, folder } = await storeWith(3);
    await using _store = store;
    const { recipient } = await generateIdentity('x25519');
    await backUp(store, folder, { format: 'json' });
    const sealed = await backUp(store, folder, { lock: { recipients: [recipient] }, nowMs: START + 1000 });
    expect(readFileSync(sealed, 'latin1')).toMatch(/^age-encryption\.org\/v1\n/);
    const digest = await storeDigest(store);
    expect((await listBackups(folder)).map(({ path, ...rest }) => rest)).toMatchObject([
      {
        format: 'archive',
        encrypted: true,
        state: 'verified',
        sidecar: { content_digest: digest, encrypted: true },
      },
      {
        format: 'json',
        encrypted: false,
        state: 'verified',
        sidecar: { content_digest: digest, encrypted: false },
      },
    ]);
  });

  it('whose sidecar can not be written is none', async () => {
    const { store, folder } = await storeWith(1);
    await using _store = store;
    const random = (size: number) => new Uint8Array(size);
    const name = backupName({ host: 'laptop', nowMs: START, trigger: 'manual', random });
    mkdirSync(join(folder, `${name}.json`));
    await expect(createBackup(store, requestFor(folder, { random }))).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([`${name}.json`]);
  });

  it('of the same second is another file, whatever chance says', async () => {
    const { store, folder } = await storeWith(1);
    await using _store = store;
    let asked = 0;
    const random = (size: number) => new Uint8Array(size).fill(asked++ < 2 ? 0 : 1);
    const one = await backUp(store, folder, { random });
    const before = readFileSync(one);
    const two = await backUp(store, folder, { random });
    expect(two).not.toBe(one);
    expect(readFileSync(one)).toEqual(before);
    const stuck = createBackup(store, requestFor(folder, { random: size => new Uint8Array(size) }));
    await expect(stuck).rejects.toMatchObject({ code: 'usage' });
    expect(readdirSync(folder)).toHaveLength(4);
  });
});

describe('the destination', () => {
  it('is made where it is the own one, and must be there where it is another', async () => {
    const { store, folder } = await storeWith(1);
    await using _store = store;
    rmSync(folder, { recursive: true });
    const missing = createBackup(store, requestFor(folder));
    await expect(missing).rejects.toMatchObject({ code: 'not_found', hint: /mkdir/ });
    const own = { destination: { folder, isOwn: true } };
    await backUp(store, folder, own);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    const inFile = createBackup(store, requestFor(file));
    await expect(inFile).rejects.toMatchObject({ code: 'failed', message: /not a folder/ });
    const below = { destination: { folder: join(file, 'below'), isOwn: false } };
    await expect(createBackup(store, requestFor('', below))).rejects.toMatchObject({ code: 'failed' });
    const ownFile = { destination: { folder: join(file, 'below'), isOwn: true } };
    await expect(createBackup(store, requestFor('', ownFile))).rejects.toThrow();
  });

  it('that goes away while the backup is made fails it, and nothing is half there', async () => {
    const { store, folder } = await storeWith(200);
    await using _store = store;
    let isGone = false;
    const onProgress = ({ phase }: { readonly phase: string }): void => {
      if (isGone || phase !== 'verifying') return;
      rmSync(folder, { recursive: true });
      isGone = true;
    };
    const making = createBackup(store, requestFor(folder), { onProgress });
    await expect(making).rejects.toMatchObject({ code: 'failed' });
    expect(isGone).toBe(true);
    mkdirSync(folder);
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('an automatic run', () => {
  const retention = {
    rules: { last: 2, daily: 0, weekly: 0, monthly: 0, safety: 3 },
    timeZone: 'UTC',
    lockTimeoutMs: 0,
    host: 'laptop',
  };

  it('makes no file of an unchanged store, and keeps the rules', async () => {
    const { store, folder } = await storeWith(1);
    await using _store = store;
    const outcomes: unknown[] = [];
    for (let day = 0; day < 8; day++) {
      if (day % 2 === 0) await add(store, 100 + day, 1);
      const run = await runBackup(store, requestFor(folder, { nowMs: START + day * DAY_MS }), retention);
      outcomes.push(run.report.outcome);
      expect(run.retention).not.toBeNull();
    }
    expect(outcomes).toEqual(Array(4).fill(['created', 'unchanged']).flat());
    const left = await listBackups(folder);
    expect(left.map(({ trigger, createdMs }) => [trigger, (createdMs - START) / DAY_MS])).toEqual([
      ['auto', 6],
      ['auto', 4],
    ]);
  });

  it('makes one where the newest good one was damaged', async () => {
    const { store, folder } = await storeWith(1);
    await using _store = store;
    const path = await backUp(store, folder);
    writeFileSync(path, Buffer.alloc(statSync(path).size));
    const run = await runBackup(store, requestFor(folder, { nowMs: START + DAY_MS }), retention);
    expect(run.report.outcome).toBe('created');
  });

  it.each([
    ['became empty', 0, true],
    ['lost more than half', 4, true],
    ['lost half', 5, false],
  ])('of a store that %s', async (_, left, isShrunken) => {
    const { store, folder } = await storeWith(10);
    await using _store = store;
    for (let day = 0; day < 3; day++) await backUp(store, folder, { nowMs: START + day * DAY_MS });
    const ids = (await store.scan('memory', { after: null, limit: 10 })).slice(left).map(({ id }) => id);
    await store.transact(transaction => transaction.delete('memory', ids, 0n));
    const nowMs = START + 3 * DAY_MS;
    const run = await runBackup(store, requestFor(folder, { nowMs }), retention);
    expect(run.report.outcome).toBe('created');
    expect(run.report.shrunken).toEqual(
      isShrunken ? { before: 10, now: left, beforeId: expect.stringMatching(/^20260603T120000Z-/) } : null,
    );
    expect(run.retention === null).toBe(isShrunken);
    expect(await listBackups(folder)).toHaveLength(isShrunken ? 4 : 2);
    if (!isShrunken) return;
    // The next run cleans up again, and still leaves the last one from before.
    const next = await runBackup(store, requestFor(folder, { nowMs: nowMs + 1000 }), retention);
    expect(next.report).toMatchObject({ outcome: 'unchanged', shrunken: null });
    expect((await listBackups(folder)).map(({ sidecar }) => sidecar?.memories)).toEqual([left, 10]);
    for (const day of [5, 6]) {
      await add(store, 1000 + day, 1);
      await runBackup(store, requestFor(folder, { nowMs: START + day * DAY_MS }), retention);
    }
    expect((await listBackups(folder)).map(({ sidecar }) => sidecar?.memories)).toEqual([left + 2, left + 1]);
  });
});

it.each(['writing', 'verifying', 'reading'])(
  'a backup that is called off while %s leaves no file',
  async phase => {
    const { store, folder } = await storeWith(3);
    await using _store = store;
    const controller = new AbortController();
    const onProgress = (progress: { readonly phase: string }): void => {
      if (progress.phase === phase) controller.abort();
    };
    const made = createBackup(store, requestFor(folder), { signal: controller.signal, onProgress });
    await expect(made).rejects.toThrow();
    expect(readdirSync(folder)).toEqual([]);
  },
);

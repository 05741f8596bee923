import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { listBackups } from '../../src/backup/catalog.ts';
import { readSidecar, writeSidecar } from '../../src/backup/sidecar.ts';
import { type VerifyRequest, verifyFile } from '../../src/backup/verify.ts';
import { generateIdentity } from '../../src/formats/age/identity.ts';
import { NO_KEYS } from '../../src/formats/age/keys.ts';
import { storeDigest } from '../../src/transfer/store-digest.ts';
import { backUp, DAY_MS, START, storeWith } from './support.ts';

const request: VerifyRequest = { keys: NO_KEYS, restore: false, nowMs: START + DAY_MS };

describe('to verify a backup', () => {
  it('reads it in full and notes it', async () => {
    const { store, folder } = await storeWith(3);
    await using _store = store;
    const path = await backUp(store, folder);
    const digest = await storeDigest(store);
    expect(await verifyFile(path, request)).toMatchObject({
      path,
      result: 'verified',
      problem: null,
      contentDigest: digest,
      restored: false,
      notNoted: null,
    });
    expect(await readSidecar(path)).toMatchObject({ verified_at: '2026-06-02T12:00:00.000Z' });
    for (const format of ['archive', 'json'] as const) {
      const other = await backUp(store, folder, { format });
      const check = await verifyFile(other, { ...request, restore: true });
      expect(check).toMatchObject({ result: 'verified', restored: true, contentDigest: digest });
    }
  });

  it('finds it changed or missing, and what its sidecar does not say of it', async () => {
    const { store, folder } = await storeWith(3);
    await using _store = store;
    const path = await backUp(store, folder);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(0, -9));
    expect(await verifyFile(path, request)).toMatchObject({ result: 'damaged', problem: /bytes in place/ });
    writeFileSync(path, bytes);
    const sidecar = await readSidecar(path);
    if (sidecar === null || sidecar === 'damaged') throw new Error('no sidecar');
    await writeSidecar(path, { ...sidecar, memories: 4 }, 'replace');
    expect(await verifyFile(path, request)).toMatchObject({ result: 'damaged', problem: /its sidecar says/ });
    // It counts no more from here on.
    expect((await listBackups(folder))[0]?.state).toBe('unverified');
    await writeSidecar(path, { ...sidecar, verified_at: null }, 'replace');
    expect(await verifyFile(path, request)).toMatchObject({ result: 'verified' });
    expect((await listBackups(folder))[0]?.state).toBe('verified');
    rmSync(path);
    expect(await verifyFile(path, request)).toMatchObject({ result: 'damaged', problem: /missing/ });
  });

  it('gives a whole one that has no sidecar one', async () => {
    const { store, folder } = await storeWith(3);
    await using _store = store;
    const path = await backUp(store, folder);
    const before = await readSidecar(path);
    rmSync(`${path}.json`);
    expect(await verifyFile(path, request)).toMatchObject({ result: 'verified' });
    expect(await readSidecar(path)).toEqual({
      ...(typeof before === 'object' ? before : {}),
      verified_at: '2026-06-02T12:00:00.000Z',
    });
    rmSync(`${path}.json`);
    writeFileSync(path, 'nothing');
    expect(await verifyFile(path, request)).toMatchObject({ result: 'damaged', notNoted: null });
    expect(await readSidecar(path)).toBeNull();
  });

  it('of an encrypted one takes its key', async () => {
    const { store, folder } = await storeWith(3);
    await using _store = store;
    const { recipient, identity } = await generateIdentity('x25519');
    const path = await backUp(store, folder, { lock: { recipients: [recipient] } });
    expect(await verifyFile(path, request)).toMatchObject({ result: 'locked', problem: /encrypted/ });
    const keys = { ...NO_KEYS, identities: async () => [identity] };
    const check = await verifyFile(path, { ...request, keys, restore: true });
    expect(check).toMatchObject({ result: 'verified', restored: true });
  });

  it('works for any file that can be imported, and throws what does not speak of the file', async () => {
    const { store, folder } = await storeWith(3);
    await using _store = store;
    const path = join(folder, 'mine.tar.gz');
    renameSync(await backUp(store, folder), path);
    expect(await verifyFile(path, request)).toMatchObject({ id: 'mine.tar.gz', result: 'verified' });
    writeFileSync(path, '{"version":"9.0.0","schema_version":"9.0.0","generator":"memport 9","memories":[]}');
    await expect(verifyFile(path, request)).rejects.toMatchObject({ code: 'newer_version' });
    writeFileSync(path, 'nothing');
    expect(await verifyFile(path, request)).toMatchObject({ result: 'damaged' });
    const json = join(folder, 'mine.json');
    renameSync(await backUp(store, folder, { format: 'json' }), json);
    const restore = { ...request, restore: true };
    const digest = await storeDigest(store);
    expect(await verifyFile(json, restore)).toMatchObject({ result: 'verified', contentDigest: digest });
    writeFileSync(json, readFileSync(json, 'utf8').replace('"category":"', '"category":7,"was":"'));
    expect(await verifyFile(json, restore)).toMatchObject({
      result: 'damaged',
      problem: /can not be stored/,
    });
    rmSync(path);
    await expect(verifyFile(path, request)).rejects.toMatchObject({ code: 'not_found' });
    const signal = AbortSignal.abort();
    const other = await backUp(store, folder);
    await expect(verifyFile(other, request, { signal })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('calls one whole of which it can note nothing', async () => {
    const { store, folder } = await storeWith(3);
    await using _store = store;
    const path = await backUp(store, folder);
    rmSync(`${path}.json`);
    mkdirSync(`${path}.json`);
    expect(await verifyFile(path, request)).toMatchObject({ result: 'verified', notNoted: /a folder/ });
  });
});

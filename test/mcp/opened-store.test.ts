import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { OpenedStore } from '../../src/mcp/opened-store.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { scratch } from '../support/cli.ts';

function opened(path: string): { store: OpenedStore; modes: string[] } {
  const modes: string[] = [];
  const open = (mode: 'create' | 'existing'): Promise<Store> => {
    modes.push(mode);
    return openStore({ path, create: mode === 'create' });
  };
  return { store: new OpenedStore(path, open), modes };
}

const locationOf = async (store: Store): Promise<string> => store.location;

describe('the store of a server', () => {
  test('is opened once, for all who need it at once, and closed at the end', async () => {
    const { store, modes } = opened(join(scratch(), 'memport.db'));
    const [seen] = await Promise.all(Array.from({ length: 5 }, () => store.use('create', async it => it)));
    expect(modes).toEqual(['create']);
    await store[Symbol.asyncDispose]();
    await expect(seen?.counts()).rejects.toThrow(/closed/);
    await store[Symbol.asyncDispose]();
  });

  test('that is missing is not found by who reads, and made by who writes, also both at once', async () => {
    const { store } = opened(join(scratch(), 'memport.db'));
    const [read, written] = await Promise.allSettled([
      store.use('existing', locationOf),
      store.use('create', locationOf),
    ]);
    expect(read).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
    expect(written.status).toBe('fulfilled');
    await expect(store.use('existing', locationOf)).resolves.toMatch(/memport\.db$/);
    await store[Symbol.asyncDispose]();
  });

  test('that has been replaced is opened anew, and the old one closed when nobody uses it', async () => {
    const folder = scratch();
    mkdirSync(join(folder, 'away'));
    const { store, modes } = opened(join(folder, 'memport.db'));
    const held = Promise.withResolvers<void>();
    let old: Store | null = null;
    const user = store.use('create', async it => {
      old = it;
      await held.promise;
      return (await it.counts()).memories;
    });
    await store.use('existing', async () => {});
    for (const end of ['', '-wal', '-shm'])
      renameSync(join(folder, `memport.db${end}`), join(folder, `away/memport.db${end}`));
    const both = await Promise.all([0, 1].map(() => store.use('create', async it => it)));
    expect(both[0]).toBe(both[1]);
    expect(both[0]).not.toBe(old);
    expect(modes).toEqual(['create', 'create']);
    held.resolve();
    expect(await user).toBe(0);
    await expect((old as Store | null)?.counts()).rejects.toThrow(/closed/);
    await store[Symbol.asyncDispose]();
  });
});

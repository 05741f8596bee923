import { createHash } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { memoryEntry } from '../../../src/model/record.ts';
import { openSqliteStore, openStore, type SqliteOptions } from '../../../src/store/open.ts';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { SCHEMA_VERSION } from '../../../src/store/sqlite/migrations/index.ts';
import { ids, put } from '../../contract/place.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { scratchFolder } from './scratch.ts';

async function mode(path: string): Promise<number> {
  return (await stat(path)).mode & 0o777;
}

/** Every file of a folder with a hash of its bytes. */
async function contents(folder: string): Promise<readonly (readonly [string, string])[]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async name => {
      const bytes = await readFile(join(folder, name));
      return [name, createHash('sha256').update(bytes).digest('hex')] as const;
    }),
  );
}

/** The file of a store that has been closed. */
async function closedStore(): Promise<string> {
  const path = join(await scratchFolder(), 'memport.db');
  await using store = await openSqliteStore({ path });
  await put(store, memoryEntry(aMemory(), null));
  return path;
}

/** Opening fails with the code and changes no file. */
async function expectRefusal(
  path: string,
  code: string,
  options: Partial<SqliteOptions> = {},
): Promise<void> {
  const before = await contents(join(path, '..'));
  const error = await openSqliteStore({ path, ...options }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ name: 'MemportError', code, message: expect.stringContaining(path) });
  expect(await contents(join(path, '..'))).toEqual(before);
}

describe('making a store', () => {
  it('makes folders and files that only their owner can use', async () => {
    const folder = await scratchFolder();
    const path = join(folder, 'a', 'b', 'memport.db');
    await using store = await openStore({ path });
    await put(store, memoryEntry(aMemory(), null));
    expect(await mode(join(folder, 'a'))).toBe(0o700);
    expect(await mode(join(folder, 'a', 'b'))).toBe(0o700);
    const files = (await readdir(join(folder, 'a', 'b'))).sort();
    expect(files).toEqual(['memport.db', 'memport.db-shm', 'memport.db-wal']);
    for (const file of files) expect(await mode(join(folder, 'a', 'b', file))).toBe(0o600);
    await store.close();
    expect(await readdir(join(folder, 'a', 'b'))).toEqual(['memport.db']);
  });

  it('sets page size, journal, schema version and application id', async () => {
    const path = await closedStore();
    const database = new Database(path);
    const setting = (name: string) => database.pragma(name, { simple: true });
    expect(setting('page_size')).toBe(8192);
    expect(setting('journal_mode')).toBe('wal');
    expect(setting('user_version')).toBe(SCHEMA_VERSION);
    expect(setting('application_id')).toBe(0x6d707274);
    expect(setting('integrity_check')).toBe('ok');
    database.close();
  });

  it('waits for stable storage at each commit', async () => {
    const execute = vi.spyOn(Connection.prototype, 'execute');
    onTestFinished(() => execute.mockRestore());
    await using store = await openSqliteStore({ path: join(await scratchFolder(), 'memport.db') });
    await put(store, memoryEntry(aMemory(), null));
    const { calls, contexts } = execute.mock;
    const writer = contexts[calls.findIndex(([sql]) => sql === 'BEGIN IMMEDIATE')];
    if (!(writer instanceof Connection)) throw new TypeError('no transaction');
    const FULL = 2;
    expect(writer.integer('PRAGMA synchronous')).toBe(FULL);
  });

  it('goes on where another process died after making the file', async () => {
    const path = join(await scratchFolder(), 'memport.db');
    await writeFile(path, '');
    await expectRefusal(path, 'not_found', { readonly: true });
    await using store = await openSqliteStore({ path, create: false });
    expect(await ids(store)).toEqual([]);
  });

  it('goes on where another process died before the schema was there', async () => {
    const path = join(await scratchFolder(), 'memport.db');
    const database = new Database(path);
    database.pragma(`application_id = ${0x6d707274}`);
    database.pragma('journal_mode = WAL');
    database.close();
    await expect(openSqliteStore({ path, readonly: true })).rejects.toMatchObject({ code: 'failed' });
    await using store = await openSqliteStore({ path });
    await put(store, memoryEntry(aMemory(), null));
    expect(await ids(store)).toEqual([idOf(1)]);
  });

  it('lets several make the same store at once', async () => {
    const path = join(await scratchFolder(), 'memport.db');
    const stores = await Promise.all([1, 2, 3, 4].map(() => openSqliteStore({ path })));
    await Promise.all(stores.map((store, n) => put(store, memoryEntry(aMemory({ id: idOf(n) }), null))));
    for (const store of stores) {
      expect(await ids(store)).toHaveLength(4);
      await store.close();
    }
  });

  it('does not make one where none may be made', async () => {
    const path = join(await scratchFolder(), 'sub', 'memport.db');
    for (const options of [{ create: false }, { readonly: true }, { readonly: true, create: true }]) {
      const error = await openSqliteStore({ path, ...options }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'not_found', message: expect.stringContaining(path) });
    }
    await expect(stat(join(path, '..'))).rejects.toThrow('ENOENT');
  });

  it('says what is wrong with the place', async () => {
    const folder = await scratchFolder();
    await writeFile(join(folder, 'file'), 'x');
    await expect(openSqliteStore({ path: join(folder, 'file', 'memport.db') })).rejects.toMatchObject({
      code: 'failed',
    });
    await expect(openSqliteStore({ path: folder })).rejects.toThrow('is not a file');
    for (const path of ['', 'a\0b', 'memport.db ']) {
      await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('takes names that SQLite has a meaning for as names of files', async () => {
    const folder = await scratchFolder();
    for (const name of [':memory:', 'file:x?mode=memory', '%41#?']) {
      await (await openSqliteStore({ path: join(folder, name) })).close();
    }
    expect(await readdir(folder)).toHaveLength(3);
  });

  it('works through a link', async () => {
    const path = await closedStore();
    await symlink(path, join(path, '..', 'link.db'));
    await using store = await openSqliteStore({ path: join(path, '..', 'link.db') });
    expect(await ids(store)).toEqual([idOf(1)]);
  });
});

describe('files that are not for us', () => {
  it('refuses a newer schema and leaves the file alone', async () => {
    const path = await closedStore();
    const database = new Database(path);
    database.pragma('user_version = 99');
    database.close();
    await expectRefusal(path, 'newer_version');
    await expectRefusal(path, 'newer_version', { readonly: true });
  });

  it('refuses a newer schema that stands in the write-ahead log only', async () => {
    const path = await closedStore();
    const database = new Database(path);
    database.pragma('user_version = 99');
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'newer_version' });
    await expect(openSqliteStore({ path, readonly: true })).rejects.toMatchObject({ code: 'newer_version' });
    expect(database.pragma('user_version', { simple: true })).toBe(99);
    database.close();
  });

  it('refuses the database of the original system', async () => {
    const path = join(await scratchFolder(), 'memory.db');
    const database = new Database(path);
    database.exec(
      'CREATE TABLE memories (id TEXT PRIMARY KEY, content TEXT NOT NULL, category TEXT NOT NULL)',
    );
    database.close();
    await expectRefusal(path, 'unknown_format');
    await expectRefusal(path, 'unknown_format', { readonly: true, create: false });
  });

  it('refuses the database of another program', async () => {
    const path = join(await scratchFolder(), 'other.db');
    const database = new Database(path);
    database.exec('PRAGMA application_id = 7; CREATE TABLE memories (id TEXT)');
    database.close();
    await expectRefusal(path, 'unknown_format');
  });

  it.each([
    ['a text', Buffer.from('hello\n')],
    ['a short header', Buffer.from('SQLite format 3\0')],
    ['random bytes', createHash('sha512').update('random').digest()],
    ['a megabyte of zeros', Buffer.alloc(1_000_000)],
  ])('refuses %s as no database', async (_name, bytes) => {
    const path = join(await scratchFolder(), 'memport.db');
    await writeFile(path, bytes);
    await expectRefusal(path, 'integrity');
  });

  it('finds a file that is broken behind its header', async () => {
    const path = await closedStore();
    const bytes = await readFile(path);
    bytes.fill(0xff, 100, 8000);
    await writeFile(path, bytes);
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'integrity' });
  });
});

describe('reading only', () => {
  it('reads, takes snapshots, and refuses to write', async () => {
    const path = await closedStore();
    await using store = await openSqliteStore({ path, readonly: true });
    expect(await ids(store)).toEqual([idOf(1)]);
    await using snapshot = await store.snapshot();
    expect(await ids(snapshot)).toEqual([idOf(1)]);
    await expect(put(store, memoryEntry(aMemory(), null))).rejects.toMatchObject({ code: 'usage' });
  });

  it('sees what others write meanwhile', async () => {
    const path = await closedStore();
    await using reader = await openSqliteStore({ path, readonly: true });
    await using writer = await openSqliteStore({ path });
    await put(writer, memoryEntry(aMemory({ id: idOf(2) }), null));
    expect(await ids(reader)).toEqual([1, 2].map(idOf));
  });
});

describe('locks', () => {
  it('waits no longer than it is told for another connection that holds the whole file', async () => {
    const path = await closedStore();
    const database = new Database(path);
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; DELETE FROM tombstones');
    const error = await openSqliteStore({ path, busyTimeoutMs: 20 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'locked', hint: expect.stringContaining('Another process') });
    database.close();
    await using store = await openSqliteStore({ path, busyTimeoutMs: 20 });
    expect(await ids(store)).toEqual([idOf(1)]);
  });

  it('begins as soon as another connection lets go', async () => {
    const path = await closedStore();
    await using store = await openSqliteStore({ path });
    const database = new Database(path);
    database.exec('BEGIN IMMEDIATE');
    const writing = put(store, memoryEntry(aMemory({ id: idOf(2) }), null));
    database.exec('COMMIT');
    database.close();
    await writing;
    expect(await ids(store)).toEqual([1, 2].map(idOf));
  });

  it('keeps the folder that is there as it is', async () => {
    const folder = join(await scratchFolder(), 'shared');
    await mkdir(folder);
    await chmod(folder, 0o755);
    await using store = await openSqliteStore({ path: join(folder, 'memport.db') });
    expect(await ids(store)).toEqual([]);
    expect(await mode(folder)).toBe(0o755);
  });
});

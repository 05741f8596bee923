import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { runBinary } from '../support/binary.ts';
import { ok, scratch } from '../support/cli.ts';
import { folderOfFile } from '../support/folders.ts';
import { digestOf, fillHome } from '../support/stores.ts';

/** One store for all, since none of these may change it. */
async function storeBefore(): Promise<{ home: string; digest: string }> {
  const home = scratch();
  await ok(['add', 'Here before.'], { home });
  return { home, digest: await digestOf(home) };
}

async function refuses(file: string, code: number, message: RegExp, home?: string): Promise<void> {
  const before = home === undefined ? await storeBefore() : { home, digest: await digestOf(home) };
  const result = runBinary(['import', file], before.home);
  expect(result).toMatchObject({ code, stderr: expect.stringMatching(message) });
  expect(result.stdout.toString()).toBe('');
  expect(result.stderr).not.toMatch(/\n\s+at /);
  expect(await digestOf(before.home)).toBe(before.digest);
}

describe('what is no export', () => {
  test('no file', () => refuses('nothing.json', 10, /nothing\.json/));
  test('a folder', async () => {
    const folder = join(scratch(), 'folder.tar.gz');
    mkdirSync(folder);
    await refuses(folder, 2, /a folder/);
  });
  test.each([
    ['an empty file', Buffer.alloc(0)],
    ['an image', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
    ['a random megabyte', Buffer.from(Array.from({ length: 1 << 20 }, (_, i) => (i * 2_654_435_761) >>> 24))],
    ['an empty list', Buffer.from('[]')],
    ['other JSON', Buffer.from('{"name":"memport","version":"0.1.0"}')],
  ])('%s', async (_, bytes) => {
    const file = join(scratch(), 'x.json');
    writeFileSync(file, bytes);
    await refuses(file, 2, /claude-memory-server/);
  });
  test.each([
    ['an age file', Buffer.from('age-encryption.org/v1\n-> X25519 abc\n')],
    ['an armored age file', Buffer.from('-----BEGIN AGE ENCRYPTED FILE-----\n')],
  ])('%s that is cut off', async (_, bytes) => {
    const file = join(scratch(), 'x.age');
    writeFileSync(file, bytes);
    await refuses(file, 20, /damaged/);
  });
});

describe('[EDGE-04] [SEC-01] [UNIT-06] damage', () => {
  const home = folderOfFile();
  let archive: Buffer;
  beforeAll(async () => {
    await fillHome(home);
    await ok(['export', join(home, 'a.tar.gz')], { home });
    archive = readFileSync(join(home, 'a.tar.gz'));
  });
  const damaged = async (bytes: Buffer): Promise<void> => {
    const file = join(scratch(), 'a.tar.gz');
    writeFileSync(file, bytes);
    await refuses(file, 20, /memport: /);
  };
  test.each([0.2, 0.5, 0.9, 0.999])('cut at %f', part =>
    damaged(archive.subarray(0, Math.floor(archive.length * part))),
  );
  test.each([0.1, 0.3, 0.6, 0.95])('a bit flipped at %f', part => {
    const copy = Buffer.from(archive);
    const at = Math.floor(copy.length * part);
    copy[at] = (copy[at] ?? 0) ^ 0x10;
    return damaged(copy);
  });
  test('bytes after the end', () => damaged(Buffer.concat([archive, Buffer.from('x')])));
});

describe('[P1-09] [EDGE-01] versions', () => {
  const file = (top: object): string => {
    const path = join(scratch(), 'v.json');
    writeFileSync(
      path,
      JSON.stringify({
        version: '1.0.0',
        schema_version: '3.0.0',
        export_date: '2026-01-01',
        memory_count: 0,
        memories: [],
        ...top,
      }),
    );
    return path;
  };
  test('a newer major version of the file', () => refuses(file({ version: '2.0.0' }), 21, /2\.0\.0/));
  test('a newer major version of the schema', () =>
    refuses(file({ schema_version: '4.0.0' }), 21, /4\.0\.0/));
  test('a count that lies', () => refuses(file({ memory_count: 999 }), 20, /999/));

  test('a store of a newer schema is refused by every command, and left alone', async () => {
    const home = scratch();
    await ok(['add', 'x'], { home });
    const db = new Database(join(home, 'memport.db'));
    db.pragma('user_version = 99');
    db.pragma('wal_checkpoint(TRUNCATE)');
    db.close();
    const bytes = readFileSync(join(home, 'memport.db'));
    for (const args of [['add', 'y'], ['list'], ['status'], ['export', 'x.json'], ['import', file({})]]) {
      expect(runBinary(args, home)).toMatchObject({ code: 21, stderr: expect.stringContaining('99') });
    }
    expect(readFileSync(join(home, 'memport.db')).equals(bytes)).toBe(true);
  });

  test("the original system's database in the home is never touched", async () => {
    const home = scratch();
    cpSync(
      new URL('../fixtures/claude-memory-server/sqlite_v2_final_97d16d6p.db', import.meta.url),
      join(home, 'memory.db'),
    );
    const bytes = readFileSync(join(home, 'memory.db'));
    expect(runBinary(['add', 'x'], home).code).toBe(0);
    expect(runBinary(['list', '--store', join(home, 'memory.db')], home).code).not.toBe(0);
    expect(runBinary(['add', 'y', '--store', join(home, 'memory.db')], home).code).not.toBe(0);
    expect(readFileSync(join(home, 'memory.db')).equals(bytes)).toBe(true);
  });
});

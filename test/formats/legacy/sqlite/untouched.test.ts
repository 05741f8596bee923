import { readdirSync, statSync, symlinkSync } from 'node:fs';
import { copyFile, open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openSource } from '../../../../src/formats/detect.ts';
import { copyPrivately } from '../../../../src/formats/legacy/sqlite/private-copy.ts';
import type { Progress } from '../../../../src/model/progress.ts';
import { fixturePath, readAll } from '../../json/support.ts';
import { madePath, readFileWhole } from '../support.ts';
import { databaseOf, folder, kill, otherProgram, stateOf, V2_TABLE, v2Row } from './support.ts';

const contents = async (path: string): Promise<readonly unknown[]> =>
  (await readFileWhole(path)).records.map(({ value }) => value.content);

/** Reads a database and proves that nothing in its folder has changed. */
async function readUntouched(path: string): Promise<readonly unknown[]> {
  const before = stateOf(dirname(path));
  const found = await contents(path);
  expect(stateOf(dirname(path))).toEqual(before);
  return found;
}

describe('a database is read without a trace', () => {
  test.each([
    fixturePath('sqlite_v2_final_97d16d6p.db'),
    madePath('sqlite_v1.db'),
    madePath('sqlite_v2_first.db'),
  ])('%s', async original => {
    const path = join(folder(), 'memory.db');
    await copyFile(original, path);
    expect((await readUntouched(path)).length).toBeGreaterThan(3);
  });

  test('that was closed in WAL mode: no log comes into being', async () => {
    const path = databaseOf(`PRAGMA journal_mode = WAL; ${V2_TABLE} ${v2Row(1)}`);
    expect(readdirSync(dirname(path))).toEqual(['memory.db']);
    expect(await readUntouched(path)).toEqual(['Memory 1.']);
  });

  test('that another program has open in WAL mode, with rows that are in its log only', async () => {
    const path = databaseOf(`PRAGMA journal_mode = WAL; ${V2_TABLE} ${v2Row(1)}`);
    await otherProgram(
      path,
      `db.pragma('wal_autocheckpoint = 0'); db.exec(${JSON.stringify(v2Row(2))});
       db.exec('BEGIN'); db.exec(${JSON.stringify(v2Row(3))}); ready();`,
    );
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(0);
    expect(await readUntouched(path)).toEqual(['Memory 1.', 'Memory 2.']);
  });

  test('that a program left behind in WAL mode when it was killed', async () => {
    const path = databaseOf(`PRAGMA journal_mode = WAL; ${V2_TABLE}`);
    await kill(await otherProgram(path, `db.exec(${JSON.stringify(v2Row(1) + v2Row(2))}); ready();`));
    expect(await readUntouched(path)).toEqual(['Memory 1.', 'Memory 2.']);
  });

  test('that lies behind a link, its log beside it', async () => {
    const path = databaseOf(`PRAGMA journal_mode = WAL; ${V2_TABLE}`);
    await kill(await otherProgram(path, `db.exec(${JSON.stringify(v2Row(1))}); ready();`));
    const link = join(folder(), 'link.db');
    symlinkSync(path, link);
    expect(await readUntouched(link)).toEqual(['Memory 1.']);
  });

  // Enough rows and so small a cache that SQLite writes to the main file before the transaction ends.
  const unfinished = `db.pragma('cache_size = 2'); db.pragma('cache_spill = 1'); db.exec('BEGIN IMMEDIATE');
    db.exec("UPDATE memories SET content = 'half done', tags = replace(hex(zeroblob(3000)), '00', 'x')"); ready();`;
  const many = Array.from({ length: 60 }, (_, n) => v2Row(n, { metadata: `'{"p":"${'x'.repeat(3000)}"}'` }));

  test.each([
    ['has open in the middle of a transaction', false],
    ['left behind in the middle of a transaction', true],
  ])('that another program %s: it is read as it was before', async (_, killed) => {
    const path = databaseOf(`${V2_TABLE} ${many.join('')}`);
    const child = await otherProgram(path, unfinished);
    if (killed) await kill(child);
    expect(statSync(`${path}-journal`).size).toBeGreaterThan(10_000);
    const found = await readUntouched(path);
    expect(found).toHaveLength(60);
    expect(found).not.toContain('half done');
  });

  test('that another program has locked for itself alone', async () => {
    const path = databaseOf(`${V2_TABLE} ${v2Row(1)}`);
    await otherProgram(path, "db.exec('BEGIN EXCLUSIVE'); ready();");
    expect(await readUntouched(path)).toEqual(['Memory 1.']);
  });

  test('given as an open handle, which stays open', async () => {
    await using handle = await open(madePath('sqlite_v1.db'));
    const source = await openSource(handle);
    await source.verify();
    expect(await readAll(source)).toHaveLength(7);
    await source[Symbol.asyncDispose]();
    expect((await handle.stat()).isFile()).toBe(true);
  });

  test('and the private copy is gone afterwards, also when it was of no use', async () => {
    const copies = () => readdirSync(tmpdir()).filter(name => /^memport-[A-Za-z0-9]{6}$/.test(name));
    const before = copies();
    await using source = await openSource(madePath('sqlite_v1.db'));
    const [copy = ''] = copies().filter(name => !before.includes(name));
    expect(statSync(join(tmpdir(), copy)).mode & 0o777).toBe(0o700);
    expect(statSync(join(tmpdir(), copy, 'copy.db')).mode & 0o777).toBe(0o600);
    await source[Symbol.asyncDispose]();
    await expect(openSource(databaseOf('CREATE TABLE a (b)'))).rejects.toMatchObject({
      code: 'unknown_format',
    });
    expect(copies().filter(name => !before.includes(name))).toEqual([]);
    // Disposing of it again is harmless.
  });
});

describe('a database that is written to while it is copied', () => {
  // Every transaction gives all rows one new stamp: a mixture of two moments shows.
  const rows = Array.from({ length: 200 }, (_, n) =>
    v2Row(n, { content: "'0'", metadata: `'{"p":"${'x'.repeat(2000)}"}'` }),
  );
  const writer = (pause: number) => `db.pragma('synchronous = OFF');
    let n = 0;
    const again = () => { db.prepare('UPDATE memories SET content = ?').run(String(++n)); setTimeout(again, ${pause}); };
    again(); ready();`;

  test.each(['DELETE', 'WAL', 'PERSIST', 'TRUNCATE'])('in mode %s is copied as one moment', async mode => {
    const path = databaseOf(`PRAGMA journal_mode = ${mode}; ${V2_TABLE} ${rows.join('')}`);
    await otherProgram(
      path,
      `db.pragma('journal_mode = ${mode}'); db.pragma('wal_autocheckpoint = 20'); ${writer(15)}`,
    );
    await using handle = await open(path);
    const stamps = new Set<string>();
    for (let copied = 0; copied < 12; copied++) {
      await using copy = await copyPrivately(handle, path, { tries: 2000, pauseMs: 0 });
      const database = new Database(copy.path);
      expect(database.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
      const found = database
        .prepare<[], { content: string; n: number }>(
          'SELECT content, count(*) AS n FROM memories GROUP BY content',
        )
        .all();
      database.close();
      expect(found).toEqual([{ content: expect.any(String), n: 200 }]);
      stamps.add(found[0]?.content ?? '');
    }
    expect(stamps.size).toBeGreaterThan(0);
  });

  test('and never holds still is refused as in use', async () => {
    const path = databaseOf(`${V2_TABLE} ${rows.join('')}`);
    await using handle = await open(path);
    let n = 0;
    const changed = () => {
      const writer = new Database(path);
      writer.prepare('UPDATE memories SET content = ?').run(String(++n));
      writer.close();
    };
    await expect(
      copyPrivately(handle, path, { tries: 2, pauseMs: 0, onProgress: changed }),
    ).rejects.toMatchObject({ code: 'locked' });
    expect(n).toBeGreaterThan(1);
  });

  test('whose log is begun anew while it is copied, is copied as one moment', async () => {
    const path = databaseOf(`PRAGMA journal_mode = WAL; ${V2_TABLE} ${rows.join('')}`);
    const writer = new Database(path);
    onTestFinished(() => void writer.close());
    writer.pragma('wal_autocheckpoint = 0');
    const write = (content: string) => writer.prepare('UPDATE memories SET content = ?').run(content);
    write('old');
    write('older than what the file has');
    write('new');
    // All of the log is in the main file now, and the next transaction overwrites the log from its beginning.
    writer.pragma('wal_checkpoint(FULL)');
    const logged = statSync(`${path}-wal`).size;
    const changeInTheMiddleOfTheLog = ({ done, total }: Progress) => {
      if (total !== logged || done >= logged) return;
      for (let n = 0; n < 3; n++) write(`newest ${n}`);
    };
    await using handle = await open(path);
    await using copy = await copyPrivately(handle, path, {
      pauseMs: 0,
      onProgress: changeInTheMiddleOfTheLog,
    });
    const database = new Database(copy.path);
    onTestFinished(() => void database.close());
    expect(database.pragma('integrity_check')).toEqual([{ integrity_check: 'ok' }]);
    expect(database.prepare('SELECT DISTINCT content FROM memories').all()).toEqual([
      { content: 'newest 2' },
    ]);
  });

  test('stops when told to', async () => {
    await using handle = await open(madePath('sqlite_v1.db'));
    await expect(copyPrivately(handle, null, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

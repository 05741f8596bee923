import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import Database from 'better-sqlite3';
import { V2_TABLE, v2Row } from '../../formats/legacy/sqlite/support.ts';
import { type Crafted, refused } from './crafted.ts';

export function databases(canary: string): Crafted[] {
  const database = (
    what: string,
    sql: string,
    fate: Crafted['fate'],
    change: (path: string) => void = () => {},
  ): Crafted => ({
    what: `SQLite: ${what}`,
    fate,
    write: path => {
      const made = new Database(path);
      made.exec(sql);
      made.close();
      change(path);
    },
  });
  const patched =
    (at: number, bytes: readonly number[]) =>
    (path: string): void => {
      const file = openSync(path, 'r+');
      writeSync(file, Buffer.from(bytes), 0, bytes.length, at);
      closeSync(file);
    };
  const filled = V2_TABLE + v2Row(1) + v2Row(2);
  const endless = 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n';
  const columns =
    'id TEXT PRIMARY KEY, category TEXT, context_level TEXT, scope TEXT, project_name TEXT, importance REAL, embedding_model TEXT, embedding TEXT, created_at TEXT, updated_at TEXT, tags TEXT, metadata TEXT';
  return [
    refused('SQLite: a header and no more', () => 'SQLite format 3\0'),
    refused('SQLite: a header of zeros', () =>
      Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(84)]),
    ),
    database('more pages than there are', filled, 'harmless', patched(28, [0xff, 0xff, 0xff, 0xfe])),
    database('another size of pages', filled, 'refused', patched(16, [0, 1])),
    database('a page size of zero', filled, 'refused', patched(16, [0, 0])),
    database(
      'a list of free pages that leads nowhere',
      filled,
      'harmless',
      patched(32, [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
    ),
    database('a schema of a later time', filled, 'refused', patched(44, [0, 0, 0, 99])),
    database('pages of zeros', filled, 'refused', patched(4096, new Array(4096).fill(0))),
    database('an endless view in place of the table', `CREATE VIEW memories AS ${endless}`, 'refused'),
    database('an endless view beside the table', `${filled} CREATE VIEW other AS ${endless}`, 'harmless'),
    database(
      'triggers',
      `${filled} CREATE TRIGGER t AFTER INSERT ON memories BEGIN DELETE FROM memories; END; CREATE TRIGGER u BEFORE UPDATE ON memories BEGIN SELECT raise(ABORT, 'no'); END`,
      'harmless',
    ),
    database(
      'a table that is computed',
      `CREATE TABLE memories (${columns}, content TEXT GENERATED ALWAYS AS (hex(zeroblob(100000000))) VIRTUAL); INSERT INTO memories (id) VALUES ('1')`,
      'harmless',
    ),
    database(
      'an index that computes',
      `${filled} CREATE INDEX i ON memories(length(content)) WHERE length(content) > 1`,
      'harmless',
    ),
    database('virtual tables', 'CREATE VIRTUAL TABLE memories USING fts5(id, content)', 'refused'),
    database(
      'ten thousand tables',
      Array.from({ length: 2000 }, (_, n) => `CREATE TABLE t${n} (a);`).join(''),
      'refused',
    ),
    database(
      'names with code in them',
      `${V2_TABLE}${v2Row(1)} CREATE TABLE "x""; DROP TABLE memories; --" (a)`,
      'harmless',
    ),
    database(
      'texts that are numbers and bytes',
      `${V2_TABLE} INSERT INTO memories (id, content, tags, metadata) VALUES (x'00ff', 1e999, x'ff', 99999999999999999999)`,
      'harmless',
    ),
    database('a journal that names another file', filled, 'harmless', path =>
      writeFileSync(`${path}-journal`, journalNaming(path, canary)),
    ),
    database('a journal of nonsense', filled, 'harmless', path =>
      writeFileSync(`${path}-journal`, Buffer.alloc(5000, 'x')),
    ),
    database('a log of nonsense', filled, 'harmless', path =>
      writeFileSync(`${path}-wal`, Buffer.alloc(5000, 'x')),
    ),
  ];
}

const JOURNAL_MAGIC = Buffer.from('d9d505f920a163d7', 'hex');

/** A journal of a transaction over several files: to roll it back, SQLite may remove the file that is named at its end. */
function journalNaming(database: string, name: string): Buffer {
  const pages = readFileSync(database).length / 4096;
  const header = Buffer.alloc(512);
  JOURNAL_MAGIC.copy(header);
  header.writeUInt32BE(1, 8);
  header.writeUInt32BE(pages, 16);
  header.writeUInt32BE(512, 20);
  header.writeUInt32BE(4096, 24);
  const record = Buffer.alloc(4 + 4096 + 4);
  record.writeUInt32BE(1, 0);
  const page = readFileSync(database).subarray(0, 4096);
  page.copy(record, 4);
  let sum = 0;
  for (let at = 4096 - 200; at > 0; at -= 200) sum += page[at] ?? 0;
  record.writeUInt32BE(sum >>> 0, 4100);
  const bytes = Buffer.from(name);
  const end = Buffer.alloc(4 + bytes.length + 8);
  end.writeUInt32BE(2 ** 30 / 4096 + 1, 0);
  bytes.copy(end, 4);
  end.writeUInt32BE(bytes.length, 4 + bytes.length);
  end.writeUInt32BE(
    bytes.reduce((total, byte) => total + byte, 0),
    8 + bytes.length,
  );
  return Buffer.concat([header, record, end, JOURNAL_MAGIC]);
}

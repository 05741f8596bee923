import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openSource } from '../../../../src/formats/detect.ts';
import type { SourceRecord } from '../../../../src/formats/source.ts';
import { derivedId } from '../../../../src/model/id.ts';
import { NumberToken } from '../../../../src/model/json.ts';
import { parseExactJson } from '../../../../src/model/json-parse.ts';
import type { Progress } from '../../../../src/model/progress.ts';
import { openStore } from '../../../../src/store/open.ts';
import { fixturePath, readAll } from '../../json/support.ts';
import { madePath, readFileWhole } from '../support.ts';
import { databaseOf, folder, V2_TABLE, v2Row } from './support.ts';

type Columns = Readonly<Record<string, string | number | null | Buffer>>;

/** The rows as another reader of SQLite sees them. */
function rowsOf(path: string, sql = 'SELECT * FROM memories ORDER BY rowid'): Columns[] {
  const database = new Database(readFileSync(path));
  const rows = database.prepare<[], Columns>(sql).all();
  database.close();
  return rows;
}

const json = (value: unknown): unknown => parseExactJson(String(value), { onNonFinite: () => {} });
const doubles = (text: unknown): Float32Array => Float32Array.from(JSON.parse(String(text)) as number[]);
const only = async (sql: string): Promise<SourceRecord | undefined> =>
  (await readFileWhole(databaseOf(V2_TABLE + sql))).records[0];

describe('the first SQLite store', () => {
  test('gives every row with its dates, origin and vector, bit for bit', async () => {
    const path = madePath('sqlite_v1.db');
    const { format, records, verification, migrations } = await readFileWhole(path);
    expect([format, verification.memories, verification.vectors]).toEqual(['sqlite-v1', 7, 7]);
    expect(verification.warnings).toEqual(['rows of ingested_docs, which are no memories: 1 left out']);
    expect(migrations[0]).toBe('claude-memory-server sqlite-v1 → 3.0.0');
    const rows = rowsOf(path);
    expect(records).toHaveLength(rows.length);
    for (const [index, { value, vector, warnings }] of records.entries()) {
      const { id, content, scope, project_name, importance, tags, timestamp, embedding } = rows[index] ?? {};
      expect(value).toMatchObject({
        metadata: { source: { id: String(id) } },
        content,
        scope,
        project_name,
        importance,
      });
      const named = JSON.stringify([String(id), timestamp, content]);
      expect(value.id).toBe(derivedId(`claude-memory-server:v1:${named}`));
      expect(value).toMatchObject({ created_at: timestamp, embedding_model: 'all-MiniLM-L6-v2' });
      expect(value.tags).toEqual(tags === null ? null : json(tags));
      expect(Buffer.from(new Uint8Array(vector?.buffer ?? new ArrayBuffer(0)))).toEqual(
        (embedding as Buffer).subarray(-4 * 384),
      );
      expect(warnings).toEqual([]);
    }
    expect(records.map(({ value }) => value.category)).toEqual([
      'preference',
      'fact',
      'event',
      'workflow',
      'context',
      'context',
      'fact',
    ]);
  });

  test('a chunk of a document keeps where it came from', async () => {
    const { records } = await readFileWhole(madePath('sqlite_v1.db'));
    expect(records[5]?.value).toMatchObject({
      metadata: {
        source_file: 'docs/README.md',
        heading: 'Install',
        memory_type: 'documentation',
        source: { category: 'documentation' },
      },
      provenance: { source: 'documentation' },
    });
    expect(records[6]?.value).toMatchObject({
      metadata: { source_file: 'docs/faq.md', memory_type: 'documentation' },
      provenance: { source: 'documentation' },
    });
    expect(records[0]?.value).toMatchObject({ metadata: {}, provenance: { source: 'legacy' } });
  });

  test('a row without vector has no label, and an id beyond 2^53 keeps its digits', async () => {
    const path =
      databaseOf(`CREATE TABLE memories (id INTEGER PRIMARY KEY, content TEXT, category TEXT, memory_type TEXT,
      scope TEXT, timestamp TEXT, tags, embedding BLOB);
      INSERT INTO memories VALUES (9007199254740993, 'x', NULL, NULL, 'global', NULL, '[1', NULL);
      INSERT INTO memories VALUES (9, 'z', 'fact', 'memory', 'global', NULL, 5, NULL);
      INSERT INTO memories VALUES (-5, 'y', 'fact', 'memory', 'global', NULL, NULL, NULL)`);
    const { items } = await readFileWhole(path);
    expect(items).toMatchObject([
      { value: { metadata: { source: { id: '-5' } }, embedding_model: null, created_at: null } },
      { type: 'reject', id: '9', reason: 'tags is not JSON' },
      { type: 'reject', id: '9007199254740993', reason: expect.stringMatching(/^tags is not JSON: /) },
    ]);
  });
});

describe('the last SQLite store', () => {
  test.each([
    fixturePath('sqlite_v2_final_97d16d6p.db'),
    madePath('sqlite_v2_first.db'),
    madePath('sqlite_v2_organised.db'),
  ])('gives every row field by field: %s', async path => {
    const { records, verification, format } = await readFileWhole(path);
    const rows = rowsOf(path);
    expect(format).toBe('sqlite-v2');
    expect(verification.memories + verification.codeUnits).toBe(rows.length);
    expect(records).toHaveLength(rows.length);
    for (const [index, { kind, value, vector }] of records.entries()) {
      const { tags, metadata, embedding, embedding_model, content, ...row } = rows[index] ?? {};
      const isHurt = String(embedding).includes('NaN');
      expect(vector).toEqual(isHurt ? null : doubles(embedding));
      expect(value.tags).toEqual(json(tags));
      if (kind === 'code_unit') continue;
      const plain = Object.entries(row).filter(([name]) => !name.startsWith('provenance_'));
      expect(value).toMatchObject({ ...Object.fromEntries(plain), content });
      expect(value.metadata).toMatchObject(json(metadata) as object);
      const { source, created_by, confidence, verified, file_context } = value.provenance as Columns;
      expect([source, created_by ?? null]).toEqual([
        row.provenance_source ?? 'legacy',
        row.provenance_created_by ?? null,
      ]);
      if (row.provenance_source === undefined) continue;
      expect([confidence, verified]).toEqual([row.provenance_confidence, row.provenance_verified === 1]);
      expect(file_context).toEqual(row.provenance_file_context ? json(row.provenance_file_context) : []);
    }
  });

  test('of before there was provenance: legacy, exact numbers, and a code unit', async () => {
    const { records, migrations } = await readFileWhole(madePath('sqlite_v2_first.db'));
    expect(migrations).toHaveLength(3);
    expect(records[1]).toMatchObject({
      value: {
        id: '0000000200004000800000000000000f',
        metadata: { big: new NumberToken('9007199254740993'), ratio: 'NaN', one: new NumberToken('1.0') },
        provenance: { source: 'legacy' },
      },
      warnings: [expect.stringMatching(/NaN/)],
    });
    expect(records[2]?.warnings).toEqual([expect.stringMatching(/not finite/)]);
    expect(records[3]).toMatchObject({ kind: 'code_unit', value: { file_path: 'src/a.py', name: 'retry' } });
  });

  test('usage comes along in the metadata', async () => {
    const { records } = await readFileWhole(fixturePath('sqlite_v2_final_97d16d6p.db'));
    expect(records[0]?.value.metadata).toEqual({
      usage_first_seen: '2025-10-01T00:00:00+00:00',
      usage_last_used: '2025-10-09T00:00:00+00:00',
      usage_count: 3,
      usage_last_score: 0.5,
    });
    expect(records[1]?.value.metadata).toEqual({});
  });

  test('so do tag paths, collections and relationships, and nothing of the user gives way', async () => {
    const { records } = await readFileWhole(madePath('sqlite_v2_organised.db'));
    const at = '2025-11-18T12:00:00+00:00';
    expect(records[0]?.value.metadata).toEqual({
      usage_count: 'mine',
      collections: 'mine too',
      usage_first_seen: at,
      usage_last_used: at,
      usage_count_: 7,
      usage_last_score: 0.625,
      tag_paths: [
        { path: 'python', confidence: 1, auto_generated: 0, created_at: at },
        { path: 'python/async', confidence: 0.9, auto_generated: 1, created_at: at },
      ],
      collections_: [
        {
          name: 'Async patterns',
          description: 'All of it',
          auto_generated: 0,
          tag_filter: '["python"]',
          added_at: at,
        },
      ],
      relationships: [
        {
          target_memory_id: '0000000c-0000-4000-8000-00000000000c',
          relationship_type: 'supports',
          confidence: 0.5,
          detected_at: at,
          detected_by: 'auto',
          notes: null,
          dismissed: 0,
        },
      ],
    });
    expect(records[1]?.value).toMatchObject({
      lifecycle_state: 'STALE',
      provenance: { last_confirmed: at, conversation_id: 'c-1', notes: 'Seen twice.' },
    });
  });

  test('a label that lies is put right by the length of the vector', async () => {
    const { records } = await readFileWhole(madePath('sqlite_v2_organised.db'));
    expect(records[2]?.value.embedding_model).toBe('all-mpnet-base-v2');
    expect(records[2]?.vector).toHaveLength(768);
  });

  test('what is left out is named with its count', async () => {
    const { verification } = await readFileWhole(madePath('sqlite_v2_organised.db'));
    expect([...verification.warnings].sort()).toEqual([
      'rows of git_commits, which are no memories: 2 left out',
      'rows of memory_usage_tracking that belong to no memory: 1 left out',
      'tags without memories: 1 left out',
    ]);
  });

  test('what is left out is counted where there are rows without an id, too', async () => {
    const path = databaseOf(`${V2_TABLE} ${v2Row(1)} ${v2Row(2, { id: 'NULL' })}
      CREATE TABLE memory_usage_tracking (memory_id, first_seen, last_used, use_count, last_search_score);
      INSERT INTO memory_usage_tracking (memory_id) VALUES ('nobody'), (NULL);
      CREATE TABLE tags (id, full_path); CREATE TABLE memory_tags (memory_id, tag_id, confidence, auto_generated, created_at);
      INSERT INTO tags VALUES (1, 'a'); INSERT INTO memory_tags (memory_id) VALUES ('nobody')`);
    const { verification } = await readFileWhole(path);
    expect([...verification.warnings].sort()).toEqual([
      'rows of memory_tags that belong to no memory: 1 left out',
      'rows of memory_usage_tracking that belong to no memory: 2 left out',
      'tags without memories: 1 left out',
    ]);
  });

  test('a table of another shape than known is named, and the memories come in', async () => {
    const path = databaseOf(`${V2_TABLE} ${v2Row(1)} CREATE TABLE memory_tags (memory_id, colour);
      CREATE TABLE tags (id); INSERT INTO memory_tags VALUES ('a', 'red'); INSERT INTO tags VALUES (1), (2);
      CREATE TABLE memory_relationships (id)`);
    const { verification, records } = await readFileWhole(path);
    expect(records).toHaveLength(1);
    expect(verification.warnings).toEqual([
      'rows of memory_tags, which are no memories: 1 left out',
      'rows of tags, which are no memories: 2 left out',
    ]);
  });
});

describe('a row that is not as it should be', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['metadata that is no JSON', { metadata: "'{'" }, /^metadata is not JSON/],
    ['metadata that is a list', { metadata: "'[]'" }, /^metadata is not an object/],
    ['binary content', { content: "x'00ff'" }, /^content is not text/],
    ['too much content', { content: "replace(hex(zeroblob(9000000)), '00', 'xx')" }, /^larger than 17 MiB/],
  ])('%s: it is rejected whole, the next one is read', async (_, columns, reason) => {
    const path = databaseOf(V2_TABLE + v2Row(1, columns) + v2Row(2));
    const { items } = await readFileWhole(path);
    expect(items).toMatchObject([
      {
        type: 'reject',
        position: 0,
        id: '00000000-0000-4000-8000-000000000001',
        reason: expect.stringMatching(reason),
      },
      { type: 'record', position: 1 },
    ]);
    expect(items[0]).toMatchObject({ text: expect.stringContaining('00000000-0000-4000-8000-000000000001') });
  });

  test('a row that is too large is rejected, and what would fill the memory is not read: SQLite would give up from 512 MiB on', async () => {
    const path = databaseOf(
      V2_TABLE + v2Row(1, { content: 'zeroblob(70000000)', tags: "'small'" }) + v2Row(2),
    );
    const { items } = await readFileWhole(path);
    expect(items).toMatchObject([
      { type: 'reject', reason: expect.stringMatching(/^larger than 17 MiB/) },
      { type: 'record', position: 1 },
    ]);
    expect(items[0]).toMatchObject({ text: expect.stringMatching(/"content":null.*"tags":"small"/) });
  });

  test('a memory of which another table says more than a record can hold is rejected', async () => {
    const tags = `CREATE TABLE memory_tags (memory_id, tag_id, confidence, auto_generated, created_at);
      CREATE TABLE tags (id, full_path);
      WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i <= 50000)
      INSERT INTO memory_tags (memory_id, tag_id) SELECT '00000000-0000-4000-8000-000000000001', i FROM n;
      INSERT INTO memory_tags VALUES ('00000000-0000-4000-8000-000000000002', 1, replace(hex(zeroblob(9000000)), '00', 'xx'), 0, '');`;
    const { items } = await readFileWhole(databaseOf(V2_TABLE + v2Row(1) + v2Row(2) + v2Row(3) + tags));
    expect(items).toMatchObject([
      { type: 'reject', reason: 'too much belongs to it in memory_tags' },
      { type: 'reject', reason: 'too much belongs to it in memory_tags' },
      { type: 'record', value: { metadata: {} } },
    ]);
  });

  test('nothing of it is missing from the reject: neither bytes nor the vector', async () => {
    const path = databaseOf(
      V2_TABLE +
        v2Row(1, { content: "x'00ff'", embedding: "'[0.5]'" }) +
        v2Row(2, { tags: "'{'", embedding: "'[0.5]'" }),
    );
    const { items } = await readFileWhole(path);
    const texts = items.map(item => (item.type === 'reject' ? JSON.parse(item.text) : null) as unknown);
    expect(texts).toMatchObject([
      { content: { base64: 'AP8=' }, embedding: '[0.5]' },
      { content: 'Memory 2.', tags: '{', embedding: [0.5] },
    ]);
  });

  test.each<[string, string]>([
    ['UTF-8', "CAST(x'61ff62' AS TEXT)"],
    ['UTF-16le', "CAST(x'610000d86200' AS TEXT)"],
    ['UTF-16be', "CAST(x'0061d8000062' AS TEXT)"],
  ])('%s with bytes that are no character is rejected rather than altered', async (encoding, content) => {
    const path = databaseOf(
      `PRAGMA encoding = '${encoding}'; ${V2_TABLE}${v2Row(1, { content })}${v2Row(2, { content: "'a\ufffdb'" })}`,
    );
    const { items } = await readFileWhole(path);
    expect(items).toMatchObject([
      { type: 'reject', reason: 'content is not text: it has bytes that are no character' },
      { type: 'record', value: { content: 'a\ufffdb' } },
    ]);
    expect(items[0]).toMatchObject({ text: expect.stringContaining('{"base64":') });
  });

  test('a row without id is rejected as such', async () => {
    const { items } = await readFileWhole(databaseOf(V2_TABLE + v2Row(1, { id: 'NULL', content: "x'00'" })));
    expect(items).toMatchObject([{ type: 'reject', id: null }]);
  });

  test('an infinite number becomes a word, which the field refuses later', async () => {
    expect((await only(v2Row(1, { importance: '9e999' })))?.value.importance).toBe('Infinity');
  });

  test('provenance that an edit moved into the metadata goes back to its place', async () => {
    const moved = { source: 'claude_inferred', created_by: 'c', confidence: 0.5, verified: true };
    const record = await only(
      `ALTER TABLE memories ADD COLUMN provenance_source; ALTER TABLE memories ADD COLUMN provenance_created_by;
      ALTER TABLE memories ADD COLUMN provenance_confidence; ALTER TABLE memories ADD COLUMN provenance_file_context;
      ${v2Row(1, {
        metadata: `'${JSON.stringify({ provenance: moved })}'`,
        provenance_source: "'user_explicit'",
        provenance_created_by: "'user_statement'",
        provenance_confidence: '0.8',
      })}`,
    );
    expect(record?.value).toMatchObject({ metadata: {}, provenance: moved });
  });

  test('empty tags and metadata are none; flags that are none stay for the reader to refuse', async () => {
    const record = await only(
      `ALTER TABLE memories ADD COLUMN provenance_source; ALTER TABLE memories ADD COLUMN provenance_verified;
      ${v2Row(1, { tags: "''", metadata: "''", provenance_verified: "'yes'" })}`,
    );
    expect(record?.value).toMatchObject({ tags: null, metadata: {}, provenance: { verified: 'yes' } });
  });

  test('NUL, lone quotes and names that SQL knows come through as they are', async () => {
    const path = databaseOf(V2_TABLE);
    const database = new Database(path);
    const content = 'a\0b"\'; DROP TABLE memories; --\u2028😀';
    database.exec('ALTER TABLE memories ADD COLUMN "select "" from"');
    database.prepare(`INSERT INTO memories (id, content, "select "" from") VALUES ('1', ?, 7)`).run(content);
    database.close();
    const { records } = await readFileWhole(path);
    expect(records[0]?.value).toMatchObject({ content, 'select " from': 7 });
  });
});

describe('reading in pages', () => {
  test('gives each of many rows once, in order, and tells how far it is', async () => {
    const path = databaseOf(V2_TABLE + Array.from({ length: 450 }, (_, n) => v2Row(n)).join(''));
    await using source = await openSource(path);
    const seen: Progress[] = [];
    await source.verify({ onProgress: progress => void seen.push(progress) });
    expect(seen.map(({ phase, done }) => [phase, done])).toEqual([
      ['verifying', 200],
      ['verifying', 400],
      ['verifying', 450],
    ]);
    const items = await readAll(source);
    expect(items.map(item => item.type === 'record' && item.value.content)).toEqual(
      Array.from({ length: 450 }, (_, n) => `Memory ${n}.`),
    );
    expect(await readAll(source)).toEqual(items);
    await expect(source.verify({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test('pages of long rows are shorter', async () => {
    const long = { content: "replace(hex(zeroblob(1500000)), '00', 'xx')" };
    await using source = await openSource(
      databaseOf(V2_TABLE + [1, 2, 3, 4].map(n => v2Row(n, long)).join('')),
    );
    await source.verify();
    const sizes: number[] = [];
    for await (const items of source.read()) sizes.push(items.length);
    expect(sizes).toEqual([3, 1]);
  });

  test('comes after verifying', async () => {
    await using source = await openSource(madePath('sqlite_v1.db'));
    await expect(readAll(source)).rejects.toThrow(RangeError);
    expect([source.version, source.schemaVersion, source.system, source.header]).toEqual([
      '',
      '',
      'claude-memory-server',
      {},
    ]);
  });
});

describe('what is refused', () => {
  test.each([
    ['CREATE TABLE notes (id)', /no table of memories/],
    ['CREATE TABLE memories (id, text)', /none of claude-memory-server/],
    ['CREATE VIEW memories AS SELECT 1 AS id', /no table of memories/],
    ['CREATE VIRTUAL TABLE memories USING fts5(id, content)', /no table of memories/],
  ])('the database of something else: %s', async (sql, message) => {
    await expect(openSource(databaseOf(sql))).rejects.toMatchObject({
      code: 'unknown_format',
      message: expect.stringMatching(message),
      hint: expect.stringContaining('memory.db'),
    });
  });

  test("memport's own store, with what to do instead", async () => {
    const path = `${folder()}/memport.db`;
    await using store = await openStore({ path });
    await expect(openSource(path)).rejects.toMatchObject({
      code: 'unknown_format',
      hint: expect.stringContaining('memport export'),
    });
    expect(await store.projects()).toEqual([]);
  });

  test('another generation than the one that was named', async () => {
    await expect(readFileWhole(madePath('sqlite_v1.db'), 'sqlite-v2')).rejects.toMatchObject({
      code: 'unknown_format',
      message: expect.stringContaining('sqlite-v1'),
    });
    expect((await readFileWhole(madePath('sqlite_v1.db'), 'sqlite-v1')).records).toHaveLength(7);
    await expect(readFileWhole(fixturePath('full.json'), 'sqlite-v2')).rejects.toMatchObject({
      code: 'integrity',
    });
  });

  test.each([
    ['cut off in its header', (path: string) => truncateSync(path, 60)],
    ['cut off in its pages', (path: string) => truncateSync(path, 20_000)],
    ['that lacks its last byte', (path: string) => truncateSync(path, statSync(path).size - 1)],
    [
      'with a page overwritten',
      (path: string) => {
        const bytes = readFileSync(path);
        bytes.fill(0xff, 8192, 12288);
        writeFileSync(path, bytes);
      },
    ],
  ])('a database %s', async (_, damage) => {
    const path = databaseOf(V2_TABLE + Array.from({ length: 300 }, (_none, n) => v2Row(n)).join(''));
    damage(path);
    const whole = async (): Promise<unknown> => readFileWhole(path);
    await expect(whole()).rejects.toMatchObject({ code: 'integrity', exitCode: 20 });
  });

  test('an empty store is none of them', async () => {
    await using handle = await open(databaseOf(V2_TABLE));
    await using source = await openSource(handle);
    expect(await source.verify()).toMatchObject({ memories: 0, codeUnits: 0, warnings: [] });
    expect(await readAll(source)).toEqual([]);
  });
});

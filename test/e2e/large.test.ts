import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { type Ended, runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { folderOfFile } from '../support/folders.ts';
import { digestOf, originalMemory, summaryOf } from '../support/stores.ts';

/** More than 10,000, and neither a multiple of a batch nor of a page. */
const MANY = 12_007;
/** MiB. Who holds the records and their lines in memory does not get by with it, as the last test shows. */
const HEAP = 64;

const home = folderOfFile();

function run(args: readonly string[], at: string): Ended {
  const ended = runBinary([...args, '--json'], at, undefined, [`--max-old-space-size=${HEAP}`], {
    MEMPORT_EMBEDDING_PROVIDER: 'none',
  });
  if (ended.code !== 0)
    throw new Error(`memport ${args.join(' ')} ended with ${ended.code}: ${ended.stderr}`);
  return ended;
}
const summary = (args: readonly string[], at: string) => summaryOf(run(args, at).stdout.toString('utf8'));

/** Counted by SQLite itself, on the file. */
function rowsIn(at: string): unknown {
  const db = new Database(join(at, 'memport.db'), { readonly: true });
  try {
    return db
      .prepare('SELECT count(*), count(DISTINCT id), count(DISTINCT record) FROM memories')
      .raw()
      .get();
  } finally {
    db.close();
  }
}

const contentOf = (n: number): string => `記憶 ${n}: ${`${n} `.repeat(460)}`;

let digest: string;

beforeAll(async () => {
  const path = join(home, 'many.json');
  const memories = Array.from({ length: MANY }, (_, n) =>
    JSON.stringify(originalMemory(n, { content: contentOf(n), tags: [`t${n % 7}`], metadata: { n } })),
  );
  writeFileSync(
    path,
    `{"version":"1.0.0","schema_version":"3.0.0","export_date":"2026-01-01","memory_count":${MANY},"memories":[${memories.join(',\n')}]}`,
  );
  expect(summary(['import', path], home)).toMatchObject({ total: MANY, created: MANY, rejected: 0 });
  digest = await digestOf(home);
  expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
});

describe(`[EDGE-06] [NOTE-03] [INT-05] ${MANY} memories in a heap of ${HEAP} MiB`, () => {
  test('come in, every one', async () => {
    expect(rowsIn(home)).toEqual([MANY, MANY, MANY]);
    const lines = run(['list', '--all'], home).stdout.toString('utf8').trimEnd().split('\n');
    const found = lines.map(line => JSON.parse(line) as { content: string; metadata: { n: number } });
    expect(found).toHaveLength(MANY);
    const places = found.map(memory => memory.metadata.n).sort((a, b) => a - b);
    expect(places).toEqual(Array.from({ length: MANY }, (_, n) => n));
    expect(found.every(memory => memory.content === contentOf(memory.metadata.n))).toBe(true);
  });

  test.each(['all.tar.gz', 'all.json'])('go out to %s and into another home, the same', async name => {
    const file = join(home, name);
    const exported = summary(['export', file], home);
    expect(exported).toMatchObject({ memories: MANY, vectors: 0, export_type: 'full' });
    if (name.endsWith('.json')) {
      const document = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      expect(document).toMatchObject({ memory_count: MANY, memories: { length: MANY } });
    }
    const other = scratch();
    expect(summary(['import', file], other)).toMatchObject({
      total: MANY,
      created: MANY,
      rejected: 0,
      duplicates: 0,
      warnings: {},
    });
    expect(rowsIn(other)).toEqual([MANY, MANY, MANY]);
    await using store = await openStore({ path: join(other, 'memport.db'), readonly: true });
    expect(await store.counts()).toEqual({ memories: MANY, codeUnits: 0, tombstones: 0 });
    expect(await digestOf(other)).toBe(digest);
  });

  test('are too many for a program that holds them and their lines', () => {
    const script = `const { memories } = JSON.parse(require('node:fs').readFileSync('many.json', 'utf8')); const lines = memories.map(memory => JSON.stringify(memory)); console.log(memories.length, lines.length)`;
    const ended = spawnSync(process.execPath, [`--max-old-space-size=${HEAP}`, '-e', script], { cwd: home });
    expect(ended.stdout.toString()).toBe('');
    expect(ended.stderr.toString()).toContain('heap out of memory');
  });
});

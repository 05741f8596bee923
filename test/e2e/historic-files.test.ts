import { readdirSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../src/model/filter.ts';
import { openStore } from '../../src/store/open.ts';
import { memport, ok, scratch } from '../support/cli.ts';
import { digestOf, summaryOf } from '../support/stores.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const LAST_STEP = 'claude-memory-server 3.0.0 → memport 3.0';

/** What the READMEs of the two folders say of each file: memories, code units, steps before the last. */
const FILES: Readonly<Record<string, readonly [string, number, number, ...string[]]>> = {
  'claude-memory-server/feat044.json': ['feat044-json', 28, 3, 'feat044 → 3.0.0'],
  'claude-memory-server/full.json': ['feat038-json', 28, 3],
  'claude-memory-server/full.tar.gz': ['feat038-archive', 28, 3],
  'claude-memory-server/full_no_embeddings.tar.gz': ['feat038-archive', 28, 3],
  'claude-memory-server/sqlite_v2_final_97d16d6p.db': ['sqlite-v2', 10, 0, 'sqlite-v2 → 3.0.0'],
  'claude-memory-server/tui_memories_export.json': ['tui-json', 5, 0, 'tui → 3.0.0'],
  'claude-memory-server-made/dim768.tar.gz': ['feat038-archive', 2, 0],
  'claude-memory-server-made/empty.tar.gz': ['feat038-archive', 0, 0],
  'claude-memory-server-made/feat038_no_filters.json': ['feat038-json', 3, 0],
  'claude-memory-server-made/feat044_filtered.json': ['feat044-json', 3, 1, 'feat044 → 3.0.0'],
  'claude-memory-server-made/sqlite_v1.db': ['sqlite-v1', 7, 0, 'sqlite-v1 → 3.0.0'],
  'claude-memory-server-made/sqlite_v2_first.db': [
    'sqlite-v2',
    3,
    1,
    'sqlite-v2-first → sqlite-v2',
    'sqlite-v2 → 3.0.0',
  ],
  'claude-memory-server-made/sqlite_v2_organised.db': ['sqlite-v2', 3, 0, 'sqlite-v2 → 3.0.0'],
};
const NO_MEMORIES = 'claude-memory-server-made/project_archive_feat036.tar.gz';

test('no file of the folders is forgotten', () => {
  const found = ['claude-memory-server', 'claude-memory-server-made'].flatMap(folder =>
    readdirSync(FIXTURES + folder)
      .filter(name => !/\.(?:md|py)$/.test(name))
      .map(name => `${folder}/${name}`),
  );
  expect(found.sort()).toEqual([...Object.keys(FILES), NO_MEMORIES].sort());
});

describe.each(Object.entries(FILES))('%s', (name, [format, memories, codeUnits, ...steps]) => {
  test('[EDGE-02] comes in whole, a dry run says so before, and a second import changes nothing', async () => {
    const home = scratch();
    const run = async (...args: string[]) =>
      summaryOf(await ok(['import', FIXTURES + name, '--json', ...args], { home }));
    const total = memories + codeUnits;
    const expected = {
      format,
      total,
      memories,
      code_units: codeUnits,
      rejected: 0,
      duplicates: 0,
      pending_vectors: 0,
      migrations: [...steps.map(step => `claude-memory-server ${step}`), LAST_STEP],
    };
    expect(await run('--dry-run')).toMatchObject({ ...expected, created: total });
    expect(await run()).toMatchObject({ ...expected, created: total });
    const digest = await digestOf(home);
    expect(await run()).toMatchObject({ ...expected, created: 0, unchanged: total, operation_id: null });
    expect(await digestOf(home)).toBe(digest);
  });

  test('comes in by its name in --from and from standard input, to the same content', async () => {
    const [byName, byPipe, plain] = [scratch(), scratch(), scratch()];
    await ok(['import', FIXTURES + name], { home: plain });
    await ok(['import', FIXTURES + name, '--from', format], { home: byName });
    const { readFile } = await import('node:fs/promises');
    await ok(['import', '-'], { home: byPipe, stdin: await readFile(FIXTURES + name) });
    const digest = await digestOf(plain);
    expect([await digestOf(byName), await digestOf(byPipe)]).toEqual([digest, digest]);
  });
});

test('memories of the first store have derived ids, dates in UTC, levels by rule and what was said of them', async () => {
  const home = scratch();
  await ok(['import', `${FIXTURES}claude-memory-server-made/sqlite_v1.db`], { home });
  await using store = await openStore({ path: join(home, 'memport.db'), readonly: true });
  const records = (await store.newest(EVERYTHING, { offset: 0, limit: 99 })).map(({ line }) =>
    JSON.parse(line),
  );
  const [first, sixth] = ['1', '6'].map(id => records.find(record => record.metadata.source?.id === id));
  expect(first).toMatchObject({
    category: 'preference',
    context_level: 'USER_PREFERENCE',
    importance: 0.9,
    tags: ['git', 'Style'],
    metadata: { source: { id: '1' } },
    provenance: { source: 'legacy' },
    created_at: '2025-11-15T08:00:00Z',
    updated_at: '2025-11-15T08:00:00Z',
    last_accessed: '2025-11-15T08:00:00Z',
  });
  expect(sixth).toMatchObject({
    content: '# Install\n\nRun `make install` 日本語.',
    category: 'context',
    context_level: 'PROJECT_CONTEXT',
    project_name: 'alpha',
    metadata: {
      source_file: 'docs/README.md',
      heading: 'Install',
      source: { id: '6', category: 'documentation' },
    },
    provenance: { source: 'documentation' },
  });
});

test('[EDGE-02] dates of the store before stay those that they were, in UTC', async () => {
  const home = scratch();
  await ok(['import', `${FIXTURES}claude-memory-server-made/sqlite_v2_first.db`], { home });
  const lines = (await ok(['list', '--all', '--json'], { home })).split('\n').map(line => JSON.parse(line));
  const event = lines.find(({ category }) => category === 'event');
  expect(event).toMatchObject({ created_at: '2025-11-16T15:00:00Z', last_accessed: '2025-11-16T11:00:00Z' });
  expect(lines.map(({ id }) => id)).toContain('00000002-0000-4000-8000-00000000000f');
});

test('a project archive holds no memories, and the message says so', async () => {
  const result = await memport(['import', FIXTURES + NO_MEMORIES], { home: scratch() });
  expect(result).toMatchObject({ code: 2, stderr: expect.stringMatching(/project archive.*no memories/) });
});

test("memport's own store is not imported, and the message says what to do", async () => {
  const [home, other] = [scratch(), scratch()];
  await ok(['add', 'One.'], { home: other });
  await copyFile(join(other, 'memport.db'), join(home, 'copy.db'));
  for (const path of [join(other, 'memport.db'), join(home, 'copy.db')])
    expect(await memport(['import', path], { home })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/store of memport itself[\s\S]*memport export/),
    });
});

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import { exportStore } from '../../src/transfer/export.ts';
import { runBinary } from '../support/binary.ts';
import { memport, ok, scratch } from '../support/cli.ts';
import { digestOf, feat038Json, fillHome, linesOf, originalMemory, summaryOf } from '../support/stores.ts';

type Parts = Readonly<Record<string, unknown>>;

/** A home with one memory of the original in it, and its file. */
async function homeWith(parts: Parts, ...more: readonly Parts[]): Promise<{ home: string; file: string }> {
  const home = scratch();
  const memories = [parts, ...more].map((each, n) => originalMemory(n + 1, each));
  const file = feat038Json(home, memories);
  await ok(['import', file], { home });
  return { home, file };
}

async function recordsOf(home: string): Promise<readonly Record<string, unknown>[]> {
  return (await linesOf(home)).map(line => JSON.parse(line) as Record<string, unknown>);
}

describe('importing', () => {
  test('pitfall B9: a stored memory that can not be read ends the import, and nothing is written over it', async () => {
    for (const strategy of ['skip', 'keep-newer', 'overwrite']) {
      const { home, file } = await homeWith({});
      const path = join(home, 'memport.db');
      const damage = new Database(path);
      damage.prepare('UPDATE memories SET record = substr(record, 1, 40)').run();
      damage.close();
      const { code } = await memport(['import', file, '--merge-strategy', strategy], { home });
      expect(code, strategy).toBe(20);
      const after = new Database(path, { readonly: true });
      expect(after.prepare('SELECT length(record) FROM memories').pluck().all(), strategy).toEqual([40]);
      after.close();
    }
  });

  test.each([
    ['2025-06-01T12:00:00', '2025-06-01T11:59:59+00:00', 'skipped'],
    ['2025-06-01T12:00:00', '2025-06-01T12:00:01', 'updated'],
    ['2025-06-01T12:00:00+00:00', '2025-06-01T12:00:01', 'updated'],
    ['2025-06-01T12:00:00+00:00', '2025-06-01T14:00:00', 'updated'],
    ['2025-06-01T12:00:00-05:00', '2025-06-01T16:00:00', 'skipped'],
  ])(
    'pitfall B11: naive dates are UTC, also against what is stored: %s, then %s',
    async (stored, imported, action) => {
      const { home } = await homeWith({ updated_at: stored });
      const file = feat038Json(home, [originalMemory(1, { updated_at: imported, content: 'Other.' })]);
      const { code, stdout } = await memport(['import', file, '--json'], { home });
      expect(code).toBe(0);
      expect(summaryOf(stdout)).toMatchObject({ [action]: 1, total: 1, rejected: 0 });
    },
  );

  test('pitfall D13: text that is not ASCII comes in and goes out under the C locale', () => {
    const home = scratch();
    const content = 'Écrit 日本語 😀';
    const file = feat038Json(home, [originalMemory(1, { content })]);
    const env = { LC_ALL: 'C', LANG: 'C' };
    expect(runBinary(['import', file], home, undefined, [], env).code).toBe(0);
    expect(runBinary(['export', 'out.json'], home, undefined, [], env).code).toBe(0);
    expect(readFileSync(join(home, 'out.json'), 'utf8')).toContain(content);
  });

  test('pitfall D2: the name of a project is never a path', async () => {
    const outer = scratch();
    const home = join(outer, 'home');
    const project_name = '../../../escaped';
    const file = feat038Json(outer, [originalMemory(1, { scope: 'project', project_name })]);
    await ok(['import', file], { home });
    await ok(['export', '--project', project_name], { home, cwd: outer });
    await ok(['projects', 'rename', project_name, '/tmp/../escaped'], { home });
    const names = (folder: string) => readdirSync(folder, { recursive: true }).map(String);
    expect(names(outer).filter(name => name.includes('escaped'))).toEqual([]);
    expect(readdirSync(join(outer, '..')).filter(name => name.includes('escaped'))).toEqual([]);
  });
});

describe('what goes out', () => {
  test.each(['out.tar.gz', 'out.json'])(
    'pitfall C1: of 250 memories all are in %s, and the counts say so',
    async name => {
      const { home } = await homeWith({}, ...Array.from({ length: 249 }, () => ({})));
      const summary = summaryOf(await ok(['export', name, '--json'], { home }));
      expect(summary).toMatchObject({ memories: 250 });
      const other = scratch();
      const imported = summaryOf(await ok(['import', join(home, name), '--json'], { home: other }));
      expect(imported).toMatchObject({ total: 250, created: 250 });
      expect(await digestOf(other)).toBe(await digestOf(home));
    },
  );

  test('pitfall C8: a day or time without zone selects in UTC', async () => {
    const { home } = await homeWith(
      { updated_at: '2025-06-01T11:59:59.999999+00:00' },
      { updated_at: '2025-06-01T12:00:00+00:00' },
      { updated_at: '2025-06-01T09:00:00-05:00' },
    );
    const count = async (...filter: string[]) =>
      summaryOf(await ok(['export', 'some.json', '--json', ...filter], { home })).memories;
    expect(await count('--since', '2025-06-01T12:00:00')).toBe(2);
    expect(await count('--until', '2025-06-01T12:00:00')).toBe(2);
    expect(await count('--since', '2025-06-01')).toBe(3);
  });

  test.each(['out.tar.gz', 'out.json'])(
    'pitfall C10: white space, line ends and the case of tags stay: %s',
    async name => {
      const content = '\n  \tindented\r\nend \u00a0\n\n';
      const tags = [' Money ', 'money', '', 'MONEY', 'money'];
      const { home } = await homeWith({ content, tags });
      await ok(['export', name], { home });
      const other = scratch();
      await ok(['import', join(home, name)], { home: other });
      expect(await recordsOf(other)).toMatchObject([{ content, tags }]);
    },
  );

  test('pitfall C11: an edit, text and vector too, keeps provenance and metadata', async () => {
    const provenance = {
      source: 'claude_inferred',
      created_by: 'session 7',
      last_confirmed: '2025-01-01T00:00:00Z',
      confidence: 0.4,
      verified: true,
      conversation_id: 'c-1',
      file_context: ['a.ts'],
      notes: 'n',
    };
    const { home } = await homeWith({ provenance, metadata: { k: 1 } });
    const [id = ''] = (await recordsOf(home)).map(record => String(record.id));
    await ok(['update', id, '--content', 'Another text.'], { home });
    await ok(['export', 'out.json', '--embeddings'], { home });
    const { memories } = JSON.parse(readFileSync(join(home, 'out.json'), 'utf8')) as { memories: unknown };
    expect(memories).toMatchObject([{ content: 'Another text.', provenance, metadata: { k: 1 } }]);
  });

  test('pitfall C14: NaN and Infinity leave as text that every reader of JSON takes', async () => {
    const home = scratch();
    const file = feat038Json(home, [originalMemory(1, { metadata: { a: 'NAN', b: 'INF' } })]);
    const bare = readFileSync(file, 'utf8').replace('"NAN"', 'NaN').replace('"INF"', '-Infinity');
    await ok(['import', '-'], { home, stdin: bare });
    await ok(['export', 'out.json'], { home });
    const out = JSON.parse(readFileSync(join(home, 'out.json'), 'utf8')) as { memories: unknown };
    expect(out.memories).toMatchObject([{ metadata: { a: 'NaN', b: '-Infinity' } }]);
  });

  test.each(['archive', 'json'] as const)(
    'pitfall C13: what others write meanwhile is not in it: %s',
    async format => {
      const { home } = await homeWith({}, ...Array.from({ length: 2999 }, () => ({})));
      const before = await linesOf(home);
      const path = join(home, 'memport.db');
      const target = join(home, 'out');
      await using store = await openStore({ path });
      let written = 0;
      const writer = new Database(path);
      const write = (): void => {
        written += writer
          .prepare('DELETE FROM memories WHERE id IN (SELECT id FROM memories ORDER BY id DESC LIMIT 9)')
          .run().changes;
      };
      const filter = { projects: [], categories: [], tags: [], since: null, until: null };
      await exportStore(
        store,
        {
          target,
          format,
          filter,
          code: true,
          embeddings: true,
          exportDate: 0n,
          generator: 'memport 0',
          config: {},
        },
        { onProgress: write },
      );
      writer.close();
      expect(written).toBeGreaterThan(0);
      const other = scratch();
      await ok(['import', target], { home: other });
      expect(await linesOf(other)).toEqual(before);
    },
  );

  test('pitfall D7: a filtered archive says that it is, and is not restored as the whole', async () => {
    const home = scratch();
    await fillHome(home);
    await ok(['export', 'part.tar.gz', '--project', 'shop'], { home });
    const summary = summaryOf(await ok(['export', 'part.tar.gz', '--project', 'shop', '--json'], { home }));
    expect(summary.export_type).toBe('filtered');
    expect((await memport(['restore', 'part.tar.gz', '--yes'], { home })).code).toBe(23);
  });

  test('pitfall D9: vectors of several lengths go out and come in, each with its memory', async () => {
    const lengths = [3, 5, 3, 0, 384];
    const [first = {}, ...more] = lengths.map((length, n) => ({
      embedding: Array.from({ length }, (_, i) => n + i / 8),
      embedding_model: `model of ${length}`,
    }));
    const { home } = await homeWith(first, ...more);
    await ok(['export', 'out.tar.gz'], { home });
    const other = scratch();
    await ok(['import', join(home, 'out.tar.gz'), '--vectors', 'keep'], { home: other });
    await ok(['export', 'out.json', '--embeddings'], { home: other });
    const { memories } = JSON.parse(readFileSync(join(other, 'out.json'), 'utf8')) as { memories: unknown };
    expect(memories).toMatchObject([first, ...more]);
  });

  test('pitfall D10: vectors of another dimension stay, and the memories are found', async () => {
    const embedding = Array.from({ length: 768 }, (_, n) => Math.fround(Math.sin(n)));
    const { home } = await homeWith({ embedding, content: 'The boiler is in the cellar.' });
    const found = await ok(['search', 'boiler cellar', '--json', '--limit', '1'], { home });
    expect(found).toContain('The boiler is in the cellar.');
    const status: unknown = JSON.parse(await ok(['status', '--json'], { home }));
    expect(status).toMatchObject({ vectors: [{ dimensions: 768, count: 1 }], pending_vectors: 0 });
  });

  test('pitfall D6: without embeddings no vector is in any member, and the file is smaller', async () => {
    const embedding = Array.from({ length: 384 }, (_, n) => Math.sin(n * 7919));
    const { home } = await homeWith({ embedding });
    await ok(['export', 'with.tar.gz'], { home });
    await ok(['export', 'without.tar.gz', '--no-embeddings'], { home });
    const size = (name: string) => statSync(join(home, name)).size;
    expect(size('with.tar.gz')).toBeGreaterThan(size('without.tar.gz') + 384 * 3);
    const other = scratch();
    await ok(['import', join(home, 'without.tar.gz'), '--vectors', 'keep'], { home: other });
    expect(JSON.parse(await ok(['status', '--json'], { home: other }))).toMatchObject({ vectors: [] });
  });
});

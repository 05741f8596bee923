import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ok, scratch } from '../support/cli.ts';
import type { Connect, Connected } from '../support/mcp.ts';
import { digestOf, feat038Json, fillHome, linesOf } from '../support/stores.ts';

interface Shown {
  readonly id: string;
  readonly content: string;
  readonly content_truncated: boolean;
  readonly content_length: number;
  readonly content_offset: number;
  readonly omitted: readonly string[];
  readonly metadata: Record<string, unknown>;
  readonly tags: readonly string[];
}

/** What a page holds; the shape is checked by the client, against the schema that the tool declares. */
function memoriesOf(data: Record<string, unknown>): readonly Shown[] {
  return data.memories as readonly Shown[];
}

function memoryOf(data: Record<string, unknown>): Shown {
  return data.memory as Shown;
}

function resultsOf(data: Record<string, unknown>): readonly Shown[] {
  return (data.results as readonly { readonly memory: Shown }[]).map(({ memory }) => memory);
}

async function record(home: string, id: string): Promise<Record<string, unknown>> {
  return JSON.parse(await ok(['show', id, '--json'], { home })) as Record<string, unknown>;
}

/** Every page of a tool that has pages. */
async function pages(
  server: Connected,
  name: string,
  args: Record<string, unknown>,
): Promise<readonly Record<string, unknown>[]> {
  const all: Record<string, unknown>[] = [];
  let cursor: unknown;
  do {
    const page = await server.ok(name, { ...args, ...(typeof cursor === 'string' && { cursor }) });
    all.push(page);
    cursor = page.next_cursor;
  } while (cursor !== null);
  return all;
}

/** Every tool with every argument that it documents, its effect looked up with the command line. */
export function toolSuite(connect: Connect): void {
  describe('store_memory', () => {
    test('keeps everything that is said, and says who said it', async () => {
      const home = scratch();
      const server = await connect(home);
      const content = ' Écrit 日本語 😀 \u0000 "quoted"\nend ';
      const { memory } = (await server.ok('store_memory', {
        content,
        category: 'workflow',
        project: '../../x',
        scope: 'global',
        tags: [' Money ', 'money', 'CI'],
        importance: 0.9,
        metadata: { id: 'x', deep: [{ n: 1.5 }], __proto__x: null },
        source: 'user_explicit',
        conversation_id: 'conversation-7',
      })) as { memory: Shown };
      expect(await record(home, memory.id)).toMatchObject({
        content,
        category: 'workflow',
        project_name: '../../x',
        scope: 'global',
        tags: ['money', 'ci'],
        importance: 0.9,
        metadata: { id: 'x', deep: [{ n: 1.5 }], __proto__x: null },
        provenance: {
          source: 'user_explicit',
          created_by: 'mcp',
          conversation_id: 'conversation-7',
          confidence: 0.8,
          verified: false,
        },
      });
      expect(memory).toMatchObject({ content, tags: ['money', 'ci'], content_truncated: false });
      expect(readdirSync(home).sort()).not.toContain('x');
    });

    test('takes for an inference what nobody is said to have said', async () => {
      const home = scratch();
      const server = await connect(home);
      const { text, data } = await server.call('store_memory', { content: 'They like tabs.' });
      const { id } = memoryOf(data);
      expect(text).toContain(id);
      expect(await record(home, id)).toMatchObject({
        category: 'fact',
        scope: 'global',
        project_name: null,
        provenance: { source: 'claude_inferred', conversation_id: null },
      });
    });

    test.each([
      [{}, /content/],
      [{ content: '' }, /empty/],
      [{ content: 5 }, /content: /],
      [{ content: 'a', category: 'idea' }, /category/],
      [{ content: 'a', importance: 2 }, /importance/],
      [{ content: 'a', scope: 'project' }, /needs a project/],
      [{ content: 'a', metadata: [1] }, /metadata/],
      [{ content: 'a', metadata: { big: 2 ** 53 } }, /2\^53/],
      [{ content: 'a', source: 'imported' }, /source/],
      [{ content: 'a', project: 'p'.repeat(201) }, /200/],
      [{ content: 'a', colour: 'red' }, /colour/],
      [{ content: 'x'.repeat(50_001) }, /50000/],
    ])('refuses case %#', async (args, message) => {
      const home = scratch();
      const server = await connect(home);
      const { isError, text, code } = await server.call('store_memory', args);
      expect({ isError, code }).toEqual({ isError: true, code: 'usage' });
      expect(text).toMatch(message);
      expect(text).toMatch(/\nNext: ./);
      expect(existsSync(join(home, 'memport.db')) ? await linesOf(home) : []).toEqual([]);
    });
  });

  describe('get_memory', () => {
    test('gives one by its id or the beginning of it', async () => {
      const home = scratch();
      const [id = ''] = await fillHome(home);
      const server = await connect(home);
      const { text, data } = await server.call('get_memory', { id: id.slice(0, 12) });
      expect(memoryOf(data)).toMatchObject({ id, content: 'Prices are in cents.' });
      expect(text).toContain('Prices are in cents.');
    });

    test('gives a long text in parts that make up the whole', async () => {
      const home = scratch();
      const text = `${'a'.repeat(19_999)}😀${'b'.repeat(25_000)}end`;
      const id = await ok(['add', '-'], { home, stdin: text });
      const server = await connect(home);
      const parts = await pages(server, 'get_memory', { id });
      expect(parts.map(part => memoryOf(part).content_offset)).toEqual([0, 19_999, 39_999]);
      expect(parts.map(part => memoryOf(part).content).join('')).toBe(text);
      const first = await server.call('get_memory', { id });
      expect(first.text).toContain(`cursor ${String(first.data.next_cursor)}`);
      await ok(['update', id, '--tag', 'x'], { home });
      const stale = await server.call('get_memory', { id, cursor: first.data.next_cursor });
      expect(stale).toMatchObject({ isError: true, code: 'usage' });
      expect(stale.text).toContain('changed since');
    });

    test('says what is too large to be shown, and the resource has it', async () => {
      const home = scratch();
      const server = await connect(home);
      const metadata = { long: 'x'.repeat(30_000) };
      const { memory } = (await server.ok('store_memory', { content: 'a', metadata })) as { memory: Shown };
      const { data, text } = await server.call('get_memory', { id: memory.id });
      expect(memoryOf(data)).toMatchObject({ metadata: {}, omitted: ['metadata'] });
      expect(text).toContain(`memport://memory/${memory.id}`);
      const read = await server.client.readResource({ uri: `memport://memory/${memory.id}` });
      const [whole] = read.contents;
      expect(whole && 'text' in whole ? JSON.parse(whole.text) : null).toMatchObject({ metadata });
    });

    test('keeps every digit of a number', async () => {
      const home = scratch();
      const [id = ''] = await fillHome(home);
      const server = await connect(home);
      const { contents } = await server.client.readResource({ uri: `memport://memory/${id}` });
      const [first] = contents;
      expect(first && 'text' in first ? first.text : '').toContain('"big":9007199254740993,"one":1.0');
    });

    test.each([
      ['beef', 'not_found', /begins with beef/],
      ['xy', 'usage', /is no id/],
    ])('says of %s what to do', async (id, code, message) => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      const called = await server.call('get_memory', { id });
      expect(called).toMatchObject({ isError: true, code });
      expect(called.text).toMatch(message);
      expect(called.text).toMatch(/Next: .*(list_memories|arguments)/);
    });
  });

  describe('list_memories', () => {
    test('filters as the command line does', async () => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      const cases: readonly (readonly [Record<string, unknown>, readonly string[]])[] = [
        [{}, ['--all']],
        [{ project: 'shop' }, ['--project', 'shop']],
        [{ project: ['shop', 'greenhouse'] }, ['--project', 'shop', '--project', 'greenhouse']],
        [{ category: 'event' }, ['--category', 'event']],
        [{ category: ['event', 'workflow'] }, ['--category', 'event', '--category', 'workflow']],
        [{ tags: ['LANGUAGE', 'money'] }, ['--tag', 'language', '--tag', 'money']],
        [{ since: '2026-05-04' }, ['--since', '2026-05-04']],
        [{ until: '2026-05-03' }, ['--until', '2026-05-03']],
        [
          { project: 'shop', since: '2026-05-02', until: '2026-05-03T12:00Z' },
          ['--project', 'shop', '--since', '2026-05-02', '--until', '2026-05-03T12:00Z'],
        ],
        [{ project: 'none' }, ['--project', 'none']],
      ];
      for (const [args, flags] of cases) {
        const lines = (await ok(['list', '--json', ...flags], { home })).split('\n').filter(Boolean);
        const ids = lines.map(line => (JSON.parse(line) as { id: string }).id);
        const data = await server.ok('list_memories', args);
        expect(memoriesOf(data).map(({ id }) => id)).toEqual(ids);
        expect(data).toMatchObject({ total: ids.length, next_cursor: null });
      }
    });

    test('cuts long texts', async () => {
      const home = scratch();
      await ok(['add', `${'a'.repeat(499)}😀 and more`], { home });
      const server = await connect(home);
      const { data, text } = await server.call('list_memories');
      const [memory] = memoriesOf(data);
      expect(memory).toMatchObject({
        content: 'a'.repeat(499),
        content_truncated: true,
        content_length: 510,
      });
      expect(text).toContain(` …`);
    });

    test.each([
      [{ limit: 0 }, /limit/],
      [{ limit: 101 }, /limit/],
      [{ since: 'soon' }, /is no date/],
      [{ since: '2026-05-03', until: '2026-05-01' }, /later than/],
      [{ category: 'idea' }, /category/],
      [{ cursor: 'garbage' }, /cursor/],
      [{ cursor: Buffer.from('[1,2]').toString('base64url') }, /cursor/],
      [{ tag: 'a' }, /tag/],
    ])('refuses %j', async (args, message) => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      const called = await server.call('list_memories', args);
      expect(called).toMatchObject({ isError: true, code: 'usage' });
      expect(called.text).toMatch(message);
    });

    test('refuses the cursor of another query', async () => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      const { next_cursor: cursor } = await server.ok('list_memories', { limit: 1 });
      expect(await server.call('list_memories', { project: 'shop', cursor })).toMatchObject({
        code: 'usage',
      });
      expect(memoriesOf(await server.ok('list_memories', { limit: 1, cursor }))).toHaveLength(1);
    });

    test('says of a home without a store how it comes to one', async () => {
      const server = await connect(scratch());
      const called = await server.call('list_memories');
      expect(called).toMatchObject({ isError: true, code: 'not_found' });
      expect(called.text).toMatch(/store_memory/);
    });
  });

  describe('search_memories', () => {
    test('finds by words, narrowed down by every filter', async () => {
      const home = scratch();
      const [cents = '', drop = ''] = await fillHome(home);
      const server = await connect(home);
      const { data, text } = await server.call('search_memories', { query: 'prices in cents' });
      expect(resultsOf(data)[0]?.id).toBe(cents);
      expect(text).toContain(cents);
      const narrow = {
        project: 'shop',
        category: 'fact',
        tags: ['money'],
        since: '2026-05-01',
        until: '2026-05-02',
      };
      expect(
        resultsOf(await server.ok('search_memories', { query: 'prices', ...narrow })).map(({ id }) => id),
      ).toEqual([cents]);
      expect(
        resultsOf(await server.ok('search_memories', { query: "'; DROP TABLE memories; --", limit: 1 }))[0]
          ?.id,
      ).toBe(drop);
      expect((await server.call('search_memories', { query: 'zzz', project: 'none' })).text).toContain(
        'Nothing was found',
      );
    });

    test('gives its ranking in pages, each result once, and says when the ranking ends', async () => {
      const home = scratch();
      const apples = Array.from({ length: 150 }, (_, i) => ({
        id: `01a20d38-3822-7531-a9a4-${String(i).padStart(12, '0')}`,
        content: `apple number ${i}`,
        category: 'fact',
        scope: 'global',
        created_at: '2026-01-01T00:00:00Z',
        updated_at: '2026-01-01T00:00:00Z',
      }));
      await ok(['import', feat038Json(home, apples)], { home });
      const server = await connect(home);
      const all = await pages(server, 'search_memories', { query: 'apple', limit: 40 });
      const ids = all.flatMap(resultsOf).map(({ id }) => id);
      expect(all.map(page => resultsOf(page).length)).toEqual([40, 40, 20]);
      expect(new Set(ids).size).toBe(100);
      expect(all[0]).toMatchObject({ complete: false });
      expect(
        await server.ok('search_memories', { query: 'number 7', limit: 3, project: 'none' }),
      ).toMatchObject({ complete: true, next_cursor: null });
    });

    test('refuses an empty query', async () => {
      const server = await connect(scratch());
      expect(await server.call('search_memories', { query: '' })).toMatchObject({ code: 'usage' });
    });
  });

  describe('update_memory', () => {
    test('changes what is given and nothing else', async () => {
      const home = scratch();
      const [id = ''] = await fillHome(home);
      const before = await record(home, id);
      const server = await connect(home);
      await server.ok('update_memory', { id, importance: 0.25 });
      const after = await record(home, id);
      expect(after).toEqual({ ...before, importance: 0.25, updated_at: after.updated_at });
      expect(after.updated_at).not.toBe(before.updated_at);
      await server.ok('update_memory', {
        id: id.slice(0, 13),
        content: 'Prices are in euros.',
        category: 'preference',
        project: 'kiosk',
        scope: 'project',
        tags: ['New'],
        metadata: { a: 1 },
      });
      expect(await record(home, id)).toMatchObject({
        content: 'Prices are in euros.',
        category: 'preference',
        project_name: 'kiosk',
        scope: 'project',
        tags: ['new'],
        metadata: { a: 1 },
        importance: 0.25,
      });
      expect(await ok(['search', 'euros', '--json'], { home })).toContain(id);
    });

    test.each([
      [{ id: 'beef', content: 'x' }, 'not_found'],
      [{ id: '0', content: 'x' }, 'usage'],
      [{ content: 'x' }, 'usage'],
    ])('refuses %j', async (args, code) => {
      const home = scratch();
      await fillHome(home);
      const before = await digestOf(home);
      const server = await connect(home);
      expect(await server.call('update_memory', args)).toMatchObject({ isError: true, code });
      expect(await digestOf(home)).toBe(before);
    });

    test('refuses a change of nothing', async () => {
      const home = scratch();
      const [id = ''] = await fillHome(home);
      const server = await connect(home);
      const called = await server.call('update_memory', { id });
      expect(called).toMatchObject({ isError: true, code: 'usage' });
      expect(called.text).toContain('nothing to change');
    });
  });

  describe('delete_memory', () => {
    test('forgets one, and a second time says that it is gone', async () => {
      const home = scratch();
      const [id = ''] = await fillHome(home);
      const server = await connect(home);
      expect(await server.ok('delete_memory', { id: id.slice(0, 12) })).toEqual({ deleted: id });
      expect((await linesOf(home)).filter(line => line.includes(id))).toEqual([]);
      expect(await server.call('delete_memory', { id })).toMatchObject({ code: 'not_found' });
      expect(await linesOf(home)).toHaveLength(4);
    });
  });

  describe('export_memories', () => {
    test('writes a whole archive that another home restores to the same digest', async () => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      const { path, ...report } = await server.ok('export_memories');
      expect(report).toMatchObject({
        format: 'archive',
        export_type: 'full',
        memories: 5,
        filters: {},
        content_digest: await digestOf(home),
      });
      expect(String(path).startsWith(join(home, 'exports', 'memport-'))).toBe(true);
      expect(readFileSync(String(path)).length).toBe(report.bytes);
      const other = scratch();
      await ok(['restore', String(path), '--yes'], { home: other });
      expect(await digestOf(other)).toBe(await digestOf(home));
    });

    test('writes what every filter leaves, under the name that is given, and never over a file', async () => {
      const home = scratch();
      const [cents = ''] = await fillHome(home);
      const server = await connect(home);
      const args = {
        format: 'json',
        project: 'shop',
        category: 'fact',
        tags: ['money'],
        since: '2026-05-01',
        until: '2026-05-02',
      };
      const report = await server.ok('export_memories', { ...args, output_path: 'part.json' });
      expect(report).toMatchObject({
        path: join(home, 'exports', 'part.json'),
        export_type: 'filtered',
        memories: 1,
        content_digest: null,
        filters: { projects: ['shop'], categories: ['fact'], tags: ['money'] },
      });
      const written = readFileSync(String(report.path), 'utf8');
      expect(JSON.parse(written)).toMatchObject({ memories: [{ id: cents }] });
      const again = await server.call('export_memories', { output_path: 'part.json' });
      expect(again).toMatchObject({ isError: true, code: 'usage' });
      expect(readFileSync(String(report.path), 'utf8')).toBe(written);
      expect(readdirSync(join(home, 'exports'))).toEqual(['part.json']);
    });

    test.each([
      [{ format: 'zip' }, 'usage'],
      [{ output_path: 'none/x.json' }, 'usage'],
      [{ output_path: '' }, 'usage'],
    ])('refuses %j', async (args, code) => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      expect(await server.call('export_memories', args)).toMatchObject({ isError: true, code });
    });

    test('says that there is nothing yet', async () => {
      const server = await connect(scratch());
      expect(await server.call('export_memories')).toMatchObject({ isError: true, code: 'not_found' });
    });

    test.each([undefined, 'base', 'base.md'])('of Markdown makes a knowledge base, %s', async output_path => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      const args = { format: 'markdown', ...(output_path !== undefined && { output_path }) };
      const report = await server.ok('export_memories', args);
      expect(report).toMatchObject({ format: 'markdown', memories: 5 });
      const path = String(report.path);
      expect(path.startsWith(join(home, 'exports'))).toBe(true);
      if (output_path === 'base.md') expect(readFileSync(path, 'utf8')).toContain('Prices are in cents.');
      else expect(existsSync(join(path, 'index.md'))).toBe(true);
      const back = await server.ok('import_memories', { input_path: path });
      expect(back).toMatchObject({ total: 5, unchanged: 5, rejected: 0 });
      const again = await server.call('export_memories', args);
      expect(again.isError).toBe(output_path !== undefined);
    });
  });

  describe('import_memories', () => {
    /** A home, and a file with an older state of its memories in the exports folder. */
    async function changedHome(): Promise<{ home: string; id: string; server: Connected }> {
      const home = scratch();
      const [id = ''] = await fillHome(home);
      const server = await connect(home);
      await server.ok('export_memories', { output_path: 'old.tar.gz' });
      await server.ok('update_memory', { id, content: 'Changed since.' });
      return { home, id, server };
    }

    test.each([
      ['keep-newer', { skipped: 1, unchanged: 4 }, 'Changed since.'],
      ['keep_older', { skipped: 1, unchanged: 4 }, 'Changed since.'],
      ['skip', { skipped: 1, unchanged: 4 }, 'Changed since.'],
      ['overwrite', { updated: 1, unchanged: 4 }, 'Prices are in cents.'],
      ['keep-both', { kept_both: 1, unchanged: 4 }, 'Changed since.'],
      ['merge', { unchanged: 5 }, 'Changed since.'],
    ])('with the strategy %s', async (merge_strategy, counts, content) => {
      const { home, id, server } = await changedHome();
      const args = { input_path: 'old.tar.gz', merge_strategy };
      const trial = await server.ok('import_memories', { ...args, dry_run: true });
      expect(trial).toMatchObject({ total: 5, ...counts, dry_run: true, operation_id: null });
      const { operation_id: operation, dry_run, ...report } = await server.ok('import_memories', args);
      expect(report).toEqual({ ...trial, dry_run: undefined, operation_id: undefined });
      expect(dry_run).toBe(false);
      expect(await record(home, id)).toMatchObject({ content });
      const changes = 'updated' in counts || 'kept_both' in counts;
      expect(typeof operation === 'string').toBe(changes);
      const again = await server.ok('import_memories', args);
      expect(again).toMatchObject({ created: 0, updated: 0, kept_both: 0 });
    });

    test('takes what every filter leaves, under new names of projects', async () => {
      const home = scratch();
      await fillHome(home);
      const file = join(home, 'exports', 'all.json');
      await (await connect(home)).ok('export_memories', { format: 'json', output_path: 'all.json' });
      const other = scratch();
      const server = await connect(other, { env: { MEMPORT_MCP_ALLOWED_PATHS: join(home, 'exports') } });
      const report = await server.ok('import_memories', {
        input_path: file,
        project: 'shop',
        category: ['fact', 'event'],
        tags: ['money'],
        since: '2026-05-01',
        until: '2026-05-31',
        rename_projects: { shop: 'store = one' },
      });
      expect(report).toMatchObject({ created: 1, filtered_out: 4, renamed: 1, input: file });
      const [line = ''] = await linesOf(other);
      expect(JSON.parse(line)).toMatchObject({
        project_name: 'store = one',
        content: 'Prices are in cents.',
      });
    });

    test('puts rejected records into the exports folder', async () => {
      const home = scratch();
      const server = await connect(home);
      await server.ok('store_memory', { content: 'x' });
      await server.ok('export_memories', { format: 'json', output_path: 'a.json' });
      const file = join(home, 'exports', 'a.json');
      const document = JSON.parse(readFileSync(file, 'utf8')) as {
        memories: Record<string, unknown>[];
        memory_count: number;
      };
      document.memories.push({ id: 'bad', content: 7 });
      document.memory_count += 1;
      writeFileSync(join(home, 'exports', 'b.json'), JSON.stringify(document));
      const report = await server.call('import_memories', { input_path: 'b.json' });
      expect(report.data).toMatchObject({
        rejected: 1,
        rejects_file: join(home, 'exports', 'b.json.rejects.jsonl'),
      });
      expect(report.text).toContain('b.json.rejects.jsonl');
      expect(readFileSync(String(report.data.rejects_file), 'utf8')).toContain('"bad"');
    });

    test('a dry run in an empty home leaves nothing', async () => {
      const home = scratch();
      await fillHome(home);
      await (await connect(home)).ok('export_memories', { output_path: 'a.tar.gz' });
      const other = scratch();
      const server = await connect(other, { env: { MEMPORT_MCP_ALLOWED_PATHS: home } });
      // The other home is not this one: its exports are files like any.
      const input_path = join(home, 'exports', 'a.tar.gz');
      expect(await server.ok('import_memories', { input_path, dry_run: true })).toMatchObject({ created: 5 });
      expect(readdirSync(other)).toEqual([]);
    });

    test.each([
      [{ input_path: 'none.json' }, 'not_found'],
      [{ input_path: 'a.json', merge_strategy: 'newest' }, 'usage'],
      [{ input_path: 'a.json', merge_strategy: 'ask' }, 'usage'],
      [{ input_path: 'a.json', rename_projects: { a: '' } }, 'usage'],
      [{ input_path: 'a.json', since: 'soon' }, 'usage'],
      [{}, 'usage'],
      [{ input_path: 'noise.bin' }, 'unknown_format'],
      [{ input_path: 'damaged.tar.gz' }, 'integrity'],
    ])('refuses %j', async (args, code) => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      const { path } = await server.ok('export_memories', { output_path: 'whole.tar.gz' });
      await server.ok('export_memories', { format: 'json', output_path: 'a.json' });
      const bytes = readFileSync(String(path));
      bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 0xff;
      writeFileSync(join(home, 'exports', 'damaged.tar.gz'), bytes);
      writeFileSync(join(home, 'exports', 'noise.bin'), 'no such format');
      const before = await digestOf(home);
      const called = await server.call('import_memories', args);
      expect(called).toMatchObject({ isError: true, code });
      expect(called.text).toMatch(/\nNext: ./);
      expect(await digestOf(home)).toBe(before);
    });
  });

  describe('restore_from_backup', () => {
    async function changedHome(): Promise<{
      home: string;
      server: Connected;
      before: string;
      after: string;
    }> {
      const home = scratch();
      const [id = ''] = await fillHome(home);
      const server = await connect(home);
      await server.ok('export_memories', { output_path: 'whole.tar.gz' });
      const before = await digestOf(home);
      await server.ok('delete_memory', { id });
      await server.ok('store_memory', { content: 'Too much.' });
      return { home, server, before, after: await digestOf(home) };
    }
    const FILE = { input_path: 'whole.tar.gz' };

    test('shows the plan first, and acts with its id', async () => {
      const { home, server, before, after } = await changedHome();
      const plan = await server.call('restore_from_backup', FILE);
      expect(plan.data).toMatchObject({
        added: 1,
        removed: 1,
        changed: 0,
        unchanged: 4,
        restored: false,
        operation_id: null,
      });
      expect(plan.text).toContain(String(plan.data.plan_id));
      expect(await digestOf(home)).toBe(after);
      const done = await server.ok('restore_from_backup', { plan_id: plan.data.plan_id });
      expect(done).toMatchObject({
        added: 1,
        removed: 1,
        restored: true,
        plan_id: null,
        content_digest: before,
      });
      expect(await digestOf(home)).toBe(before);
      expect(existsSync(String(done.safety_backup))).toBe(true);
      const undone = await server.ok('undo_operation', { operation_id: done.operation_id });
      expect(undone).toMatchObject({ kind: 'restore', left: 0 });
      expect(await digestOf(home)).toBe(after);
    });

    test('has nothing to do where nothing differs', async () => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      await server.ok('export_memories', { output_path: 'whole.tar.gz' });
      const plan = await server.call('restore_from_backup', FILE);
      expect(plan.data).toMatchObject({ plan_id: null, unchanged: 5 });
      expect(plan.text).toContain('nothing to restore');
    });

    test('refuses a plan when the store has changed since, whoever changed it', async () => {
      const { home, server } = await changedHome();
      const { plan_id } = await server.ok('restore_from_backup', FILE);
      await ok(['add', 'In between.'], { home });
      const between = await digestOf(home);
      const called = await server.call('restore_from_backup', { plan_id });
      expect(called).toMatchObject({ isError: true, code: 'safety_stop' });
      expect(called.text).toMatch(/the store has changed since.*\nNext: .*input_path/s);
      expect(await digestOf(home)).toBe(between);
      expect(existsSync(join(home, 'backups'))).toBe(false);
      // It is used up: the state of before does not make it good again.
      expect(await server.call('restore_from_backup', { plan_id })).toMatchObject({ code: 'not_found' });
    });

    test('refuses a plan when the file has changed since', async () => {
      const { home, server, after } = await changedHome();
      const { plan_id } = await server.ok('restore_from_backup', FILE);
      await ok(['export', join(home, 'exports', 'whole.tar.gz')], { home });
      const called = await server.call('restore_from_backup', { plan_id });
      expect(called).toMatchObject({ isError: true, code: 'safety_stop' });
      expect(await digestOf(home)).toBe(after);
    });

    test('refuses another file under the same name', async () => {
      const { home, server, after } = await changedHome();
      const { plan_id } = await server.ok('restore_from_backup', FILE);
      const other = scratch();
      await ok(['add', 'Something else.'], { home: other });
      await ok(['export', join(home, 'exports', 'whole.tar.gz')], { home: other });
      const called = await server.call('restore_from_backup', { plan_id });
      expect(called).toMatchObject({ isError: true, code: 'safety_stop' });
      expect(called.text).toContain('has changed since');
      expect(await digestOf(home)).toBe(after);
    });

    test('refuses a part of a store, with the way out', async () => {
      const { home, server, after } = await changedHome();
      await server.ok('export_memories', { project: 'shop', output_path: 'part.tar.gz' });
      const called = await server.call('restore_from_backup', { input_path: 'part.tar.gz' });
      expect(called).toMatchObject({ isError: true, code: 'safety_stop' });
      expect(called.text).toContain('import_memories');
      expect(await digestOf(home)).toBe(after);
    });

    test.each([
      [{}, 'usage'],
      [{ input_path: 'whole.tar.gz', plan_id: 'x' }, 'usage'],
      [{ plan_id: 'x' }, 'not_found'],
      [{ input_path: 'none.tar.gz' }, 'not_found'],
    ])('refuses %j', async (args, code) => {
      const { server } = await changedHome();
      const called = await server.call('restore_from_backup', args);
      expect(called).toMatchObject({ isError: true, code });
      expect(called.text).toMatch(/\nNext: .*(input_path|exports)/);
    });
  });

  describe('undo_operation', () => {
    async function importedHome(): Promise<{
      home: string;
      server: Connected;
      before: string;
      operation: string;
    }> {
      const home = scratch();
      const [id = ''] = await fillHome(home);
      const server = await connect(home);
      await server.ok('export_memories', { output_path: 'old.tar.gz' });
      await server.ok('update_memory', { id, content: 'Changed since.' });
      const before = await digestOf(home);
      const args = { input_path: 'old.tar.gz', merge_strategy: 'overwrite' };
      const { operation_id } = await server.ok('import_memories', args);
      return { home, server, before, operation: String(operation_id) };
    }

    test('takes back the newest, or the one that is named, and can be undone itself', async () => {
      const { home, server, before, operation } = await importedHome();
      const after = await digestOf(home);
      const trial = await server.call('undo_operation', { dry_run: true });
      expect(trial.data).toMatchObject({ undone: operation, restored: 1, operation_id: null, dry_run: true });
      expect(await digestOf(home)).toBe(after);
      const undone = await server.ok('undo_operation');
      expect(undone).toMatchObject({
        undone: operation,
        kind: 'import',
        restored: 1,
        left: 0,
        left_rows: [],
      });
      expect(await digestOf(home)).toBe(before);
      await server.ok('undo_operation', { operation_id: String(undone.operation_id).slice(0, 20) });
      expect(await digestOf(home)).toBe(after);
    });

    test('leaves and lists what was changed since', async () => {
      const { home, server, operation } = await importedHome();
      const [line = ''] = (await linesOf(home)).filter(text => text.includes('Prices are in cents.'));
      const { id } = JSON.parse(line) as { id: string };
      await server.ok('update_memory', { id, content: 'And again.' });
      const called = await server.call('undo_operation', { operation_id: operation });
      expect(called.data).toMatchObject({ left: 1, left_rows: [{ kind: 'memory', id }], restored: 0 });
      expect(called.text).toContain('1 were changed since');
      expect(await record(home, id)).toMatchObject({ content: 'And again.' });
    });

    test('names the operations that there are', async () => {
      const { server, operation } = await importedHome();
      const called = await server.call('undo_operation', { operation_id: 'beef' });
      expect(called).toMatchObject({ isError: true, code: 'not_found' });
      expect(called.text).toContain(operation);
      await server.ok('undo_operation');
      expect(await server.call('undo_operation', { operation_id: operation })).toMatchObject({
        code: 'usage',
      });
    });

    test('has nothing to do in a store without operations', async () => {
      const home = scratch();
      await fillHome(home);
      const server = await connect(home);
      expect((await server.call('undo_operation')).text).toBe('There is nothing to undo.');
      const called = await server.call('undo_operation', { operation_id: 'beef' });
      expect(called).toMatchObject({ isError: true, code: 'not_found' });
      expect(called.text).toContain('no operations');
    });
  });

  describe('resources', () => {
    test('tell the state and single memories', async () => {
      const home = scratch();
      const [id = ''] = await fillHome(home);
      const { client } = await connect(home);
      const { resources } = await client.listResources();
      expect(resources.map(({ uri }) => uri)).toEqual(['memport://status', 'memport://backups']);
      const { resourceTemplates } = await client.listResourceTemplates();
      expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual(['memport://memory/{id}']);
      const read = async (uri: string): Promise<unknown> => {
        const [first] = (await client.readResource({ uri })).contents;
        return first && 'text' in first ? JSON.parse(first.text) : null;
      };
      expect(await read('memport://status')).toMatchObject({
        home,
        memories: 5,
        project_list: [{ name: 'greenhouse' }, { name: 'shop', memory_count: 3 }],
      });
      expect(await read(`memport://memory/${id}`)).toEqual(await record(home, id));
      for (const uri of ['memport://memory/beef', 'memport://memory/x', 'memport://nothing', 'no uri'])
        await expect(client.readResource({ uri })).rejects.toMatchObject({ code: expect.any(Number) });
    });
  });
}

import { realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { place, tree } from '../code-index/tree.ts';
import { ok, scratch } from '../support/cli.ts';
import type { Connect, Connected } from '../support/mcp.ts';
import { fillHome } from '../support/stores.ts';

interface Unit {
  readonly name: string;
  readonly file_path: string;
  readonly project_name: string;
  readonly content: string;
  readonly root_path: string | null;
}

const FILES = {
  'src/money.ts':
    '/** Adds up prices in cents. */\nexport function addPrices(a: number, b: number) {\n  return a + b;\n}\n',
  'src/deep/user.ts': 'export class UserName {\n  full() {\n    return 1;\n  }\n}\n',
  'tool.py': 'def add_prices(a, b):\n    return a + b\n',
  'README.md': '# Shop\n\nPrices are in cents.\n',
};

function unitsOf(data: Record<string, unknown>): readonly Unit[] {
  return (data.results as readonly { readonly unit: Unit }[]).map(({ unit }) => unit);
}

async function found(server: Connected, args: Record<string, unknown>): Promise<readonly string[]> {
  return unitsOf(await server.ok('search_code', args)).map(({ name, file_path }) => `${file_path} ${name}`);
}

async function counted(home: string): Promise<Record<string, unknown>> {
  return JSON.parse(await ok(['status', '--json'], { home })) as Record<string, unknown>;
}

/** The tools of the code index with every argument, their effects looked up with the command line. */
export function codeToolSuite(connect: Connect): void {
  async function place4(): Promise<{ home: string; root: string; server: Connected }> {
    const [home, root] = [scratch(), realpathSync(tree(FILES))];
    return { home, root, server: await connect(home, { env: { MEMPORT_MCP_ALLOWED_PATHS: root } }) };
  }

  describe('index_codebase', () => {
    test.skipIf(process.platform !== 'linux')('names what could not be read', async () => {
      const root = realpathSync(tree({ 'a.py': 'def a(): pass\n' }));
      // A name that is no text can't be kept as one.
      writeFileSync(Buffer.concat([Buffer.from(`${root}/f`), Buffer.of(0xff)]), 'x');
      const server = await connect(scratch(), { env: { MEMPORT_MCP_ALLOWED_PATHS: root } });
      const { text, data } = await server.call('index_codebase', { path: root, project: 'shop' });
      expect(data).toMatchObject({ files: 1, unreadable_total: 1 });
      expect(text).toMatch(/1 could not be read and stay as they were, such as f/);
    });

    test('tells of files that are in part not understood', async () => {
      const root = realpathSync(
        tree({ 'broken.py': 'def whole():\n    return 1\n\n\ndef half(:\n    return (1,\n' }),
      );
      const server = await connect(scratch(), { env: { MEMPORT_MCP_ALLOWED_PATHS: root } });
      const { text, data } = await server.call('index_codebase', { path: root, project: 'shop' });
      expect(data).toMatchObject({ broken_total: 1 });
      expect(text).toContain('Of 1 a part could not be parsed.');
    });

    test('units that came in a file, of a project that nobody has indexed here, have no root', async () => {
      const [home, root] = [scratch(), realpathSync(tree(FILES))];
      const full = fileURLToPath(new URL('../fixtures/claude-memory-server/full.json', import.meta.url));
      await ok(['import', full], { home });
      const server = await connect(home, { env: { MEMPORT_MCP_ALLOWED_PATHS: root } });
      const units = unitsOf(await server.ok('search_code', { query: 'def function class return' }));
      expect(units.length).toBeGreaterThan(0);
      expect(units.every(unit => unit.root_path === null)).toBe(true);
    });

    test('makes the index what the folder holds', async () => {
      const { home, root, server } = await place4();
      const { text, data } = await server.call('index_codebase', { path: root, project: 'shop' });
      expect(data).toMatchObject({
        project: 'shop',
        root,
        files: 4,
        parsed: 4,
        removed: 0,
        units_removed: 0,
        languages: { markdown: 1, python: 1, typescript: 2 },
        unreadable: [],
        unreadable_total: 0,
        broken: [],
        broken_total: 0,
        pending_vectors: 0,
      });
      expect(text).toContain('search_code');
      expect((await counted(home)).code_units).toBe(data.units);
      const listed = await ok(['search-code', 'add', 'prices', '--json'], { home });
      expect(listed).toContain('"name":"addPrices"');
      place(root, 'src/money.ts', 'export function takeOff() {}\n');
      rmSync(join(root, 'tool.py'));
      expect(await server.ok('index_codebase', { path: root, project: 'shop' })).toMatchObject({
        files: 3,
        parsed: 1,
        unchanged: 2,
        removed: 1,
      });
      expect(await ok(['search-code', 'add', 'prices', '--json'], { home })).not.toContain('addPrices');
    });

    test('calls a project as its folder, and says what it could not parse', async () => {
      const { root, server } = await place4();
      place(root, 'broken.py', 'def (:\n');
      const { text, data } = await server.call('index_codebase', { path: root });
      expect(data).toMatchObject({ project: root.split('/').at(-1), broken: ['broken.py'], broken_total: 1 });
      expect(text).toContain('a part could not be parsed');
    });

    test('does not wipe out the index of another folder, unless it is to', async () => {
      const { home, root, server } = await place4();
      await ok(['index', tree({ 'a.py': 'def a(): pass\n' }), '--project', 'shop'], { home });
      const { code_units: before } = await counted(home);
      const called = await server.call('index_codebase', { path: root, project: 'shop' });
      expect(called).toMatchObject({ isError: true, code: 'safety_stop' });
      expect(called.text).toMatch(/\nNext: .*replace true/);
      expect((await counted(home)).code_units).toBe(before);
      const replaced = await server.ok('index_codebase', { path: root, project: 'shop', replace: true });
      expect(replaced).toMatchObject({ removed: 1, files: 4 });
    });

    test('sees no folder that is not allowed, by whatever name', async () => {
      const { home, root, server } = await place4();
      const outside = realpathSync(tree({ 'secret.py': 'def secret(): pass\n' }));
      symlinkSync(outside, join(root, 'link'));
      for (const path of [outside, join(root, 'link'), `${root}/../x`, '//host/share', home, ''])
        expect(await server.call('index_codebase', { path })).toMatchObject({ isError: true, code: 'usage' });
      await server.ok('index_codebase', { path: root });
      expect((await found(server, { query: 'secret' })).filter(name => name.includes('secret'))).toEqual([]);
    });

    test.each([
      [{}, 'usage', /path/],
      [{ path: 'none' }, 'not_found', /exports|absolute path/],
      [{ path: 'tool.py' }, 'usage', /folder/],
      [{ project: 'p'.repeat(201) }, 'usage', /./],
      [{ project: '' }, 'usage', /./],
      [{ all: true }, 'usage', /project/],
    ])('refuses case %#', async (args, code, next) => {
      const { home, root, server } = await place4();
      const path = 'path' in args ? join(root, String(args.path)) : root;
      const called = await server.call(
        'index_codebase',
        Object.keys(args).length === 0 ? {} : { ...args, path },
      );
      expect(called).toMatchObject({ isError: true, code });
      expect(called.text.split('\nNext: ')[1]).toMatch(next);
      expect(await server.call('search_code', { query: 'x' })).toMatchObject({ code: 'not_found' });
      expect(home).not.toBe(root);
    });
  });

  describe('search_code', () => {
    async function indexed(): Promise<{ root: string; server: Connected; home: string }> {
      const places = await place4();
      await places.server.ok('index_codebase', { path: places.root, project: 'shop' });
      return places;
    }

    test('finds by words and parts of names, with where it is', async () => {
      const { root, server } = await indexed();
      const { text, data } = await server.call('search_code', { query: 'add prices', limit: 1 });
      expect(data).toMatchObject({ complete: true });
      expect(data.results).toMatchObject([
        {
          unit: {
            project_name: 'shop',
            root_path: root,
            name: expect.stringMatching(/^add_?prices$/i),
            content_truncated: false,
            start_line: expect.any(Number),
          },
        },
      ]);
      expect(text).toMatch(/- (src\/money\.ts|tool\.py):\d+-\d+ function add_?prices/i);
      expect(text).toContain(`cursor ${String(data.next_cursor)}`);
      expect((await found(server, { query: 'user name' }))[0]).toMatch(/^src\/deep\/user\.ts UserName/);
    });

    test('goes by each filter, and by several', async () => {
      const { home, server } = await indexed();
      await ok(['index', tree({ 'other.py': 'def add_prices(): pass\n' }), '--project', 'other'], { home });
      const query = 'add prices';
      const search = async (args: Record<string, unknown>): Promise<readonly Unit[]> =>
        unitsOf(await server.ok('search_code', { query, ...args }));
      const all = (units: readonly Unit[], is: (unit: Unit) => boolean): void => {
        expect(units.length).toBeGreaterThan(0);
        expect(units.every(is)).toBe(true);
      };
      all(await search({ project: 'other' }), unit => unit.project_name === 'other');
      expect((await search({ project: ['other', 'shop'] })).length).toBeGreaterThan(1);
      all(await search({ language: 'Python' }), unit => unit.file_path.endsWith('.py'));
      all(await search({ language: ['typescript'] }), unit => unit.file_path.endsWith('.ts'));
      all(await search({ type: 'function' }), unit => /^add_?prices$/i.test(unit.name));
      all(await search({ path: './src/' }), unit => unit.file_path.startsWith('src/'));
      all(
        await search({ project: 'shop', language: ['python', 'rust'], type: ['function'] }),
        unit => unit.file_path === 'tool.py',
      );
      expect(await search({ path: 'nowhere/' })).toEqual([]);
    });

    test('comes in pages, with each unit once', async () => {
      const { server } = await indexed();
      const whole = await found(server, { query: 'prices', limit: 100 });
      const pages: string[] = [];
      let cursor: unknown;
      do {
        const page = await server.ok('search_code', {
          query: 'prices',
          limit: 1,
          ...(cursor !== undefined && { cursor }),
        });
        pages.push(...unitsOf(page).map(({ name, file_path }) => `${file_path} ${name}`));
        cursor = page.next_cursor;
      } while (cursor !== null);
      expect(whole.length).toBeGreaterThan(2);
      expect(pages).toEqual(whole);
    });

    test('cuts what is long and says so', async () => {
      const { root, server } = await place4();
      const body = Array.from({ length: 200 }, (_, n) => `  total += ${n};`).join('\n');
      place(root, 'long.ts', `/** ${'Long. '.repeat(300)} */\nexport function longOne() {\n${body}\n}\n`);
      await server.ok('index_codebase', { path: root, project: 'shop' });
      const [unit] = unitsOf(await server.ok('search_code', { query: 'long one', type: 'function' }));
      expect(unit).toMatchObject({ name: 'longOne', content_truncated: true });
      expect(unit?.content).toHaveLength(1000);
    });

    test('goes by words where no embedder answers, and tells the log', async () => {
      const [home, root] = [scratch(), realpathSync(tree({ ...FILES, 'plain.sh': 'echo prices\n' }))];
      const told: unknown[] = [];
      const server = await connect(home, {
        env: {
          MEMPORT_MCP_ALLOWED_PATHS: root,
          MEMPORT_EMBEDDING_PROVIDER: 'http',
          MEMPORT_EMBEDDING_MODEL: 'x',
          MEMPORT_EMBEDDING_URL: 'http://127.0.0.1:1/v1',
        },
        prepare: client =>
          client.setNotificationHandler('notifications/message', ({ params }) => void told.push(params.data)),
      });
      const { units, pending_vectors } = await server.ok('index_codebase', { path: root });
      expect(pending_vectors).toBe(units);
      expect((await found(server, { query: 'addPrices' })).length).toBeGreaterThan(0);
      await found(server, { query: 'echo' });
      expect(told).toContainEqual(expect.stringContaining('indexed without vectors'));
      expect(told).toContainEqual(expect.stringContaining('searched by words alone'));
    });

    test('says what to do when nothing is found or there is nothing', async () => {
      const home = scratch();
      const server = await connect(home);
      const called = await server.call('search_code', { query: 'x' });
      expect(called).toMatchObject({ isError: true, code: 'not_found' });
      await fillHome(home);
      const { text, data } = await server.call('search_code', { query: 'zzzz', path: 'nowhere/' });
      expect(data).toEqual({ results: [], complete: true, next_cursor: null });
      expect(text).toContain('index_codebase');
    });

    test.each([
      [{}, /query/],
      [{ query: '' }, /query/],
      [{ query: 'x', limit: 0 }, /limit/],
      [{ query: 'x', cursor: 'x' }, /cursor/],
      [{ query: 'x', category: 'fact' }, /category/],
    ])('refuses %j', async (args, message) => {
      const { server } = await indexed();
      const called = await server.call('search_code', args);
      expect(called).toMatchObject({ isError: true, code: 'usage' });
      expect(called.text).toMatch(message);
    });
  });
}

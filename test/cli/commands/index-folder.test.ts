import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseRecordLine } from '../../../src/model/json-parse.ts';
import { readCodeUnit } from '../../../src/model/read-code-unit.ts';
import { codeUnitEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import { place, tree } from '../../code-index/tree.ts';
import { memport, ok, scratch } from '../../support/cli.ts';
import { summaryOf } from '../../support/stores.ts';

const SHOP = {
  'src/cart.ts': '/** Sums up a cart. */\nexport function totalOfCart(): number {\n  return 0;\n}\n',
  'src/pump.py': 'class Pump:\n    def readState(self): pass\n',
  'empty.py': '',
};

/** A home with the index of a small tree. */
async function indexed(): Promise<{ home: string; root: string }> {
  const [home, root] = [scratch(), tree(SHOP)];
  await ok(['index', root, '--project', 'shop'], { home });
  return { home, root };
}

describe('index', () => {
  it('says what it did', async () => {
    const [home, root] = [scratch(), tree(SHOP)];
    const first = await memport(['index', root, '--project', 'shop'], { home });
    expect(first.code).toBe(0);
    expect(first.stdout).toBe('shop: 2 files, 3 units (2 parsed, 0 unchanged)\n');
    expect(first.stderr).toContain('units: 3 added, 0 changed, 0 removed');
    expect(first.stderr).toContain('languages: python 1, typescript 1');
    expect(first.stderr).toContain('skipped: empty 1');
    rmSync(join(root, 'src/cart.ts'));
    const second = await ok(['index', root, '--project', 'shop'], { home });
    expect(second).toBe('shop: 1 files, 2 units (0 parsed, 1 unchanged, 1 removed)');
  });

  it('calls the project as its folder, relative to where one is', async () => {
    const [home, root] = [scratch(), tree({ 'garden/a.py': 'def a(): pass\n' })];
    expect(await ok(['index', 'garden'], { home, cwd: root })).toContain('garden: 1 files');
  });

  it('gives a summary for programs', async () => {
    const [home, root] = [scratch(), tree({ ...SHOP, 'broken.py': 'def a(:\n' })];
    const summary = summaryOf(await ok(['index', root, '--project', 'shop', '--json'], { home }));
    expect(summary).toMatchObject({
      message_type: 'summary',
      project: 'shop',
      root,
      parsed: 3,
      broken: ['broken.py'],
    });
  });

  it('names files that are parsed in part, and not all of many', async () => {
    const broken = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`b${n}.py`, 'def a(:\n']));
    const [home, root] = [scratch(), tree(broken)];
    const { stderr } = await memport(['index', root], { home });
    expect(stderr).toContain('parsed in part: 12 files');
    expect(stderr).toContain('… and 2 more');
    expect((await memport(['index', root, '--all', '--verbose'], { home })).stderr).not.toContain('more;');
  });

  it('says what has no vector or one of another model', async () => {
    const [home, root] = [scratch(), tree(SHOP)];
    const env = { MEMPORT_EMBEDDING_PROVIDER: 'none' };
    const { stderr } = await memport(['index', root], { home, env });
    expect(stderr).toContain('3 units have no vector yet');
    expect((await memport(['index', root], { home })).stderr).not.toContain('no vector');
  });

  it.runIf(process.platform === 'linux')('ends with 3 and names what it could not read', async () => {
    const [home, root] = [scratch(), tree(SHOP)];
    mkdirSync(Buffer.concat([Buffer.from(`${root}/f`), Buffer.of(0xff)]));
    const { code, stdout, stderr } = await memport(['index', root], { home });
    expect(code).toBe(3);
    expect(stdout).toContain('2 files, 3 units');
    expect(stderr).toContain("f\ufffd can't be read: ENOENT");
  });

  it('says what has a vector of another model', async () => {
    const { home, root } = await indexed();
    const store = await openStore({ path: join(home, 'memport.db') });
    const [stored] = await store.codeUnitsOf('shop', ['src/cart.ts']);
    const unit = readCodeUnit(parseRecordLine(stored?.line ?? ''), { system: 'memport', warn: () => {} });
    const entry = codeUnitEntry({ ...unit, embeddingModel: 'other' }, Float32Array.of(1));
    await store.transact(transaction => transaction.put([{ entry, searchVector: null }]));
    await store.close();
    const { stderr } = await memport(['index', root, '--project', 'shop'], { home });
    expect(stderr).toContain('1 units have a vector of another model: --all makes them again');
    const again = await memport(['index', root, '--project', 'shop', '--all'], { home });
    expect(again.stderr).not.toContain('another model');
  });

  it.each([
    [['gone'], 10],
    [[''], 2],
    [['file'], 2],
    [[], 2],
  ])('ends for the folder %j with %d', async (folders, code) => {
    const home = scratch();
    place(home, 'file', '');
    expect((await memport(['index', ...folders], { home })).code).toBe(code);
  });

  it('stops before it replaces the index of another folder', async () => {
    const { home } = await indexed();
    const other = tree({ 'a.py': 'def a(): pass\n' });
    const stopped = await memport(['index', other, '--project', 'shop'], { home });
    expect(stopped.code).toBe(23);
    expect(stopped.stderr).toContain('--replace');
    expect(await ok(['index', other, '--project', 'shop', '--replace'], { home })).toContain('1 files');
  });

  it('ends a watch when it is interrupted, with what it has done', async () => {
    const [home, root] = [scratch(), tree(SHOP)];
    const controller = new AbortController();
    const watching = memport(['index', root, '--watch', '--project', 'shop'], {
      home,
      signal: controller.signal,
    });
    const poll = async (): Promise<void> => {
      const { stdout } = await memport(['projects', '--json'], { home });
      if (!stdout.includes('"last_indexed_at":"')) await poll();
    };
    await poll();
    controller.abort();
    const { code, stdout } = await watching;
    expect(code).toBe(130);
    expect(stdout).toContain('shop: 2 files, 3 units');
  });
});

describe('search-code', () => {
  it('shows place, name and what the unit says of itself', async () => {
    const { home } = await indexed();
    const found = await ok(['search-code', 'total', 'cart', '--limit', '1'], { home });
    expect(found).toBe(
      'src/cart.ts:2  totalOfCart  function · shop\n    export function totalOfCart(): number\n    Sums up a cart.',
    );
    expect(await ok(['search-code', 'read', 'state', '--limit', '1'], { home })).toContain('Pump.readState');
  });

  it('narrows by project, language, type and path', async () => {
    const { home } = await indexed();
    const names = async (...args: string[]) => {
      const lines = await ok(['search-code', 'pump cart', '--json', ...args], { home });
      return lines
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line).code_unit.name as string)
        .sort();
    };
    expect(await names()).toEqual(['Pump', 'Pump.readState', 'totalOfCart']);
    expect(await names('--language', 'Python', '--type', 'class')).toEqual(['Pump']);
    expect(await names('--path', './src/cart')).toEqual(['totalOfCart']);
    expect(await names('--project', 'other')).toEqual([]);
    expect(await names('--limit', '1')).toHaveLength(1);
  });

  it('says when nothing is found, and where there is no store', async () => {
    const { home } = await indexed();
    const env = { MEMPORT_EMBEDDING_PROVIDER: 'none' };
    expect((await memport(['search-code', 'zzz'], { home, env })).stderr).toContain('nothing found');
    expect((await memport(['search-code', 'x'], { home: scratch() })).code).toBe(10);
  });

  it('[CMD-02] [PART-02] [P1-01] [ARC-05] [ARC-06] [ARC-07] [GOAL-02] goes into the archive, and gives the same results in the same order after export, wipe and restore', async () => {
    const [home, root] = [scratch(), tree({})];
    for (let n = 0; n < 30; n++)
      place(root, `f${n}.py`, `def same(): pass\n\n\ndef read_${n}(): return same()\n`);
    await ok(['index', root, '--project', 'shop'], { home });
    place(root, 'f3.py', 'def other(): pass\n');
    await ok(['index', root, '--project', 'shop'], { home });
    const queries = ['same', 'read 7', 'return', 'other def'];
    const results = (at: string) =>
      Promise.all(queries.map(query => ok(['search-code', query, '--json', '--limit', '50'], { home: at })));
    const before = await results(home);
    expect(before[0]?.split('\n').length).toBe(50);
    const file = join(home, 'all.tar.gz');
    await ok(['add', 'A memory beside the code.', '--project', 'shop'], { home });
    await ok(['export', file], { home });
    const { units, files, python } = await codeIn(file);
    expect([units, files, python]).toEqual([59, 30, 30]);
    const restored = scratch();
    await ok(['restore', file, '--yes'], { home: restored });
    expect(await results(restored)).toEqual(before);
    const imported = scratch();
    await ok(['import', file], { home: imported });
    expect(await results(imported)).toEqual(before);
  });
});

/** What the members of an archive for code say, read by others' programs. */
async function codeIn(file: string): Promise<{ units: number; files: number; python: number }> {
  const member = (name: string): Buffer =>
    execFileSync('tar', ['-xzOf', file, `portable_backup/${name}`], { maxBuffer: 2 ** 26 });
  const { semantic_units: units } = JSON.parse(member('code_index/semantic_units.json').toString()) as {
    semantic_units: readonly { id: string }[];
  };
  const { projects } = JSON.parse(member('code_index/projects.json').toString()) as {
    projects: readonly { name: string; file_count: number; languages: Record<string, number> }[];
  };
  const npz = member('code_index/embeddings.npz').toString('latin1');
  expect(units.every(unit => npz.includes(unit.id))).toBe(true);
  expect(member('memories/memories.json').toString()).toContain('A memory beside the code.');
  const shop = projects.find(project => project.name === 'shop');
  return { units: units.length, files: shop?.file_count ?? -1, python: shop?.languages.python ?? -1 };
}

it('projects shows languages and the state of git', async () => {
  const { home, root } = await indexed();
  place(root, '.git/HEAD', 'ref: refs/heads/main\n');
  place(root, '.git/refs/heads/main', `${'ab'.repeat(20)}\n`);
  await ok(['index', root, '--project', 'shop'], { home });
  const table = await ok(['projects'], { home });
  expect(table).toContain('LANGUAGES');
  expect(table).toMatch(/shop\s+0\s+3\s+python 1, typescript 1\s+main abababa/);
});

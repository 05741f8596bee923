import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIXED_STRATEGIES, type FixedStrategy } from '../../../src/merge-strategies.ts';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, feat038Json, linesOf, originalMemory, summaryOf } from '../../support/stores.ts';

const ORIGINALS = new URL('../../fixtures/claude-memory-server/', import.meta.url);
const MADE = new URL('../../fixtures/claude-memory-server-made/', import.meta.url);
/** Files of the original system, one of each format. */
const FROZEN: Readonly<Record<string, URL>> = {
  'full.tar.gz': new URL('full.tar.gz', ORIGINALS),
  'feat044.json': new URL('feat044.json', ORIGINALS),
  'tui_memories_export.json': new URL('tui_memories_export.json', ORIGINALS),
  'sqlite_v2_final_97d16d6p.db': new URL('sqlite_v2_final_97d16d6p.db', ORIGINALS),
  'sqlite_v1.db': new URL('sqlite_v1.db', MADE),
  'sqlite_v2_first.db': new URL('sqlite_v2_first.db', MADE),
};
const NEWER = { updated_at: '2025-06-01T00:00:00+00:00' };
const OLDER = { updated_at: '2024-06-01T00:00:00+00:00' };

/** A record that the original system keeps of a piece of code; import makes a code unit of it. */
const unit = (n: number, parts: Record<string, unknown> = {}): Record<string, unknown> =>
  originalMemory(n, {
    category: 'code',
    scope: 'project',
    project_name: 'shop',
    content: 'def pay(): ...',
    metadata: { unit_type: 'function', file_path: 'pay.py', unit_name: 'pay', language: 'python' },
    ...parts,
  });

const STORED = [
  originalMemory(1),
  originalMemory(2, { tags: ['b', 'A'], metadata: { mine: 1 } }),
  originalMemory(3),
  originalMemory(4),
  originalMemory(5, { scope: 'project', project_name: 'shop' }),
  originalMemory(6),
  unit(20),
  unit(21, { content: 'def refund(): ...' }),
];

const IMPORTED = [
  originalMemory(1),
  originalMemory(2, {
    ...NEWER,
    content: 'Newer there.',
    tags: ['A', 'c'],
    metadata: { mine: 2, theirs: 3 },
  }),
  originalMemory(3, { ...OLDER, content: 'Older there.' }),
  originalMemory(4, { content: 'As old, and different.' }),
  originalMemory(5, { ...NEWER, scope: 'project', project_name: 'shop', importance: 1 }),
  originalMemory(7, { content: 'Memory 6.' }),
  originalMemory(8),
  unit(20, { ...NEWER, content: 'def pay(sum): ...' }),
  unit(22, { content: 'def cancel(): ...' }),
];

/** Only where the file is written by hand: the same id twice, and what can't be stored. */
const ODD = [
  originalMemory(8, { ...NEWER, content: 'Twice in one file.' }),
  originalMemory(9, { content: '' }),
];

/** A home with what is stored, and the file to import in the format of this name. */
async function prepared(source: string): Promise<{ home: string; file: string }> {
  const home = scratch();
  const frozen = FROZEN[source];
  if (frozen !== undefined) {
    // A copy, so that no file of rejects is ever written beside the fixture.
    const file = join(home, source);
    copyFileSync(frozen, file);
    await ok(['import', file], { home });
    for (const line of await linesOf(home)) {
      const { id } = JSON.parse(line) as { id: string };
      await ok(['update', id, '--content', `Changed: ${id}`, '--tag', 'changed'], { home });
    }
    return { home, file };
  }
  await ok(['import', feat038Json(scratch(), STORED)], { home });
  if (source === 'original.json') return { home, file: feat038Json(home, [...IMPORTED, ...ODD]) };
  const other = scratch();
  await ok(['import', feat038Json(other, IMPORTED)], { home: other });
  await ok(['export', join(home, source), ...(source.endsWith('.json') ? ['--code', '--embeddings'] : [])], {
    home: other,
  });
  return { home, file: join(home, source) };
}

async function importJson(home: string, file: string, ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr, code } = await memport(['import', file, '--json', ...args], { home });
  if (code !== 0 && code !== 3) throw new Error(stderr);
  return summaryOf(stdout);
}

const SOURCES = ['out.tar.gz', 'out.json', 'original.json', ...Object.keys(FROZEN)];
const EVERY = FIXED_STRATEGIES.flatMap(strategy => SOURCES.map(source => [strategy, source] as const));

describe('every strategy, every source', () => {
  test.each(EVERY)(
    '%s, %s: the dry run counts what the real run does; twice is once',
    async (strategy, source) => {
      const { home, file } = await prepared(source);
      const args = ['--merge-strategy', strategy, '--rename-project', 'shop=store'];
      const [before, linesBefore] = [await digestOf(home), await linesOf(home)];
      const dry = await importJson(home, file, '--dry-run', ...args);
      expect(await digestOf(home)).toBe(before);
      expect(await ok(['projects', '--json'], { home })).not.toContain('store');

      const real = await importJson(home, file, ...args);
      const { operation_id, rejects_file } = real;
      expect({ ...dry, dry_run: false, operation_id, rejects_file }).toEqual(real);

      const after = await digestOf(home);
      const again = await importJson(home, file, ...args);
      expect(again).toMatchObject({ created: 0, kept_both: 0, total: real.total, renamed: real.renamed });
      // The same id twice in one file: the two take turns.
      if (source !== 'original.json' || strategy !== 'overwrite') {
        expect(again).toMatchObject({ updated: 0, operation_id: null });
      }
      expect(await digestOf(home)).toBe(after);
      const untouched = ['keep-older', 'keep-both', 'skip'].includes(strategy);
      if (untouched) expect(await linesOf(home)).toEqual(expect.arrayContaining([...linesBefore]));
    },
  );
});

describe('[OLDER-01] what each strategy leaves behind', () => {
  const COUNTS: Readonly<Record<FixedStrategy, Record<string, number>>> = {
    'keep-newer': { updated: 3, skipped: 2, kept_both: 0, unchanged: 1 },
    'keep-older': { updated: 0, skipped: 5, kept_both: 0, unchanged: 1 },
    'keep-both': { updated: 0, skipped: 0, kept_both: 5, unchanged: 1 },
    skip: { updated: 0, skipped: 5, kept_both: 0, unchanged: 1 },
    overwrite: { updated: 5, skipped: 0, kept_both: 0, unchanged: 1 },
    merge: { updated: 3, skipped: 0, kept_both: 0, unchanged: 3 },
  };

  async function imported(strategy: FixedStrategy) {
    const { home, file } = await prepared('out.tar.gz');
    const report = await importJson(home, file, '--merge-strategy', strategy);
    const records = (await linesOf(home)).map(line => JSON.parse(line) as Record<string, unknown>);
    const byId = (n: number) => records.find(record => record.id === originalMemory(n).id);
    return { home, report, records, byId };
  }

  test.each(FIXED_STRATEGIES)('%s: the counts', async strategy => {
    const { report } = await imported(strategy);
    expect(report).toMatchObject({ ...COUNTS[strategy], created: 2, duplicates: 1, total: 9, rejected: 0 });
  });

  test('[BOTH-01] [BOTH-02] [BOTH-03] keep-both: valid copies with vectors of their own text, and the stored ones as they were', async () => {
    const { home, records, byId } = await imported('keep-both');
    expect(byId(3)?.content).toBe('Memory 3.');
    const copies = records.filter(record => String(record.content).endsWith(' (imported)'));
    expect(copies.map(copy => copy.content).sort()).toEqual([
      'As old, and different. (imported)',
      'Memory 5. (imported)',
      'Newer there. (imported)',
      'Older there. (imported)',
    ]);
    for (const copy of copies) expect(copy.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5/);
    expect(copies.find(copy => copy.content === 'Older there. (imported)')?.updated_at).toBe(
      '2024-06-01T00:00:00Z',
    );
    const hits = await ok(['search', 'As old, and different. (imported)', '--json', '--limit', '1'], {
      home,
    });
    expect(hits).toContain('As old, and different. (imported)');
    expect(JSON.parse(await ok(['status', '--json'], { home }))).toMatchObject({ pending_vectors: 0 });
  });

  test('keep-both: a copy that is a record of the same file too is written once', async () => {
    const { home, file } = await prepared('original.json');
    await importJson(home, file, '--merge-strategy', 'keep-both');
    const copy = (await linesOf(home)).find(line => line.includes('Newer there. (imported)')) ?? '';
    const fresh = scratch();
    await ok(['import', feat038Json(scratch(), STORED)], { home: fresh });
    const both = feat038Json(scratch(), [
      ...IMPORTED,
      { ...(JSON.parse(copy) as Record<string, unknown>), embedding: [] },
    ]);
    const report = await importJson(fresh, both, '--merge-strategy', 'keep-both');
    expect(report).toMatchObject({ created: 3, kept_both: 4, unchanged: 2, total: 10 });
  });

  test('merge: text stays and is what search finds, tags and metadata of both', async () => {
    const { home, byId } = await imported('merge');
    expect(byId(2)).toMatchObject({
      content: 'Memory 2.',
      tags: ['b', 'A', 'c'],
      metadata: { mine: 1, theirs: 3 },
      updated_at: '2025-06-01T00:00:00Z',
    });
    expect(byId(5)).toMatchObject({ importance: 0.5 });
    expect(await ok(['search', 'Memory 2.', '--json', '--limit', '1'], { home })).toContain('"Memory 2."');
  });

  test('overwrite: the import, also where it is older', async () => {
    const { byId } = await imported('overwrite');
    expect(byId(3)).toMatchObject({ content: 'Older there.', updated_at: '2024-06-01T00:00:00Z' });
    expect(byId(2)).toMatchObject({ tags: ['A', 'c'], metadata: { mine: 2, theirs: 3 } });
  });

  test('the plan shows what a merge will change, not what the file says', async () => {
    const { home, file } = await prepared('original.json');
    const { stdout } = await memport(['import', file, '--dry-run', '--json', '--merge-strategy', 'merge'], {
      home,
    });
    const decisions = stdout
      .split('\n')
      .filter(line => line.includes('"updated"') && line.includes('decision'));
    const merged = decisions.map(line => JSON.parse(line) as { id: string; changes: { field: string }[] });
    expect(merged.find(({ id }) => id === originalMemory(2).id)?.changes.map(({ field }) => field)).toEqual([
      'metadata',
      'tags',
      'updated_at',
    ]);
  });

  test('the plan names the copies', async () => {
    const { home, file } = await prepared('original.json');
    const { stdout } = await memport(['import', file, '--dry-run', '--merge-strategy', 'keep-both'], {
      home,
    });
    expect(stdout).toMatch(/^keep both {2}0{8}-0000-4000-8000-0{11}2 {2}kept beside it as [0-9a-f-]{36}$/m);
    expect(stdout).toMatch(/6 kept both/);
    const real = await memport(['import', file, '--merge-strategy', 'keep-both'], { home });
    expect(real.stdout).not.toMatch(/^keep both/m);
  });
});

describe('the default strategy', () => {
  test.each([...FIXED_STRATEGIES, 'KEEP_OLDER', 'merge_metadata'])('can be %s', async name => {
    const { home, file } = await prepared('original.json');
    const strategy = name === 'merge_metadata' ? 'merge' : name.toLowerCase().replace('_', '-');
    await ok(['config', 'set', 'merge_strategy', name], { home });
    expect(await ok(['config', 'get', 'merge_strategy'], { home })).toBe(strategy);
    expect(await importJson(home, file, '--dry-run')).toMatchObject({ strategy });
  });

  test('can come from the environment, and can not be ask: imports also run where nobody is', async () => {
    const { home, file } = await prepared('original.json');
    const env = { MEMPORT_MERGE_STRATEGY: 'KEEP_BOTH' };
    const { stdout } = await memport(['import', file, '--dry-run', '--json'], { home, env });
    expect(summaryOf(stdout)).toMatchObject({ strategy: 'keep-both', kept_both: 6 });
    expect((await memport(['config', 'set', 'merge_strategy', 'ask'], { home })).code).toBe(2);
  });
});

describe('--rename-project', () => {
  const projectsOf = async (home: string) =>
    (await ok(['projects', '--json'], { home }))
      .split('\n')
      .filter(Boolean)
      .map(
        line =>
          JSON.parse(line) as { name: string; aliases: string[]; memory_count: number; unit_count: number },
      );

  test.each(['out.tar.gz', 'out.json', 'original.json'])(
    '%s: memories, code and the project have the new name, the old one is an alias',
    async source => {
      const { file } = await prepared(source);
      const home = scratch();
      const args = ['--rename-project', 'shop=store = one', '--json'];
      const { stdout } = await memport(['import', file, ...args], { home });
      expect(summaryOf(stdout)).toMatchObject({ renamed: 3 });
      expect(await projectsOf(home)).toEqual([
        expect.objectContaining({ name: 'store = one', aliases: ['shop'], memory_count: 1, unit_count: 2 }),
      ]);
      expect(await importJson(home, file, '--rename-project', 'shop=store = one')).toMatchObject({
        created: 0,
        operation_id: null,
        renamed: 3,
      });
      expect(await projectsOf(home)).toHaveLength(1);
    },
  );

  test('selects by the old name, then renames, then looks for duplicates', async () => {
    const { file } = await prepared('out.tar.gz');
    const home = scratch();
    const select = (name: string) => ['--project', name, '--rename-project', 'shop=store'];
    expect(await importJson(home, file, ...select('store'))).toMatchObject({ total: 0, renamed: 0 });
    expect(await projectsOf(home)).toEqual([]);
    expect(await importJson(home, file, ...select('shop'))).toMatchObject({ total: 3, renamed: 3 });
    const twin = originalMemory(30, { scope: 'project', project_name: 'shop', content: 'Memory 5.' });
    const again = feat038Json(scratch(), [twin]);
    expect(await importJson(home, again, '--rename-project', 'shop=store')).toMatchObject({ duplicates: 1 });
    expect(await importJson(home, again)).toMatchObject({ created: 1 });
  });

  test('an alias is no order: without --rename-project a record stays under the name in its file', async () => {
    const { file } = await prepared('out.tar.gz');
    const home = scratch();
    await importJson(home, file, '--rename-project', 'shop=store');
    const other = feat038Json(scratch(), [originalMemory(40, { scope: 'project', project_name: 'shop' })]);
    await importJson(home, other);
    expect((await projectsOf(home)).map(({ name }) => name)).toEqual(['shop', 'store']);
  });

  test('the new name joins a project that is there, whose own aliases stay', async () => {
    const home = scratch();
    await ok(['add', 'x', '--project', 'first'], { home });
    await ok(['projects', 'rename', 'first', 'store'], { home });
    const { file } = await prepared('out.tar.gz');
    await importJson(home, file, '--rename-project', 'shop=store');
    expect(await projectsOf(home)).toEqual([
      expect.objectContaining({ name: 'store', aliases: ['first', 'shop'], memory_count: 2 }),
    ]);
  });

  test('a name that nothing has is told, in case it is a mistake', async () => {
    const { file } = await prepared('out.tar.gz');
    const { stderr, code } = await memport(['import', file, '--rename-project', 'Shop=x'], {
      home: scratch(),
    });
    expect(code).toBe(0);
    expect(stderr).toContain('no record of a project "Shop" came in to be renamed');
  });

  test.each([['shop'], ['=x'], ['x=']])('%s is refused before the file is opened', async text => {
    const { code, stderr } = await memport(['import', 'no-such-file', '--rename-project', text], {
      home: scratch(),
    });
    expect(code).toBe(2);
    expect(stderr).toContain('old=new');
  });
});

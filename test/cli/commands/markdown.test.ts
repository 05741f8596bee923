import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { fillHome, linesOf, summaryOf } from '../../support/stores.ts';

const EXPORTED = Date.parse('2026-06-01T12:00:00Z');
const options = (home: string) => ({ home, now: () => EXPORTED });
const later = (home: string) => ({ home, now: () => EXPORTED + 86_400_000 });

async function exported(): Promise<{ home: string; folder: string; ids: readonly string[] }> {
  const home = scratch();
  const ids = await fillHome(home);
  const folder = join(scratch(), 'notes');
  expect(await ok(['export', folder, '--format', 'markdown'], options(home))).toBe(folder);
  return { home, folder, ids };
}

const read = (...path: string[]): string => readFileSync(join(...path), 'utf8');

/** Changes a file by replacing a text that must be in it. */
function edit(path: string, from: string | RegExp, to: string): void {
  const before = readFileSync(path, 'utf8');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
}

/** A page with something else in the first metadata that have the text. */
function inMetadata(page: string, from: string, to: string): string {
  const start = page.indexOf('```yaml');
  return page.slice(0, start) + page.slice(start).replace(from, to);
}

/** A section with its heading, as it stands in a page. */
function sectionOf(page: string, id: string): string {
  const section = page.split(/^(?=## )/m).find(text => text.includes(`id: ${id}`));
  if (section === undefined) throw new Error(`no section of ${id}`);
  return section;
}

async function imported(folder: string, home: string, ...args: string[]) {
  const { stdout, code, stderr } = await memport(['import', folder, '--json', ...args], later(home));
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>);
  return { code, stderr, summary: lines.at(-1) ?? {}, lines: lines.slice(0, -1) };
}

describe('[EXP-02] [P2-06] [P3-02] [GOAL-05] export --format markdown', () => {
  test('writes an index and a file for each project and category', async () => {
    const { folder } = await exported();
    expect(readdirSync(folder).sort()).toEqual([
      '.memport-export.jsonl',
      'global',
      'greenhouse',
      'index.md',
      'shop',
    ]);
    expect(readdirSync(join(folder, 'shop')).sort()).toEqual(['event.md', 'fact.md']);
    expect(read(folder, 'index.md')).toContain(
      '- shop\n  - [fact](shop/fact.md): 2\n  - [event](shop/event.md): 1\n',
    );
    expect(statSync(join(folder, 'index.md')).mode & 0o777).toBe(0o600);
  });

  test('says what it wrote', async () => {
    const { home } = await exported();
    const { stdout } = await memport(
      ['export', join(home, 'kb'), '--format', 'markdown', '--json'],
      options(home),
    );
    expect(summaryOf(stdout)).toMatchObject({
      format: 'markdown',
      memories: 5,
      files: 5,
      files_removed: 0,
      content_digest: null,
    });
  });

  test('goes by filters', async () => {
    const { home } = await exported();
    const folder = join(home, 'kb');
    await ok(
      ['export', folder, '--format', 'markdown', '--project', 'shop', '--category', 'event'],
      options(home),
    );
    expect(readdirSync(join(folder, 'shop'))).toEqual(['event.md']);
    expect(read(folder, 'index.md')).toMatch(/^export_type: filtered$/m);
  });

  test('gives the same bytes for the same store and date, and changes nothing on disk the second time', async () => {
    const { home, folder } = await exported();
    const before = statSync(join(folder, 'shop/fact.md'));
    const index = read(folder, 'index.md');
    await ok(['export', folder, '--format', 'markdown'], options(home));
    expect(statSync(join(folder, 'shop/fact.md')).ino).toBe(before.ino);
    expect(read(folder, 'index.md')).toBe(index);
  });

  test('with --reproducible a new memory leaves the other pages as they are', async () => {
    const { home, folder } = await exported();
    const args = ['export', folder, '--format', 'markdown', '--reproducible'];
    await ok(args, options(home));
    const before = read(folder, 'shop/fact.md');
    await ok(['add', 'Another event.', '--project', 'shop', '--category', 'event'], later(home));
    await ok(args, later(home));
    expect(read(folder, 'shop/fact.md')).toBe(before);
    expect(read(folder, 'shop/event.md')).toContain('Another event.');
  });

  test('to standard output or a name in .md it is one file', async () => {
    const { home } = await exported();
    const { stdout } = await memport(['export', '-', '--format', 'markdown', '--single-file'], options(home));
    await ok(['export', 'all.md'], options(home));
    expect(stdout).toBe(read(home, 'all.md'));
    expect(stdout).toContain('\n- shop\n  - [fact](#shop--fact): 2\n');
    expect(await imported(join(home, 'all.md'), home)).toMatchObject({
      summary: { format: 'markdown', unchanged: 5 },
    });
    expect((await memport(['import', '-'], { home, stdin: stdout })).stdout).toContain('5 unchanged');
  });

  test.each([
    [['-', '--format', 'markdown'], 'add --single-file'],
    [['x', '--format', 'markdown', '--embeddings'], 'vectors are made again'],
    [['x.json', '--single-file'], 'add --format markdown'],
    [['x.json', '--force'], 'add --format markdown'],
  ])('refuses %j', async (args, hint) => {
    const { home } = await exported();
    const { code, stderr } = await memport(['export', ...args], options(home));
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining(hint) });
  });

  test('without a name it makes a folder of its own', async () => {
    const { home } = await exported();
    const path = await ok(['export', '--format', 'markdown'], options(home));
    expect(path).toBe(join(home, 'exports', 'memport-20260601T120000Z'));
    expect(existsSync(join(path, 'index.md'))).toBe(true);
  });
});

describe('a folder that holds other things', () => {
  test('keeps them, and loses the pages that are needed no longer', async () => {
    const { home, folder, ids } = await exported();
    writeFileSync(join(folder, 'mine.md'), '# mine\n');
    writeFileSync(join(folder, 'greenhouse/mine.txt'), 'x');
    mkdirSync(join(folder, '.git'));
    await ok(['delete', ids[2] ?? '', ids[3] ?? ''], later(home));
    const { stdout } = await memport(['export', folder, '--format', 'markdown', '--json'], later(home));
    expect(summaryOf(stdout)).toMatchObject({ memories: 3, files_removed: 2 });
    expect(readdirSync(folder).sort()).toEqual([
      '.git',
      '.memport-export.jsonl',
      'greenhouse',
      'index.md',
      'mine.md',
      'shop',
    ]);
    expect(readdirSync(join(folder, 'greenhouse'))).toEqual(['mine.txt']);
  });

  test('that was never exported to is not written over', async () => {
    const { home } = await exported();
    const folder = join(home, 'vault');
    mkdirSync(join(folder, 'shop'), { recursive: true });
    writeFileSync(join(folder, 'shop/fact.md'), 'my own notes\n');
    const { code, stderr } = await memport(['export', folder, '--format', 'markdown'], options(home));
    expect({ code, stderr }).toMatchObject({ code: 23, stderr: expect.stringContaining('shop/fact.md') });
    expect(readdirSync(folder)).toEqual(['shop']);
    expect(read(folder, 'shop/fact.md')).toBe('my own notes\n');
  });

  test('with edits that the store does not have is left alone; --force replaces them', async () => {
    const { home, folder } = await exported();
    edit(join(folder, 'shop/fact.md'), '\n\nPrices are in cents.', '\n\nPrices are in euros.');
    const edited = read(folder, 'shop/fact.md');
    const { code, stderr } = await memport(['export', folder, '--format', 'markdown'], later(home));
    expect({ code, stderr }).toMatchObject({
      code: 23,
      stderr: expect.stringMatching(/shop\/fact\.md.*--force/s),
    });
    expect(read(folder, 'shop/fact.md')).toBe(edited);
    await ok(['export', folder, '--format', 'markdown', '--force'], later(home));
    expect(read(folder, 'shop/fact.md')).toContain('\n\nPrices are in cents.');
  });

  test('with edits that were imported is brought up to date', async () => {
    const { home, folder, ids } = await exported();
    edit(join(folder, 'shop/fact.md'), '\n\nPrices are in cents.', '\n\nPrices are in euros.');
    writeFileSync(join(folder, 'shop/event.md'), `${read(folder, 'shop/event.md')}\n## New\n\nA new one.\n`);
    await imported(folder, home);
    await ok(['export', folder, '--format', 'markdown'], later(home));
    expect(read(folder, 'shop/fact.md')).toContain('\n\nPrices are in euros.');
    // Removed there, but still in the store: writing the page anew would bring it back without a word.
    const page = read(folder, 'shop/fact.md');
    writeFileSync(join(folder, 'shop/fact.md'), page.replace(sectionOf(page, ids[0] ?? ''), ''));
    expect((await memport(['export', folder, '--format', 'markdown'], later(home))).code).toBe(23);
    await imported(folder, home, '--delete-missing');
    await ok(['export', folder, '--format', 'markdown'], later(home));
  });

  test('whose index or front matter was edited is left alone', async () => {
    for (const path of ['index.md', 'shop/fact.md']) {
      const { home, folder } = await exported();
      edit(join(folder, path), /^# .*$/m, '# My title\n\nMy words.');
      expect((await memport(['export', folder, '--format', 'markdown'], later(home))).code).toBe(23);
    }
  });

  test('whose line ends git has changed is ours all the same', async () => {
    const { home, folder } = await exported();
    for (const path of ['index.md', 'shop/fact.md', 'shop/event.md', '.memport-export.jsonl'])
      writeFileSync(join(folder, path), read(folder, path).replaceAll('\n', '\r\n'));
    expect(await imported(folder, home)).toMatchObject({ code: 0, summary: { unchanged: 5, warnings: {} } });
    await ok(['export', folder, '--format', 'markdown'], later(home));
    expect(read(folder, 'index.md')).not.toContain('\r');
  });

  test.skipIf(process.platform === 'win32')(
    'is never left through a link, not even with --force',
    async () => {
      const { home, folder } = await exported();
      const outside = scratch();
      rmSync(join(folder, 'shop'), { recursive: true });
      symlinkSync(outside, join(folder, 'shop'));
      for (const force of [[], ['--force']]) {
        const { code } = await memport(['export', folder, '--format', 'markdown', ...force], later(home));
        expect(code).toBe(23);
      }
      expect(readdirSync(outside)).toEqual([]);
    },
  );

  test('that is a file is refused', async () => {
    const { home } = await exported();
    writeFileSync(join(home, 'x'), 'x');
    const { code, stderr } = await memport(['export', 'x', '--format', 'markdown'], options(home));
    expect({ code, stderr }).toMatchObject({ code: 1, stderr: expect.stringContaining('is a file') });
    expect((await memport(['export', 'a/b', '--format', 'markdown'], options(home))).code).toBe(1);
  });
});

describe('an export that was interrupted', () => {
  test('is told on import, and the next one knows the files for its own', async () => {
    const { home, folder } = await exported();
    await ok(['add', 'Another event.', '--project', 'shop', '--category', 'event'], later(home));
    const other = join(scratch(), 'notes');
    await ok(['export', other, '--format', 'markdown'], later(home));
    // As after a kill between two renames: the new manifest under its first name, one page new, the others old.
    renameSync(join(other, '.memport-export.jsonl'), join(folder, '.memport-export.next.jsonl'));
    renameSync(join(other, 'shop/event.md'), join(folder, 'shop/event.md'));
    expect(await memport(['import', folder], later(home))).toMatchObject({
      code: 20,
      stderr: expect.stringContaining('interrupted'),
    });
    await ok(['export', folder, '--format', 'markdown'], later(home));
    expect(await imported(folder, home)).toMatchObject({ code: 0, summary: { unchanged: 6 } });
  });

  test('leaves nothing when it fails before anything was put in place', async () => {
    const { home } = await exported();
    const controller = new AbortController();
    controller.abort();
    const folder = join(scratch(), 'new');
    const { code } = await memport(['export', folder, '--format', 'markdown'], {
      ...options(home),
      signal: controller.signal,
    });
    expect(code).toBe(130);
    expect(existsSync(folder)).toBe(false);
  });
});

describe('edits by hand', () => {
  test('two edited, one added, one removed: the dry run says just that, the real run does it, undo takes it back', async () => {
    const { home, folder, ids } = await exported();
    const before = await linesOf(home);
    edit(join(folder, 'shop/fact.md'), '\n\nPrices are in cents.', '\n\nPrices are in euros.\n\nSince June.');
    edit(join(folder, 'global/preference.md'), '"Écrit', '"Lu');
    writeFileSync(
      join(folder, 'shop/fact.md'),
      `${read(folder, 'shop/fact.md')}\n## On refunds\n\nRefunds take three days.\n`,
    );
    rmSync(join(folder, 'greenhouse/workflow.md'));

    const dry = await imported(folder, home, '--dry-run', '--delete-missing');
    expect(dry.lines.map(({ action, id }) => [action, id])).toEqual([
      ['updated', ids[3]],
      ['updated', ids[0]],
      ['created', expect.any(String)],
      ['deleted', ids[2]],
    ]);
    const counts = { total: 5, updated: 2, created: 1, unchanged: 2, deleted: 1, missing: 0, rejected: 0 };
    expect(dry.summary).toMatchObject({ ...counts, dry_run: true });
    expect(await linesOf(home)).toEqual(before);

    const real = await imported(folder, home, '--delete-missing');
    expect(real.code).toBe(0);
    expect(real.summary).toMatchObject(counts);
    const after = await linesOf(home);
    expect(after.join('\n')).toContain('"content":"Prices are in euros.\\n\\nSince June."');
    expect(after.join('\n')).toContain('"content":"On refunds\\n\\nRefunds take three days."');
    expect(after.join('\n')).not.toContain('Vents open');
    expect(await imported(folder, home, '--delete-missing')).toMatchObject({
      summary: { unchanged: 5, deleted: 0, missing: 0, operation_id: null },
    });

    await ok(['undo'], later(home));
    expect(await linesOf(home)).toEqual(before);
  });

  test('without --delete-missing what was removed is reported and stays', async () => {
    const { home, folder, ids } = await exported();
    rmSync(join(folder, 'greenhouse'), { recursive: true });
    const { lines, summary, code } = await imported(folder, home);
    expect({ code, summary }).toMatchObject({
      code: 0,
      summary: { missing: 1, deleted: 0, operation_id: null },
    });
    expect(lines).toEqual([
      expect.objectContaining({
        action: 'missing',
        id: ids[2],
        reason: expect.stringContaining('greenhouse/workflow.md'),
      }),
    ]);
    const { stdout, stderr } = await memport(['import', folder], later(home));
    expect(stdout).toContain('missing');
    expect(stderr).toContain('--delete-missing');
  });

  test('nothing is deleted that was changed since, or when a part could not be read, or that the filter leaves out', async () => {
    const { home, folder, ids } = await exported();
    rmSync(join(folder, 'greenhouse'), { recursive: true });
    expect((await imported(folder, home, '--delete-missing', '--project', 'shop')).summary).toMatchObject({
      missing: 0,
      deleted: 0,
    });
    const page = read(folder, 'shop/event.md');
    writeFileSync(
      join(folder, 'shop/event.md'),
      `${page}\n## Broken\n\n\`\`\`yaml memport-memory\nid: [\n\`\`\`\n`,
    );
    const broken = await imported(folder, home, '--delete-missing');
    expect(broken).toMatchObject({ code: 3, summary: { rejected: 1, missing: 1, deleted: 0 } });
    writeFileSync(join(folder, 'shop/event.md'), page);
    await ok(['update', ids[2] ?? '', '--importance', '0.9'], later(home));
    expect((await imported(folder, home, '--delete-missing')).summary).toMatchObject({
      missing: 1,
      deleted: 0,
    });
  });

  test.each([
    ['without its metadata', /^```yaml memport-memory[^`]*```\n\n/m, [], 'Prices are in cents.'],
    ['under another id', /^id: [0-9a-f-]+$/m, [], 'Prices are in cents.'],
    ['with nearly the same text', /^id: [0-9a-f-]+$/m, ['--near-duplicates', 'skip'], 'prices are in CENTS'],
  ])(
    'a memory whose section is there %s is not deleted with its only copy',
    async (_, metadata, args, text) => {
      const { home, folder, ids } = await exported();
      const before = await linesOf(home);
      const page = read(folder, 'shop/fact.md');
      const section = sectionOf(page, ids[0] ?? '');
      const changed = section.replace(metadata, '').replace('\n\nPrices are in cents.', `\n\n${text}`);
      writeFileSync(join(folder, 'shop/fact.md'), page.replace(section, changed));
      for (const round of [1, 2]) {
        const { summary, lines } = await imported(folder, home, '--delete-missing', ...args);
        expect({ round, ...summary }).toMatchObject({ duplicates: 1, missing: 1, deleted: 0, created: 0 });
        expect(lines.find(({ action }) => action === 'missing')).toMatchObject({
          id: ids[0],
          reason: expect.stringContaining('its text is still there'),
        });
      }
      expect(await linesOf(home)).toEqual(before);
    },
  );

  test('a page that was renamed and has lost its front matter is not read, and nothing that it held is deleted', async () => {
    const { home, folder, ids } = await exported();
    const page = read(folder, 'greenhouse/workflow.md');
    rmSync(join(folder, 'greenhouse/workflow.md'));
    writeFileSync(join(folder, 'greenhouse/vents.md'), page.replace(/^---\n.*?\n---\n/s, ''));
    for (const args of [['--dry-run'], []]) {
      const { summary, lines } = await imported(folder, home, '--delete-missing', ...args);
      expect(summary).toMatchObject({ missing: 1, deleted: 0 });
      expect(lines).toEqual([
        expect.objectContaining({
          action: 'missing',
          id: ids[2],
          reason: expect.stringContaining('greenhouse/vents.md'),
        }),
      ]);
    }
    // A section that is gone from a page that is still there is gone, whatever else lies in the folder.
    const facts = read(folder, 'shop/fact.md');
    writeFileSync(join(folder, 'shop/fact.md'), facts.replace(sectionOf(facts, ids[0] ?? ''), ''));
    expect((await imported(folder, home, '--delete-missing')).summary).toMatchObject({
      missing: 1,
      deleted: 1,
    });
  });

  test('a section without metadata that the filters leave out may be what is missing', async () => {
    const { home, folder, ids } = await exported();
    const before = await linesOf(home);
    const page = read(folder, 'shop/fact.md');
    const section = sectionOf(page, ids[0] ?? '');
    const bare = section.replace(/^```yaml memport-memory[^`]*```\n\n/m, '');
    writeFileSync(join(folder, 'shop/fact.md'), page.replace(section, bare));
    const { summary, lines } = await imported(folder, home, '--delete-missing', '--tag', 'money');
    expect(summary).toMatchObject({ missing: 1, deleted: 0 });
    expect(lines).toEqual([
      expect.objectContaining({ id: ids[0], reason: expect.stringContaining('filters left out') }),
    ]);
    expect(await linesOf(home)).toEqual(before);
    writeFileSync(join(folder, 'shop/fact.md'), page.replace(section, ''));
    expect((await imported(folder, home, '--delete-missing', '--tag', 'money')).summary).toMatchObject({
      deleted: 1,
    });
  });

  test.each(['greenhouse', 'greenhouse/workflow.md'])(
    'what lies behind a link in place of %s is not deleted',
    async path => {
      const { home, folder } = await exported();
      const elsewhere = join(scratch(), 'moved');
      renameSync(join(folder, path), elsewhere);
      symlinkSync(elsewhere, join(folder, path));
      const { summary, stderr } = await imported(folder, home, '--delete-missing');
      expect(summary).toMatchObject({ missing: 0, deleted: 0 });
      expect(`${stderr}${JSON.stringify(summary)}`).toContain(`${path} is a link`);
    },
  );

  test('a filtered export deletes nothing of what it left out', async () => {
    const { home } = await exported();
    const folder = join(scratch(), 'part');
    await ok(['export', folder, '--format', 'markdown', '--project', 'greenhouse'], options(home));
    expect((await imported(folder, home, '--delete-missing')).summary).toMatchObject({
      unchanged: 1,
      missing: 0,
      deleted: 0,
    });
  });

  test('--delete-missing is for Markdown', async () => {
    const { home } = await exported();
    await ok(['export', 'x.json'], options(home));
    const { code, stderr } = await memport(['import', 'x.json', '--delete-missing'], later(home));
    expect({ code, stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--delete-missing is for Markdown'),
    });
    const { folder } = await exported();
    const page = await memport(['import', join(folder, 'shop/fact.md'), '--delete-missing'], later(home));
    expect(page).toMatchObject({ code: 2, stderr: expect.stringContaining('no list of the records') });
    rmSync(join(folder, '.memport-export.jsonl'));
    expect((await memport(['import', folder, '--delete-missing'], later(home))).code).toBe(2);
  });

  test('an edit of metadata counts, and one that the store has changed meanwhile loses to the newer one', async () => {
    const { home, folder, ids } = await exported();
    const path = join(folder, 'shop/fact.md');
    writeFileSync(
      path,
      inMetadata(read(path), 'tags: [money]', 'tags:\n  - money\n  - 2026\nimportance: 0.75'),
    );
    expect((await imported(folder, home)).summary).toMatchObject({ updated: 1 });
    expect(JSON.parse(await ok(['show', ids[0] ?? '', '--json'], { home }))).toMatchObject({
      tags: ['money', '2026'],
      importance: 0.75,
      updated_at: '2026-06-01T12:00:00.000001Z',
    });
    await ok(['update', ids[0] ?? '', '--content', 'Prices are in pence.'], later(home));
    edit(join(folder, 'shop/fact.md'), '\n\nPrices are in cents.', '\n\nPrices are in euros.');
    expect((await imported(folder, home)).summary).toMatchObject({ skipped: 1 });
    expect((await imported(folder, home, '--merge-strategy', 'overwrite')).summary).toMatchObject({
      updated: 1,
    });
  });

  test('the original files of another store come in with their ids', async () => {
    const { home, folder } = await exported();
    const other = scratch();
    expect((await imported(folder, other)).summary).toMatchObject({ created: 5, format: 'markdown' });
    expect(await linesOf(other)).toEqual(await linesOf(home));
    expect(await ok(['diff', folder], { home })).toContain('5 unchanged');
  });
});

describe('damage by hand is reported with file and line', () => {
  test.each<[string, (page: string) => string, string]>([
    [
      'metadata that are no YAML',
      page => inMetadata(page, 'category: fact', 'category: [fact'),
      'shop/fact.md:23: the metadata',
    ],
    [
      'front matter that is no YAML',
      page => page.replace('category: fact', 'category: [fact'),
      'shop/fact.md:4: what',
    ],
    ['a first heading that is missing', page => page.replace(/^## .*\n/m, ''), 'without a heading'],
    [
      'missing headings',
      page => page.replace(/^## Global.*\n/m, '').replace(/^## Prices.*\n/m, ''),
      'shop/fact.md',
    ],
    ['an unclosed fence', page => page.replace(/^```$/m, ''), 'shop/fact.md'],
    [
      'a heading of level 1',
      page => page.replace('\n\nPrices are in cents.', '\n\n# Prices\n\nare in cents.'),
      'begin at level 3',
    ],
    [
      'a conflict of a merge',
      page => page.replace('\n\nPrices are in', '\n\n<<<<<<< HEAD\nPrices\n>>>>>>> x\n'),
      'conflict',
    ],
    [
      'a value that no memory has',
      page => inMetadata(page, 'category: fact', 'category: fact\nlifecycle_state: GONE'),
      'lifecycle_state',
    ],
    ['an id twice', page => page + page.slice(page.lastIndexOf('\n## ')), 'stands there twice'],
    ['an alias', page => inMetadata(page, 'tags: [money]', 'tags: &a [money]\nx: *a'), 'aliases'],
  ])('%s', async (_, damage, reason) => {
    const { home, folder } = await exported();
    const path = join(folder, 'shop/fact.md');
    const page = read(path);
    writeFileSync(path, damage(page));
    const { code, lines, summary } = await imported(folder, home);
    expect(code).toBe(3);
    const rejects = lines.filter(line => line.message_type === 'reject').map(line => String(line.reason));
    expect(rejects.join('\n')).toContain(reason);
    expect(rejects.every(text => /shop\/fact\.md:\d+: /.test(text))).toBe(true);
    expect(existsSync(`${folder}.rejects.jsonl`)).toBe(true);
    expect(summary).toMatchObject({ updated: expect.any(Number), deleted: 0 });
  });
});

describe('what is no knowledge base', () => {
  test('is refused, unless --from says so', async () => {
    const { home } = await exported();
    const folder = scratch();
    writeFileSync(
      join(folder, 'notes.md'),
      '# Notes\n\n## Lint first\n\nRun the linter before each commit.\n\n## Tabs\n',
    );
    expect((await memport(['import', folder], later(home))).code).toBe(2);
    expect((await memport(['import', join(folder, 'notes.md')], later(home))).code).toBe(2);
    const { code, stderr } = await memport(['import', folder, '--from', 'markdown'], later(home));
    // Without a category there is nothing to go by.
    expect({ code, stderr }).toMatchObject({ code: 3 });
    writeFileSync(
      join(folder, 'notes.md'),
      '---\nproject: lint\ncategory: workflow\n---\n# Notes\n\n## Lint first\n\nRun the linter before each commit.\n\n## Tabs\n',
    );
    expect((await imported(folder, home, '--from', 'markdown')).summary).toMatchObject({ created: 2 });
    expect((await imported(folder, home, '--from', 'markdown')).summary).toMatchObject({ unchanged: 2 });
  });

  test('among pages is left out, with a note', async () => {
    const { home, folder } = await exported();
    writeFileSync(join(folder, 'shop/mine.md'), '# Mine\n\n## No memory\n\nx\n');
    expect((await imported(folder, home)).summary).toMatchObject({
      unchanged: 5,
      warnings: { '1 Markdown files are no pages of the knowledge base and were left out': 1 },
    });
  });
});

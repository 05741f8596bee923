import { execFileSync } from 'node:child_process';
import { existsSync, linkSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, feat038Json, fillHome, linesOf, originalMemory, summaryOf } from '../../support/stores.ts';

async function exported(...names: string[]): Promise<{ home: string; files: readonly string[] }> {
  const home = scratch();
  await fillHome(home);
  const files = names.map(name => join(home, name));
  for (const file of files) await ok(['export', file], { home });
  return { home, files };
}

async function importJson(file: string, home: string, ...args: string[]): Promise<Record<string, unknown>> {
  const { stdout, code, stderr } = await memport(['import', file, '--json', ...args], { home });
  if (code !== 0 && code !== 3) throw new Error(`import ended with ${code}: ${stderr}`);
  return { ...summaryOf(stdout), code };
}

describe('[CMD-03] [P3-05] [P1-06] [PART-01] import', () => {
  test.each(['out.tar.gz', 'out.json'])(
    '[INT-01] [INT-04] [P1-07] [P1-08] %s gives an empty store the same content, and changes nothing a second time',
    async name => {
      const { home, files } = await exported(name);
      const [file = ''] = files;
      const other = scratch();
      expect(await importJson(file, other)).toMatchObject({
        total: 5,
        created: 5,
        rejected: 0,
        memories: 5,
        pending_vectors: 0,
        code: 0,
      });
      expect(await digestOf(other)).toBe(await digestOf(home));
      expect(await linesOf(other)).toEqual(await linesOf(home));
      const again = await importJson(file, other);
      expect(again).toMatchObject({ total: 5, unchanged: 5, created: 0, updated: 0, operation_id: null });
      expect(await digestOf(other)).toBe(await digestOf(home));
    },
  );

  test.each(['out.tar.gz', 'out.json'])(
    'export, import, export again gives the same bytes: %s',
    async name => {
      const { home } = await exported();
      const [first, second] = [join(home, `1.${name}`), join(home, `2.${name}`)];
      await ok(
        ['delete', (await linesOf(home)).map(line => (JSON.parse(line) as { id: string }).id)[0] ?? ''],
        { home },
      );
      await ok(['export', first, '--export-date', '2026-01-01'], { home });
      const other = scratch();
      await importJson(first, other);
      await ok(['export', second, '--export-date', '2026-01-01'], { home: other });
      expect(readFileSync(second).equals(readFileSync(first))).toBe(true);
    },
  );

  test('reads standard input, and takes nothing along', async () => {
    const { files } = await exported('out.json', 'out.tar.gz');
    for (const file of files) {
      const other = scratch();
      const result = await memport(['import', '-', '--json'], { home: other, stdin: readFileSync(file) });
      expect(summaryOf(result.stdout)).toMatchObject({ input: '-', created: 5 });
    }
  });

  test('deleted here, it comes back with the file; deleted there, it is only taken note of', async () => {
    const { home, files } = await exported('before.tar.gz');
    const [file = ''] = files;
    const ids = (await linesOf(home)).map(line => (JSON.parse(line) as { id: string }).id);
    const [gone = ''] = ids;
    await ok(['delete', gone], { home });
    await ok(['export', join(home, 'after.tar.gz')], { home });
    const other = scratch();
    await importJson(file, other);
    expect(await importJson(join(home, 'after.tar.gz'), other)).toMatchObject({
      unchanged: 4,
      tombstones_added: 0,
    });
    expect(await importJson(join(home, 'after.tar.gz'), scratch())).toMatchObject({
      created: 4,
      tombstones_added: 1,
    });
    expect(await importJson(file, home)).toMatchObject({ created: 1, unchanged: 4 });
    expect(JSON.parse(await ok(['status', '--json'], { home }))).toMatchObject({ tombstones: 0 });
  });
});

describe('[IMP-02] [P3-07] [INT-02] selecting', () => {
  test.each(['out.tar.gz', 'out.json'])('every filter works for %s', async name => {
    const { files } = await exported(name);
    const [file = ''] = files;
    const created = async (...args: string[]) => {
      const report = await importJson(file, scratch(), ...args);
      expect(report).toMatchObject({ total: report.created, filtered_out: 5 - Number(report.created) });
      return report.created;
    };
    expect(await created('--project', 'shop')).toBe(3);
    expect(await created('--selective', '--project', 'shop', '--project', 'greenhouse')).toBe(4);
    expect(await created('--category', 'event')).toBe(1);
    expect(await created('--tag', 'MONEY')).toBe(1);
    expect(await created('--since', '2026-05-04', '--until', '2026-05-05')).toBe(2);
    expect(await created('--project', 'sho')).toBe(0);
  });

  test('--selective without a selection is refused', async () => {
    const { files } = await exported('out.json');
    expect((await memport(['import', files[0] ?? '', '--selective'], { home: scratch() })).code).toBe(2);
  });
});

describe('[P3-06] [NEWER-03] [SKIP-02] [SKIP-03] conflicts', () => {
  /** Two homes with the same five memories, of which the second has changed one and the first another; the file is of the second. */
  async function diverged(): Promise<{ home: string; file: string; ids: readonly string[] }> {
    const home = scratch();
    const ids = await fillHome(home);
    await ok(['export', join(home, 'a.tar.gz')], { home });
    const other = scratch();
    await importJson(join(home, 'a.tar.gz'), other);
    const now = Date.parse('2026-07-01T00:00:00Z');
    await ok(['update', ids[0] ?? '', '--content', 'Changed there.'], { home: other, now: () => now });
    await ok(['update', ids[1] ?? '', '--content', 'Changed there, earlier.'], {
      home: other,
      now: () => now,
    });
    await ok(['update', ids[1] ?? '', '--content', 'Changed here, later.'], { home, now: () => now + 1 });
    await ok(['add', 'Only there.'], { home: other, now: () => now });
    await ok(['export', join(home, 'b.tar.gz')], { home: other });
    return { home, file: join(home, 'b.tar.gz'), ids };
  }
  const contentOf = async (home: string, id = '') =>
    (JSON.parse(await ok(['show', id, '--json'], { home })) as { content: string }).content;

  test('keep-newer takes the later one, whichever side it is on', async () => {
    const { home, file, ids } = await diverged();
    expect(await importJson(file, home, '--merge-strategy', 'KEEP_NEWER')).toMatchObject({
      created: 1,
      updated: 1,
      skipped: 1,
      unchanged: 3,
      total: 6,
    });
    expect(await contentOf(home, ids[0])).toBe('Changed there.');
    expect(await contentOf(home, ids[1])).toBe('Changed here, later.');
    expect(await ok(['search', 'Changed there', '--json', '--limit', '1'], { home })).toContain(
      'Changed there.',
    );
  });

  test('skip leaves what is there, takes the rest and lists what it passed over', async () => {
    const { home, file, ids } = await diverged();
    const { stdout } = await memport(['import', file, '--merge-strategy', 'skip', '--json'], { home });
    expect(summaryOf(stdout)).toMatchObject({ created: 1, updated: 0, skipped: 2, unchanged: 3 });
    const skipped = stdout.split('\n').filter(line => line.includes('"action":"skipped"'));
    expect(skipped.map(line => (JSON.parse(line) as { id: string }).id)).toEqual([ids[0], ids[1]]);
    expect(await contentOf(home, ids[0])).toBe('Prices are in cents.');
  });

  test('[P1-13] the strategy of the configuration holds unless another is named', async () => {
    const { home, file } = await diverged();
    await ok(['config', 'set', 'merge_strategy', 'skip'], { home });
    expect(await importJson(file, home, '--dry-run')).toMatchObject({ strategy: 'skip', skipped: 2 });
    expect(await importJson(file, home, '--dry-run', '--merge-strategy', 'keep-newer')).toMatchObject({
      strategy: 'keep-newer',
      updated: 1,
    });
  });

  test.each(['keep-newer', 'skip'])(
    '[P3-08] a dry run with %s says what the real run does, and changes nothing',
    async strategy => {
      const { home, file } = await diverged();
      const before = await digestOf(home);
      const dry = await importJson(file, home, '--dry-run', '--merge-strategy', strategy);
      expect(await digestOf(home)).toBe(before);
      const real = await importJson(file, home, '--merge-strategy', strategy);
      expect({ ...dry, dry_run: false, operation_id: real.operation_id }).toEqual(real);
      expect(real.operation_id).toMatch(/^[0-9a-f-]{36}$/);
    },
  );

  test('--verbose shows each change with both values', async () => {
    const { home, file } = await diverged();
    const { stdout, stderr } = await memport(['import', file, '--dry-run', '--verbose'], { home });
    expect(stdout).toMatch(/update +\S+ +newer: 2026-07-01T00:00:00Z over 2026-05-02/);
    expect(stdout).toContain('- "Prices are in cents."');
    expect(stdout).toContain('+ "Changed there."');
    expect(stdout).toMatch(/create +\S+ +Only there\./);
    expect(stderr).toContain('nothing was changed');
  });

  test('a strategy that does not exist is refused', async () => {
    const { home, file } = await diverged();
    expect(await memport(['import', file, '--merge-strategy', 'best'], { home })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('keep-newer'),
    });
  });
});

describe('duplicates', () => {
  test('the same note under another id is skipped and counted, or kept when asked', async () => {
    const { home } = await exported();
    const other = scratch();
    await fillHome(other);
    await ok(['add', 'Not a duplicate.'], { home: other });
    await ok(['export', join(other, 'o.tar.gz')], { home: other });
    expect(await importJson(join(other, 'o.tar.gz'), home, '--dry-run')).toMatchObject({
      duplicates: 5,
      created: 1,
      total: 6,
    });
    expect(await importJson(join(other, 'o.tar.gz'), home, '--duplicates', 'keep')).toMatchObject({
      duplicates: 0,
      created: 6,
    });
    expect(
      (await memport(['import', join(other, 'o.tar.gz'), '--duplicates', 'perhaps'], { home })).code,
    ).toBe(2);
  });

  test('two equal notes of one file both come in', async () => {
    const home = scratch();
    const twins = [originalMemory(1, { content: 'Same.' }), originalMemory(2, { content: 'Same.' })];
    expect(await importJson(feat038Json(home, twins), home)).toMatchObject({ created: 2, duplicates: 0 });
  });
});

describe('records that can not be stored', () => {
  const BAD = [
    originalMemory(1),
    originalMemory(2, { content: '' }),
    originalMemory(3, { updated_at: 'yesterday' }),
    originalMemory(4, { importance: 7 }),
    originalMemory(5, { scope: 'project' }),
    originalMemory(6, { tags: null, metadata: null }),
    originalMemory(7, { category: 'idea' }),
  ];

  test('are rejected alone, kept whole in a file, and the exit code is 3', async () => {
    const home = scratch();
    const file = feat038Json(home, BAD);
    const report = await importJson(file, home);
    expect(report).toMatchObject({
      code: 3,
      total: 7,
      created: 3,
      rejected: 4,
      rejects_file: `${file}.rejects.jsonl`,
    });
    const rejects = readFileSync(`${file}.rejects.jsonl`, 'utf8')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line) as { id: string; position: number; reason: string; text: string });
    expect(rejects.map(reject => [reject.position, reject.reason])).toEqual([
      [1, 'content is empty'],
      [2, expect.stringContaining('updated_at is not a date')],
      [3, 'importance is not between 0 and 1'],
      [4, expect.stringContaining('project_name is missing')],
    ]);
    expect(JSON.parse(rejects[2]?.text ?? '')).toMatchObject({ id: originalMemory(4).id, importance: 7 });
    const stored = (await linesOf(home)).map(line => JSON.parse(line) as Record<string, unknown>);
    expect(stored.find(record => record.content === 'Memory 7.')).toMatchObject({
      category: 'context',
      metadata: { source: { category: 'idea' } },
      provenance: { source: 'imported' },
    });
  });

  test('are named on the screen', async () => {
    const home = scratch();
    const { code, stdout, stderr } = await memport(
      ['import', feat038Json(home, BAD), '--rejects', 'mine.jsonl'],
      { home },
    );
    expect(code).toBe(3);
    expect(stdout).toContain('content is empty');
    expect(stdout).toContain('3 created, 4 rejected');
    expect(stderr).toContain('mine.jsonl');
    expect(existsSync(join(home, 'mine.jsonl'))).toBe(true);
  });

  test('a dry run counts them and writes no file', async () => {
    const home = scratch();
    const file = feat038Json(home, BAD);
    expect(await importJson(file, home, '--dry-run')).toMatchObject({
      code: 3,
      rejected: 4,
      created: 3,
      rejects_file: null,
    });
    expect(readdirSync(home).filter(name => name.includes('reject'))).toEqual([]);
    expect(readdirSync(home)).toEqual(['original.json']);
  });

  test('earlier rejects stay: the next ones get a name of their own', async () => {
    const home = scratch();
    const file = feat038Json(home, BAD);
    await importJson(file, home);
    const first = readFileSync(`${file}.rejects.jsonl`);
    expect(await importJson(file, home)).toMatchObject({ rejects_file: `${file}.rejects-2.jsonl` });
    expect(readFileSync(`${file}.rejects.jsonl`).equals(first)).toBe(true);
    const stdin = readFileSync(file);
    for (const name of ['standard-input.rejects.jsonl', 'standard-input.rejects-2.jsonl']) {
      const { stdout } = await memport(['import', '-', '--json'], { home, stdin });
      expect(summaryOf(stdout)).toMatchObject({ rejects_file: join(home, name) });
    }
  });

  test.each([
    ['memport.db', 'the store'],
    ['memport.db-journal', 'a file that the store will have'],
    ['memport.json', 'the settings'],
    ['original.json', 'the file that is imported'],
    ['hard', 'a hard link to it'],
    ['mine.jsonl', 'any other file'],
  ])('--rejects %s, %s, is refused before anything is done', async name => {
    const home = scratch();
    const file = feat038Json(home, BAD);
    await ok(['add', 'here'], { home });
    await ok(['config', 'set', 'merge_strategy', 'skip'], { home });
    linkSync(file, join(home, 'hard'));
    writeFileSync(join(home, 'mine.jsonl'), 'mine');
    const [before, files] = [await digestOf(home), readdirSync(home)];
    for (const dryRun of [[], ['--dry-run']]) {
      expect(await memport(['import', file, '--rejects', name, ...dryRun], { home })).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--rejects'),
      });
    }
    expect(await digestOf(home)).toBe(before);
    expect(readdirSync(home)).toEqual(files);
    expect(readFileSync(join(home, 'mine.jsonl'), 'utf8')).toBe('mine');
  });

  test('--rejects can be a pipe, which stays one', async () => {
    const home = scratch();
    const file = feat038Json(home, BAD);
    execFileSync('mkfifo', [join(home, 'pipe')]);
    const read = readFile(join(home, 'pipe'), 'utf8');
    expect(await importJson(file, home, '--rejects', 'pipe')).toMatchObject({
      rejected: 4,
      rejects_file: join(home, 'pipe'),
    });
    expect((await read).trimEnd().split('\n')).toHaveLength(4);
    expect(statSync(join(home, 'pipe')).isFIFO()).toBe(true);
  });

  test('when the rejects can not be written, nothing is imported', async () => {
    const home = scratch();
    const file = feat038Json(home, BAD);
    await ok(['add', 'here'], { home });
    const before = await digestOf(home);
    expect(await memport(['import', file, '--rejects', join(home, 'no', 'such')], { home })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('--rejects'),
    });
    expect(await digestOf(home)).toBe(before);
  });

  test('the same id twice in one file: the second is a conflict with the first', async () => {
    const home = scratch();
    const later = originalMemory(1, { content: 'Later.', updated_at: '2025-02-01T00:00:00+00:00' });
    expect(await importJson(feat038Json(home, [originalMemory(1), later]), home)).toMatchObject({
      created: 1,
      updated: 1,
      total: 2,
    });
    expect(await linesOf(home)).toEqual([expect.stringContaining('Later.')]);
  });
});

describe('[SEC-03] [NOTE-02] hostile and odd content', () => {
  test('any text comes through: SQL, keys that are field names, __proto__', async () => {
    const home = scratch();
    const file = join(home, 'odd.json');
    const metadata = '{"id":"x","tags":1,"content":null,"__proto__":{"a":1},"constructor":"c","n":1e400}';
    const memory = JSON.stringify(originalMemory(1, { content: "'); DELETE FROM memories; --" })).replace(
      '"metadata":{}',
      `"metadata":${metadata}`,
    );
    writeFileSync(
      file,
      `{"version":"1.0.0","schema_version":"3.0.0","export_date":"2026-01-01","memory_count":1,"memories":[${memory.replace('{', '{"__proto__":"top","from_the_future":[1],')}]}`,
    );
    expect(await importJson(file, home)).toMatchObject({ created: 1, rejected: 0 });
    const [line = ''] = await linesOf(home);
    expect(line).toContain("'); DELETE FROM memories; --");
    expect(line).toContain(
      '"metadata":{"__proto__":{"a":1},"constructor":"c","content":null,"id":"x","n":1e400,"tags":1}',
    );
    expect(line).toContain('"__proto__":"top"');
    expect(line).toContain('"from_the_future":[1]');
    await ok(['export', join(home, 'again.json')], { home });
    expect(readFileSync(join(home, 'again.json'), 'utf8')).toContain(line);
  });
});

describe('projects', () => {
  test('a project that was renamed does not come back as a ghost with an old file, nor by a part of a file', async () => {
    const { home } = await exported();
    await ok(['export', 'before.tar.gz'], { home });
    await ok(['projects', 'rename', 'shop', 'store'], { home });
    expect(await importJson(join(home, 'before.tar.gz'), home)).toMatchObject({
      skipped: 3,
      operation_id: null,
    });
    const names = async (where: string) =>
      (await ok(['projects', '--json'], { home: where }))
        .split('\n')
        .map(line => (JSON.parse(line) as { name: string }).name);
    expect(await names(home)).toEqual(['greenhouse', 'store']);
    await ok(['projects', 'rename', 'store', 'shop'], { home });
    const other = scratch();
    await importJson(join(home, 'before.tar.gz'), other, '--tag', 'money');
    expect(await names(other)).toEqual(['shop']);
  });

  test('earlier names travel with an archive, once', async () => {
    const { home } = await exported();
    await ok(['projects', 'rename', 'shop', 'store'], { home });
    await ok(['export', 'after.tar.gz'], { home });
    const other = scratch();
    await importJson(join(home, 'after.tar.gz'), other);
    expect(await ok(['projects', '--json'], { home: other })).toContain('"aliases":["shop"]');
    expect(await importJson(join(home, 'after.tar.gz'), other)).toMatchObject({ operation_id: null });
  });

  test('a part of the store takes along only the projects that are in it', async () => {
    const { home } = await exported();
    await ok(['export', 'part.tar.gz', '--tag', 'money'], { home });
    const other = scratch();
    await importJson(join(home, 'part.tar.gz'), other);
    expect((await ok(['projects', '--json'], { home: other })).split('\n')).toHaveLength(1);
  });
});

test('a rename of code units travels', async () => {
  const [home, other] = [scratch(), scratch()];
  const fixture = new URL('../../fixtures/claude-memory-server/full.tar.gz', import.meta.url).pathname;
  for (const where of [home, other]) await importJson(fixture, where);
  await ok(['projects', 'rename', 'alpha', 'omega'], { home });
  await ok(['export', 'a.tar.gz'], { home });
  expect(await importJson(join(home, 'a.tar.gz'), other)).toMatchObject({ skipped: 0, code_units: 3 });
  expect(await digestOf(other)).toBe(await digestOf(home));
});

test('the last instant that there is stays readable through an edit', async () => {
  const home = scratch();
  const memory = originalMemory(1, { updated_at: '9999-12-31T23:59:59.999999+00:00' });
  await importJson(feat038Json(home, [memory]), home);
  const id = String(memory.id);
  await ok(['update', id, '--importance', '0.9'], { home });
  expect(await ok(['show', id, '--json'], { home })).toContain('"updated_at":"9999-12-31T23:59:59.999999Z"');
});

test('a reject is kept with its vector', async () => {
  const home = scratch();
  const file = feat038Json(home, [originalMemory(1, { importance: 7, embedding: [1.5, 2.5] })]);
  await importJson(file, home);
  const [line = ''] = readFileSync(`${file}.rejects.jsonl`, 'utf8').split('\n');
  expect(JSON.parse((JSON.parse(line) as { text: string }).text)).toMatchObject({
    embedding: [1.5, 2.5],
    importance: 7,
  });
});

test('warnings without end are counted, not kept', async () => {
  const home = scratch();
  const memories = Array.from({ length: 300 }, (_, n) => originalMemory(n, { category: `category ${n}` }));
  const report = await importJson(feat038Json(home, memories), home);
  const warnings = report.warnings as Record<string, number>;
  expect(Object.keys(warnings)).toHaveLength(101);
  expect(warnings['and other warnings']).toBe(200);
});

describe('what leaves nothing behind', () => {
  test('a dry run without a store, with the counts of the real run', async () => {
    const { files } = await exported('out.json');
    const home = join(scratch(), 'home');
    const [cwd, temporary] = [scratch(), scratch()];
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(tmpdir()).toBe(temporary);
    const run = async (...args: string[]) =>
      summaryOf((await memport(['import', files[0] ?? '', '--json', ...args], { home, cwd })).stdout);
    const dry = await run('--dry-run');
    expect(dry).toMatchObject({ created: 5, dry_run: true });
    expect([existsSync(home), readdirSync(temporary)]).toEqual([false, []]);
    vi.unstubAllEnvs();
    expect(await run()).toMatchObject({ created: 5 });
  });

  test.each([
    ['damaged.json', 20],
    ['other.txt', 2],
    ['missing', 10],
    ['', 2],
  ])('a file that is refused: %j', async (name, code) => {
    const { home, files } = await exported('out.json');
    writeFileSync(join(home, 'damaged.json'), readFileSync(files[0] ?? '').subarray(0, -9));
    writeFileSync(join(home, 'other.txt'), 'other');
    const fresh = join(scratch(), 'home');
    expect(await memport(['import', name], { home: fresh, cwd: home })).toMatchObject({ code });
    expect(existsSync(fresh)).toBe(false);
  });
});

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';

const record = (json: string) => JSON.parse(json) as Record<string, unknown>;

describe('add, show, update, delete', () => {
  test('what is added is shown, changed and forgotten', async () => {
    const home = scratch();
    const id = await ok(
      [
        'add',
        'Prefers tabs.',
        '--category',
        'preference',
        '--tag',
        'Go',
        '--importance',
        '0.9',
        '--project',
        'alpha',
      ],
      { home },
    );
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(record(await ok(['show', id.slice(0, 13), '--json'], { home }))).toMatchObject({
      id,
      content: 'Prefers tabs.',
      category: 'preference',
      context_level: 'USER_PREFERENCE',
      scope: 'project',
      project_name: 'alpha',
      importance: 0.9,
      tags: ['go'],
      embedding_model: 'memport-hash-384-v1',
      created_at: '2026-06-01T12:00:00Z',
    });
    expect(await ok(['show', id], { home })).toContain('project:    alpha');
    await ok(['update', id, '--content', '-', '--metadata', '{"big":9007199254740993}'], {
      home,
      stdin: 'Prefers spaces.\n',
    });
    const changed = await ok(['show', id, '--json'], { home });
    expect(changed).toContain('"big":9007199254740993');
    expect(record(changed)).toMatchObject({
      content: 'Prefers spaces.\n',
      updated_at: '2026-06-01T12:00:00.000001Z',
    });
    expect(await ok(['delete', id], { home })).toBe(id);
    expect((await memport(['show', id], { home })).code).toBe(10);
    expect(record(await ok(['status', '--json'], { home }))).toMatchObject({ memories: 0, tombstones: 1 });
    expect(await ok(['add', 'Prefers tabs.'], { home })).not.toBe(id);
  });

  test('content comes whole from standard input, and only UTF-8', async () => {
    const home = scratch();
    const text = '\ufeff  first\r\n\n\tlast \u0000 \n';
    const id = await ok(['add', '-'], { home, stdin: text });
    expect(record(await ok(['show', id, '--json'], { home })).content).toBe(text);
    expect(await memport(['add', '-'], { home, stdin: Buffer.from([0x61, 0xff]) })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('not UTF-8'),
    });
    expect((await memport(['add', '-'], { home, stdin: '' })).code).toBe(2);
    expect((await memport(['add', '-'], { home, stdin: 'x'.repeat(1024 * 1024 + 1) })).code).toBe(2);
  });

  test('delete takes all or none', async () => {
    const home = scratch();
    const id = await ok(['add', 'one'], { home });
    expect((await memport(['delete', id, 'ffffffff'], { home })).code).toBe(10);
    expect(await ok(['list', '--json'], { home })).toContain(id);
    expect(record(await ok(['delete', id, id, '--json'], { home }))).toEqual({ deleted: [id] });
  });

  test.each([
    [['show', 'abc'], 2, /first 4 characters/],
    [['show', 'zzzz'], 2, /no id/],
    [['show', 'abcd'], 10, /no memory has an id/],
    [['update', 'abcd', '--content', 'x'], 10, /no memory/],
    [['update', 'abcd'], 2, /nothing to change/],
    [['add', 'x', '--category', 'idea'], 2, /no category/],
    [['add'], 2, /missing required argument/],
    [['add', 'x', '--colour', 'red'], 2, /unknown option/],
    [['remember', 'x'], 2, /unknown command/],
  ])('%j ends with %i', async (args, code, message) => {
    const home = scratch();
    await ok(['add', 'something'], { home });
    const result = await memport(args, { home });
    expect(result).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) });
  });

  test('ids that begin alike are told apart by more characters', async () => {
    const home = scratch();
    const [first = ''] = [await ok(['add', 'one'], { home }), await ok(['add', 'two'], { home })];
    const result = await memport(['show', first.slice(0, 8)], { home });
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining('several ids begin with') });
  });
});

describe('list and search', () => {
  async function filled(): Promise<string> {
    const home = scratch();
    let now = Date.parse('2026-05-01T00:00:00Z');
    const add = (...args: string[]) => ok(['add', ...args], { home, now: () => (now += 86_400_000) });
    await add('Postgres replication runs to the report database.', '--project', 'shop', '--tag', 'infra');
    await add('The soil probe reads too high.', '--project', 'greenhouse', '--category', 'event');
    await add('日本語のコメントはそのまま残す。', '--category', 'preference', '--tag', 'Sprache');
    return home;
  }
  const contents = (lines: string) =>
    lines
      .split('\n')
      .filter(line => line !== '')
      .map(line => String(record(line).content).slice(0, 8));

  test('[P3-03] every filter narrows, alone and together', async () => {
    const home = await filled();
    const list = async (...args: string[]) => contents(await ok(['list', '--json', ...args], { home }));
    expect(await list()).toEqual(['日本語のコメント', 'The soil', 'Postgres']);
    expect(await list('--project', 'shop')).toEqual(['Postgres']);
    expect(await list('--project', 'shop', '--project', 'greenhouse')).toEqual(['The soil', 'Postgres']);
    expect(await list('--category', 'event')).toEqual(['The soil']);
    expect(await list('--tag', 'SPRACHE')).toEqual(['日本語のコメント']);
    expect(await list('--since', '2026-05-03')).toEqual(['日本語のコメント', 'The soil']);
    expect(await list('--until', '2026-05-02')).toEqual(['Postgres']);
    expect(await list('--since', '2026-05-03', '--until', '2026-05-03', '--project', 'greenhouse')).toEqual([
      'The soil',
    ]);
    expect(await list('--project', 'sho')).toEqual([]);
    expect(await list('--limit', '1', '--offset', '1')).toEqual(['The soil']);
  });

  test('a table fits the width, and control characters can do nothing', async () => {
    const home = await filled();
    await ok(['add', `evil \u001b[31mred\u0007 ${'long '.repeat(100)}`], { home });
    const { stdout, stderr } = await memport(['list', '--limit', '3'], { home, tty: true, columns: 90 });
    expect(stdout).not.toContain('\u001b[31m');
    expect(stdout).toContain('␛[31mred␇');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(90);
    expect(stderr).toContain('3 of 4; the rest: memport list --offset 3');
  });

  test('search finds by word, by likeness and within filters', async () => {
    const home = await filled();
    const search = async (...args: string[]) =>
      (await ok(['search', '--json', ...args], { home }))
        .split('\n')
        .filter(Boolean)
        .map(line => JSON.parse(line) as { memory: { content: string }; score: number });
    expect((await search('database'))[0]?.memory.content).toMatch(/^Postgres/);
    expect((await search('replicating', 'databases'))[0]?.memory.content).toMatch(/^Postgres/);
    expect((await search('コメント'))[0]?.memory.content).toMatch(/^日本語/);
    expect(await search('database', '--project', 'greenhouse')).toSatisfy(
      (hits: { memory: { content: string } }[]) =>
        hits.every(hit => hit.memory.content.startsWith('The soil')),
    );
    expect(await search(' ')).toHaveLength(3);
    expect(await ok(['search', 'probe'], { home })).toContain('The soil probe');
    const offline = { home, env: { MEMPORT_EMBEDDING_PROVIDER: 'none' } };
    expect(await ok(['search', 'soil'], offline)).toContain('The soil probe');
    expect((await memport(['search', 'zzzzzz'], offline)).stderr).toContain('nothing found');
  });

  test.each([
    [['list', '--limit', '0'], /--limit can't be/],
    [['list', '--limit', 'ten'], /--limit can't be/],
    [['list', '--since', 'soon'], /is no date/],
    [['list', '--since', '2026-05-03', '--until', '2026-05-02'], /later than/],
    [['list', '--category', 'ideas'], /no category/],
  ])('%j is refused', async (args, message) => {
    const home = await filled();
    expect(await memport(args, { home })).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });
});

describe('projects', () => {
  test('are listed with counts; a rename moves the records and keeps the old name', async () => {
    const home = scratch();
    await ok(['add', 'one', '--project', 'alpha'], { home });
    await ok(['add', 'two', '--project', 'alpha'], { home });
    await ok(['add', 'three', '--project', 'alphabet'], { home });
    expect((await memport(['projects', 'rename', 'alpha', 'beta'], { home })).stderr).toContain(
      'in 2 records',
    );
    const projects = (await ok(['projects', '--json'], { home })).split('\n').map(line => record(line));
    expect(projects).toMatchObject([
      { name: 'alphabet', memory_count: 1, aliases: [] },
      { name: 'beta', memory_count: 2, aliases: ['alpha'] },
    ]);
    expect(await ok(['projects'], { home })).toMatch(/beta +2 +0 +alpha/);
    expect((await memport(['projects', 'rename', 'alpha', 'x'], { home })).code).toBe(10);
    expect((await memport(['projects', 'rename', 'beta', 'alphabet'], { home })).code).toBe(2);
    expect((await memport(['projects', 'rename', 'beta', ''], { home })).code).toBe(2);
    expect(await ok(['projects', 'rename', 'beta', 'alpha', '--json'], { home })).toContain('"records":2');
  });

  test('where there are none, people are told so and programs get nothing', async () => {
    const home = scratch();
    await ok(['add', 'Of no project.'], { home });
    expect(await memport(['projects'], { home })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'no projects\n',
    });
    expect(await memport(['projects', '--json'], { home })).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });
});

test('a command that reads says where no store is, and makes none', async () => {
  const home = join(scratch(), 'nothing');
  for (const args of [['list'], ['status'], ['export', 'x.json'], ['search', 'x'], ['projects']]) {
    expect(await memport(args, { home, cwd: '/' })).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('no store'),
    });
  }
});

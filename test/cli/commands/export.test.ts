import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, fillHome, summaryOf } from '../../support/stores.ts';

interface JsonFile {
  readonly version: string;
  readonly export_type: string;
  readonly memory_count: number;
  readonly filters: Record<string, unknown>;
  readonly memories: readonly { readonly content: string; readonly embedding?: readonly number[] }[];
}
const readJson = (path: string) => JSON.parse(readFileSync(path, 'utf8')) as JsonFile;

async function filled(): Promise<string> {
  const home = scratch();
  await fillHome(home);
  return home;
}

describe('[CMD-01] [P3-01] export', () => {
  test('[EXP-01] [P1-02] [GOAL-01] to JSON holds every field, one record a line', async () => {
    const home = await filled();
    const path = join(home, 'out.json');
    expect(await ok(['export', path], { home })).toBe(path);
    const file = readJson(path);
    expect(file).toMatchObject({
      version: '1.0.0',
      schema_version: '3.0.0',
      export_type: 'full',
      memory_count: 5,
      generator: 'memport 0.1.0',
    });
    expect(file.memories.map(memory => memory.content)).toContain('Écrit 日本語 😀 \u2028 \u0000 end\n');
    expect(readFileSync(path, 'utf8')).toContain('"metadata":{"big":9007199254740993,"one":1.0}');
    expect(
      readFileSync(path, 'utf8')
        .split('\n')
        .filter(line => line.startsWith('{"')).length,
    ).toBe(5);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(file.memories.every(memory => memory.embedding === undefined)).toBe(true);
  });

  test('[EXP-03] [P1-04] [GOAL-03] to an archive by default, whose summary tells what is in it', async () => {
    const home = await filled();
    const { stdout } = await memport(['export', 'out.tar.gz', '--json'], { home });
    expect(summaryOf(stdout)).toEqual({
      message_type: 'summary',
      path: join(home, 'out.tar.gz'),
      format: 'archive',
      export_type: 'full',
      export_date: '2026-06-01T12:00:00Z',
      memories: 5,
      code_units: 0,
      tombstones: 0,
      vectors: 5,
      bytes: statSync(join(home, 'out.tar.gz')).size,
      encrypted: false,
      content_digest: await digestOf(home),
      files: null,
      files_removed: null,
    });
  });

  test('[P1-05] [P3-03] [UNIT-01] every filter narrows, in every format', async () => {
    const home = await filled();
    const contents = async (...args: string[]) => {
      await ok(['export', 'f.json', ...args], { home });
      const archive = summaryOf((await memport(['export', 'f.tar.gz', '--json', ...args], { home })).stdout);
      const file = readJson(join(home, 'f.json'));
      expect(archive).toMatchObject({ memories: file.memory_count, export_type: 'filtered' });
      expect(file.export_type).toBe('filtered');
      return file.memories.map(memory => memory.content.slice(0, 6));
    };
    expect(await contents('--project', 'shop')).toEqual(['Prices', "'; DRO", 'Global']);
    expect(await contents('--category', 'event', '--category', 'workflow')).toEqual(["'; DRO", 'Vents ']);
    expect(await contents('--tag', 'LANGUAGE')).toEqual(['Écrit ']);
    expect(await contents('--since', '2026-05-04')).toEqual(['Vents ', 'Écrit ', 'Global']);
    expect(await contents('--until', '2026-05-03')).toEqual(['Prices', "'; DRO"]);
    expect(await contents('--project', 'shop', '--since', '2026-05-03', '--category', 'fact')).toEqual([
      'Global',
    ]);
    expect(await contents('--project', 'no such')).toEqual([]);
    expect(readJson(join(home, 'f.json')).filters).toMatchObject({ project_name: 'no such' });
  });

  test('with and without vectors', async () => {
    const home = await filled();
    await ok(['export', 'with.json', '--embeddings'], { home });
    expect(readJson(join(home, 'with.json')).memories.map(memory => memory.embedding?.length)).toEqual([
      384, 384, 384, 384, 384,
    ]);
    const { stdout } = await memport(['export', 'without.tar.gz', '--no-embeddings', '--no-code', '--json'], {
      home,
    });
    expect(summaryOf(stdout)).toMatchObject({ vectors: 0, export_type: 'filtered' });
    await ok(['export', 'full.tar.gz'], { home });
    expect(statSync(join(home, 'without.tar.gz')).size).toBeLessThan(
      statSync(join(home, 'full.tar.gz')).size / 2,
    );
  });

  test('an empty store gives whole files too [EDGE-09]', async () => {
    const home = scratch();
    await ok(['delete', await ok(['add', 'x'], { home })], { home });
    await ok(['export', 'empty.tar.gz'], { home });
    await ok(['export', 'empty.json', '--code'], { home });
    expect(readJson(join(home, 'empty.json'))).toMatchObject({
      memory_count: 0,
      memories: [],
      code_units: [],
    });
    const other = scratch();
    for (const name of ['empty.tar.gz', 'empty.json']) {
      expect(
        summaryOf((await memport(['import', join(home, name), '--json'], { home: other })).stdout),
      ).toMatchObject({ total: 0 });
    }
    expect(await digestOf(other)).toBe(await digestOf(home));
  });

  test('the same store and date give the same bytes', async () => {
    const home = await filled();
    for (const ending of ['tar.gz', 'json']) {
      const [a, b, c] = [join(home, `a.${ending}`), join(home, `b.${ending}`), join(home, `c.${ending}`)];
      await ok(['export', a, '--export-date', '2026-01-01T00:00:00.000001+02:00'], { home });
      await ok(['export', b, '--export-date', '2025-12-31T22:00:00.000001Z'], { home, now: () => 0 });
      await ok(['export', c, '--reproducible'], { home });
      expect(readFileSync(a).equals(readFileSync(b))).toBe(true);
      expect(readFileSync(a).equals(readFileSync(c))).toBe(false);
    }
    expect(readJson(join(home, 'c.json'))).toMatchObject({ export_date: '2026-05-06T00:00:00Z' });
  });

  test('goes to a folder, to the home, to standard output', async () => {
    const home = await filled();
    mkdirSync(join(home, 'folder'));
    expect(await ok(['export', 'folder', '--format', 'json'], { home })).toBe(
      join(home, 'folder', 'memport-20260601T120000Z.json'),
    );
    expect(await ok(['export'], { home })).toBe(join(home, 'exports', 'memport-20260601T120000Z.tar.gz'));
    const json = await memport(['export', '--format', 'json', '-'], { home });
    expect(JSON.parse(json.stdout)).toMatchObject({ memory_count: 5 });
    const archive = await memport(['export', '-', '--json'], { home });
    expect(gunzipSync(archive.stdoutBytes).subarray(0, 29).toString()).toBe('portable_backup/manifest.json');
    expect(JSON.parse(archive.stderr)).toMatchObject({
      message_type: 'summary',
      path: null,
      bytes: archive.stdoutBytes.length,
    });
  });

  test('an archive does not go to a terminal', async () => {
    const home = await filled();
    expect(await memport(['export', '-'], { home, tty: true })).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('what can not be written', () => {
  test.skipIf(process.getuid?.() === 0)(
    'a folder without permission leaves the file of that name as it was',
    async () => {
      const home = await filled();
      const folder = join(home, 'closed');
      mkdirSync(folder);
      writeFileSync(join(folder, 'x.json'), 'old');
      chmodSync(folder, 0o500);
      expect(await memport(['export', join(folder, 'x.json')], { home })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('permission'),
      });
      expect(readFileSync(join(folder, 'x.json'), 'utf8')).toBe('old');
    },
  );

  test('a folder that does not exist', async () => {
    const home = await filled();
    expect(await memport(['export', join(home, 'no', 'x.json')], { home })).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('does not exist'),
    });
    expect(existsSync(join(home, 'no'))).toBe(false);
  });

  test.skipIf(!existsSync('/dev/full'))('a full disk', async () => {
    const home = await filled();
    for (const format of ['archive', 'json']) {
      expect(await memport(['export', '/dev/full', '--format', format], { home })).toMatchObject({
        code: 24,
        stdout: '',
      });
    }
  });

  test.each([
    [['--format', 'xml'], /--format can't be "xml"/],
    [['--export-date', 'soon'], /is no date/],
    [['--since', '2026-05-03', '--until', '2026-05-01'], /later than/],
    [['--category', 'ideas'], /no category/],
  ])('export %j is refused', async (args, message) => {
    const home = await filled();
    expect(await memport(['export', 'x.json', ...args], { home })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
    expect(readdirSync(home)).not.toContain('x.json');
  });

  test('an aborted export leaves nothing, and the old file', async () => {
    const home = await filled();
    writeFileSync(join(home, 'x.json'), 'old');
    expect(await memport(['export', 'x.json'], { home, signal: AbortSignal.abort('SIGINT') })).toMatchObject({
      code: 130,
    });
    expect(await memport(['export', 'x.json'], { home, signal: AbortSignal.abort('SIGTERM') })).toMatchObject(
      { code: 143 },
    );
    expect(readFileSync(join(home, 'x.json'), 'utf8')).toBe('old');
    expect(readdirSync(home).filter(name => name.includes('tmp'))).toEqual([]);
  });
});

describe("what is memport's own is not written over", () => {
  test.each([
    'memport.db',
    'memport.db-wal',
    'memport.db-shm',
    'memport.db-journal',
    'memport.json',
    'link',
    'hard',
    'here/memport.db',
    'here/memport.json',
  ])('export to %s: exit 2, nothing touched', async name => {
    const home = await filled();
    symlinkSync('memport.db', join(home, 'link'));
    linkSync(join(home, 'memport.db'), join(home, 'hard'));
    symlinkSync('.', join(home, 'here'));
    const [before, files] = [await digestOf(home), readdirSync(home)];
    expect(await memport(['export', '--format', 'json', name], { home })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining('another file'),
    });
    expect(await digestOf(home)).toBe(before);
    expect(readdirSync(home)).toEqual(files);
  });

  test('nor the store of --store', async () => {
    const home = await filled();
    const store = join(scratch(), 'other.db');
    await ok(['add', 'x', '--store', store], { home });
    expect(await memport(['export', store, '--store', store], { home })).toMatchObject({ code: 2 });
    expect(await ok(['list', '--json', '--store', store], { home })).toContain('"x"');
  });
});

test('exports of the same second all stay, each under its own name', async () => {
  const home = await filled();
  const folder = join(home, 'folder');
  mkdirSync(folder);
  for (const args of [[], [folder]]) {
    const paths = await Promise.all([1, 2, 3].map(() => ok(['export', ...args], { home })));
    expect(paths.map(path => basename(path)).sort()).toEqual([
      'memport-20260601T120000Z-2.tar.gz',
      'memport-20260601T120000Z-3.tar.gz',
      'memport-20260601T120000Z.tar.gz',
    ]);
    for (const path of paths) expect(existsSync(path)).toBe(true);
  }
});

test('an empty name is refused: a variable that is not set', async () => {
  const home = await filled();
  expect(await memport(['export', ''], { home })).toMatchObject({ code: 2, stdout: '' });
});

test('/dev/stdout is standard output', async () => {
  const { stdout } = await memport(['export', '--format', 'json', '/dev/stdout'], { home: await filled() });
  expect(JSON.parse(stdout)).toMatchObject({ memory_count: 5 });
});

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { runBinary } from '../support/binary.ts';
import { ok } from '../support/cli.ts';
import { folderOfFile } from '../support/folders.ts';
import { isMissing, PYTHON, runProgram as tool } from '../support/programs.ts';
import { digestOf, fillHome, linesOf, summaryOf } from '../support/stores.ts';

const home = folderOfFile();
const unpacked = join(home, 'portable_backup');
const member = (path: string): string => readFileSync(join(unpacked, path), 'utf8');
const json = (path: string) => JSON.parse(member(path)) as Record<string, unknown>;

beforeAll(async () => {
  await fillHome(home);
  const [first = ''] = (await linesOf(home)).map(line => (JSON.parse(line) as { id: string }).id);
  await ok(['delete', first], { home });
  await ok(['export', 'a.tar.gz', '--export-date', '2026-01-01T00:00:00.5Z'], { home });
  tool('tar', ['xzf', 'a.tar.gz'], { cwd: home });
});

test('[ARC-01] tar lists what goes to standard output, and not a byte is astray', () => {
  const exported = runBinary(['export', '--format', 'archive', '-'], home);
  const listed = tool('tar', ['tzvf', '-', '--numeric-owner'], { input: exported.stdout });
  expect(listed).toMatchObject({ code: 0, stderr: '' });
  const files = listed.stdout.split('\n').filter(line => line !== '' && !line.endsWith('/'));
  expect(files.every(line => /^-rw------- 0\/0 /.test(line))).toBe(true);
  expect(files.map(line => line.split(/\s+/).at(-1))).toEqual([
    'portable_backup/manifest.json',
    'portable_backup/memories/memories.json',
    'portable_backup/memories/embeddings.npz',
    'portable_backup/code_index/projects.json',
    'portable_backup/code_index/semantic_units.json',
    'portable_backup/config/export_config.json',
    'portable_backup/metadata/statistics.json',
    'portable_backup/metadata/checksums.sha256',
  ]);
});

test('[ARC-10] sha256sum agrees with the checksums, inside the unpacked archive', () => {
  const checked = tool('sha256sum', ['-c', '--strict', 'metadata/checksums.sha256'], { cwd: unpacked });
  expect(checked).toMatchObject({ code: 0, stderr: '' });
  expect(checked.stdout.trimEnd().split('\n')).toHaveLength(6);
});

test('gzip finds nothing wrong', () => {
  expect(tool('gzip', ['-t', 'a.tar.gz'], { cwd: home })).toMatchObject({ code: 0, stderr: '' });
});

test.skipIf(isMissing('bsdtar'))('bsdtar unpacks what GNU tar unpacks', () => {
  const folder = join(home, 'bsd');
  mkdirSync(folder);
  expect(tool('bsdtar', ['xzf', '../a.tar.gz'], { cwd: folder })).toMatchObject({ code: 0, stderr: '' });
  expect(tool('diff', ['-r', unpacked, join(folder, 'portable_backup')])).toMatchObject({
    code: 0,
    stdout: '',
  });
});

test.skipIf(isMissing('unzip', ['-v']))('unzip finds nothing wrong with the vectors', () => {
  const tested = tool('unzip', ['-t', 'memories/embeddings.npz'], { cwd: unpacked });
  expect(tested).toMatchObject({ code: 0, stderr: '' });
  expect(tested.stdout).toContain('No errors detected');
});

/** Refuses what JSON has not (NaN, Infinity), the same name twice, and half a document; prints how many values there are. */
const STRICT_JSON = `
import json, sys
def no_constant(text): sys.exit('no JSON: ' + text)
def once(pairs):
    if len({name for name, _ in pairs}) < len(pairs): sys.exit('a name twice')
    return dict(pairs)
def count(value):
    if isinstance(value, dict): return 1 + sum(map(count, value.values()))
    return 1 + sum(map(count, value)) if isinstance(value, list) else 1
for text in ([sys.stdin.read()] if sys.argv[1] == 'document' else sys.stdin.read().rstrip('\\n').split('\\n')):
    print(count(json.loads(text, parse_constant=no_constant, object_pairs_hook=once)))
`;

describe.skipIf(isMissing(PYTHON))('a strict parser of JSON reads', () => {
  const strict = (kind: 'document' | 'lines', input: string | Buffer): readonly number[] => {
    const read = tool(PYTHON, ['-X', 'utf8', '-c', STRICT_JSON, kind], { input });
    expect(read).toMatchObject({ code: 0, stderr: '' });
    return read.stdout.trim().split('\n').map(Number);
  };

  test('every member of an archive that is JSON', () => {
    const names = readdirSync(unpacked, { recursive: true, encoding: 'utf8' }).filter(name =>
      name.endsWith('.json'),
    );
    expect(names).toHaveLength(6);
    for (const name of names) expect(strict('document', member(name))[0]).toBeGreaterThan(1);
  });

  test('JSON exports, with vectors and without, and the sidecar of a backup', async () => {
    await ok(['export', 'plain.json'], { home });
    await ok(['export', 'all.json', '--embeddings', '--code'], { home });
    const [backup = ''] = (await ok(['backup', 'create', '--quiet'], { home })).split('\n');
    for (const path of [join(home, 'plain.json'), join(home, 'all.json'), `${backup}.json`])
      expect(strict('document', readFileSync(path))[0]).toBeGreaterThan(10);
  });

  test.each([
    [['list', '--all', '--json'], 4],
    [['status', '--json'], 1],
    [['projects', '--json'], 2],
    [['import', 'a.tar.gz', '--dry-run', '--json'], 1],
  ] as const)('what %j prints, line by line', (args, lines) => {
    expect(strict('lines', runBinary(args, home).stdout)).toHaveLength(lines);
  });
});

test.skipIf(isMissing('sqlite3'))('sqlite3 finds the store in order and reads it', async () => {
  const path = join(home, 'memport.db');
  const ask = (sql: string): string => {
    const { code, stdout, stderr } = tool('sqlite3', ['-readonly', path, sql]);
    expect({ sql, code, stderr }).toEqual({ sql, code: 0, stderr: '' });
    return stdout.trimEnd();
  };
  expect(ask('PRAGMA integrity_check')).toBe('ok');
  expect(ask('PRAGMA foreign_key_check')).toBe('');
  expect(ask('SELECT record FROM memories ORDER BY record').split('\n')).toEqual(await linesOf(home));
});

test('sha256sum gives what the sidecar of a backup says', async () => {
  const [path = ''] = (await ok(['backup', 'create', '--quiet'], { home })).split('\n');
  const { stdout } = tool('sha256sum', [path]);
  expect(JSON.parse(readFileSync(`${path}.json`, 'utf8'))).toMatchObject({
    sha256: `sha256:${stdout.slice(0, 64)}`,
  });
});

test.skipIf(isMissing(PYTHON, ['-c', 'import numpy']))(
  '[ARC-04] numpy opens the vectors without pickle, paired by id',
  async () => {
    const script = `
import numpy, json, sys
z = numpy.load('memories/embeddings.npz', allow_pickle=False)
e, i = z['embeddings'], z['ids']
print(json.dumps({'names': sorted(z.files), 'dtype': e.dtype.str, 'shape': e.shape, 'ids': [x.decode() for x in i], 'bytes': e.tobytes().hex()}))`;
    const read = tool(PYTHON, ['-c', script], { cwd: unpacked });
    expect(read.stderr).toBe('');
    const found = JSON.parse(read.stdout) as {
      names: string[];
      dtype: string;
      shape: number[];
      ids: string[];
      bytes: string;
    };
    expect(found).toMatchObject({ names: ['embeddings', 'ids'], dtype: '<f4', shape: [4, 384] });
    await ok(['export', 'v.json', '--embeddings'], { home });
    const file = JSON.parse(readFileSync(join(home, 'v.json'), 'utf8')) as {
      memories: { id: string; embedding: number[] }[];
    };
    expect(found.ids).toEqual(file.memories.map(memory => memory.id));
    const vectors = Buffer.concat(
      file.memories.map(memory => Buffer.from(Float32Array.from(memory.embedding).buffer)),
    );
    expect(found.bytes).toBe(vectors.toString('hex'));
  },
);

test.skipIf(isMissing('jq'))('jq reads JSON from standard output', () => {
  const exported = runBinary(['export', '--format', 'json', '-'], home);
  expect(tool('jq', ['.memory_count'], { input: exported.stdout })).toMatchObject({ code: 0, stdout: '4\n' });
  for (const path of ['manifest.json', 'memories/memories.json', 'code_index/semantic_units.json']) {
    expect(tool('jq', ['-e', '.', path], { cwd: unpacked }).code).toBe(0);
  }
});

describe('[ARC-02] the manifest', () => {
  test('[MAN-01] [MAN-02] [MAN-03] [MAN-04] [MAN-05] [MAN-06] [MAN-07] [MAN-09] [MAN-10] says what is in the archive', async () => {
    expect(json('manifest.json')).toMatchObject({
      version: '1.0.0',
      schema_version: '3.0.0',
      format: 'portable_backup',
      generator: 'memport 0.1.0',
      export_date: '2026-01-01T00:00:00.500Z',
      export_type: 'full',
      filters: {},
      memory_count: 4,
      code_unit_count: 0,
      tombstone_count: 1,
      projects: ['greenhouse', 'shop'],
      embeddings: [
        {
          file: 'memories/embeddings.npz',
          array: 'embeddings',
          ids: 'ids',
          model: 'memport-hash-384-v1',
          dimensions: 384,
          count: 4,
        },
      ],
      compression: 'gzip',
      encryption: 'none',
      content_digest: await digestOf(home),
    });
  });

  test('[MAN-08] has the checksum of every other member', () => {
    const checksums = json('manifest.json').checksums as Record<string, string>;
    const listed = tool(
      'sh',
      ['-c', "find . -type f ! -name manifest.json -printf '%P\\n' | sort | xargs sha256sum"],
      { cwd: unpacked },
    );
    const sums = listed.stdout
      .trimEnd()
      .split('\n')
      .map(line => line.split(/\s+/) as [string, string]);
    expect(Object.entries(checksums).sort()).toEqual(sums.map(([sum, path]) => [path, `sha256:${sum}`]));
  });
});

test('[ARC-03] memories.json holds a canonical record a line, sorted by id, then the tombstones', async () => {
  const lines = member('memories/memories.json').split('\n');
  const records = lines.filter(line => line.startsWith('{"category"')).map(line => line.replace(/,$/, ''));
  expect(records.sort()).toEqual(await linesOf(home));
  const file = json('memories/memories.json') as {
    memories: { id: string }[];
    tombstones: { kind: string }[];
  };
  const ids = file.memories.map(memory => memory.id);
  expect(ids).toEqual(ids.toSorted());
  expect(file.tombstones).toMatchObject([
    { kind: 'memory', content_hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
  ]);
});

test('memories.json can be imported on its own', async () => {
  const other = join(home, 'other');
  const report = summaryOf(
    await ok(['import', join(unpacked, 'memories/memories.json'), '--json'], { home: other, cwd: home }),
  );
  expect(report).toMatchObject({ format: 'memport-json', memories: 4, created: 4, tombstones_added: 1 });
  expect(await digestOf(other)).toBe(await digestOf(home));
});

test('[ARC-08] the configuration has neither secrets nor paths of the machine', () => {
  expect(json('config/export_config.json')).toEqual({
    backup_encrypt: false,
    backup_format: 'archive',
    backup_keep_daily: 0,
    backup_keep_monthly: 0,
    backup_keep_weekly: 0,
    backup_notify: 'failure',
    backup_notify_desktop: true,
    backup_retention_count: 7,
    backup_schedule: '0 2 * * *',
    backup_timezone: null,
    cloud_encrypt: true,
    cloud_provider: null,
    embedding_dimensions: 0,
    embedding_model: '',
    embedding_offline: false,
    enable_auto_backup: false,
    enable_cloud_sync: false,
    embedding_provider: 'hashing',
    embedding_timeout: 60,
    merge_strategy: 'keep-newer',
    store_busy_timeout: 10,
  });
  expect(member('config/export_config.json')).not.toContain(home);
});

test('[ARC-09] the statistics count what is there', () => {
  expect(json('metadata/statistics.json')).toMatchObject({
    memory_count: 4,
    tombstone_count: 1,
    by_project: { greenhouse: 1 },
    oldest_created_at: expect.stringMatching(/Z$/),
    member_bytes: { 'memories/memories.json': Buffer.byteLength(member('memories/memories.json')) },
  });
});

test('[PART-04] the format is described, member by member', () => {
  const text = readFileSync(new URL('../../docs/archive-format.md', import.meta.url), 'utf8');
  for (const name of [
    'manifest.json',
    'memories.json',
    'embeddings.npz',
    'semantic_units.json',
    'statistics.json',
    'checksums.sha256',
  ]) {
    expect(text).toContain(name);
  }
});

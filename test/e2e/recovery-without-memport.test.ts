import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { runBinary } from '../support/binary.ts';
import { folderOfFile } from '../support/folders.ts';

const PAGE = readFileSync(
  fileURLToPath(new URL('../../docs/recovery-without-memport.md', import.meta.url)),
  'utf8',
);
const missing = ['age', 'age-keygen', 'tar', 'sha256sum', 'jq', 'sqlite3'].filter(
  program => spawnSync(program, ['--version']).error !== undefined,
);
const python = ['python3', '/usr/bin/python3'].find(
  program => spawnSync(program, ['-c', 'import numpy']).status === 0,
);
const without = missing.length > 0 ? ` (not run without ${missing.join(', ')})` : '';

/** The code blocks of the page, in order. */
function blocks(language: string): readonly string[] {
  return [...PAGE.matchAll(/^```(\w+)\n(.*?)^```$/gms)]
    .filter(found => found[1] === language)
    .map(found => found[2] ?? '');
}

const folder = folderOfFile();
const shell = (script: string): string =>
  execFileSync('sh', ['-euc', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });

describe.skipIf(missing.length > 0)(`every command of the page on recovery, in its order${without}`, () => {
  beforeAll(() => {
    const memport = (...args: string[]): void => {
      const ended = runBinary(args, folder);
      if (ended.code !== 0) throw new Error(ended.stderr);
    };
    memport('add', 'Prices are in cents.', '--project', 'shop');
    memport('add', 'Écrit 日本語 "quoted",\nin two lines', '--category', 'preference');
    memport('add', 'Gone again.');
    const ids = runBinary(['list', '--json'], folder).stdout.toString('utf8').trim().split('\n');
    const gone = ids
      .map(line => JSON.parse(line) as { id: string; content: string })
      .find(memory => memory.content === 'Gone again.');
    memport('delete', gone?.id ?? '', '--yes');
    memport('export', 'plain.tar.gz');
    const recipient = execFileSync('age-keygen', ['-o', 'identity.txt'], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    expect(recipient.toString()).toBe('');
    const key = /age1\w+/.exec(readFileSync(join(folder, 'identity.txt'), 'utf8'))?.[0] ?? '';
    execFileSync('age', ['-r', key, '-o', 'backup.tar.gz.age', 'plain.tar.gz'], { cwd: folder });
  });

  test('from an encrypted backup to readable memories', () => {
    const [decrypt, unpack, count, text, select, others, table, rescue, lines, sqlite, ...more] =
      blocks('sh');
    expect(more).toEqual([]);
    shell(decrypt ?? '');
    expect(readFileSync(join(folder, 'backup.tar.gz'))).toEqual(readFileSync(join(folder, 'plain.tar.gz')));
    const checked = shell(unpack ?? '')
      .trim()
      .split('\n');
    expect(checked.length).toBeGreaterThanOrEqual(6);
    expect(checked.every(line => line.endsWith(': OK'))).toBe(true);
    expect(shell(count ?? '')).toBe('2\n2\n');

    shell(text ?? '');
    const memories = readFileSync(join(folder, 'memories.txt'), 'utf8');
    expect(memories).toContain('everywhere [preference]\n\nÉcrit 日本語 "quoted",\nin two lines\n');
    expect(memories.indexOf('日本語')).toBeLessThan(memories.indexOf('cents'));
    expect(shell(select ?? '')).toMatch(/^Prices are in cents\.\n[0-9a-f-]{36} Prices are in cents\.\n$/);
    expect(shell(others ?? '')).toMatch(/^\S+Z memory [0-9a-f-]{36}\n$/);
    shell(table ?? '');
    expect(readFileSync(join(folder, 'memories.csv'), 'utf8')).toContain(
      '"Écrit 日本語 ""quoted"",\nin two lines"',
    );

    expect(shell(rescue ?? '').trim()).toBe('2');
    expect(shell(lines ?? '')).toContain('Prices are in cents.\n');
    expect(shell(sqlite ?? '')).toContain('Prices are in cents.\n');
  });

  test.skipIf(python === undefined)('the scripts for Python', () => {
    const [read, vectors, ...more] = blocks('python');
    expect(more).toEqual([]);
    copyFileSync(join(folder, 'plain.tar.gz'), join(folder, 'backup.tar.gz'));
    const run = (script: string): string =>
      execFileSync(python ?? '', ['-X', 'utf8', '-c', script], { cwd: folder, encoding: 'utf8' });
    expect(run(read ?? '')).toMatch(/\tshop\tPrices are in cents\.\n/);
    expect(
      run(vectors ?? '')
        .trim()
        .split('\n')
        .filter(line => /^[0-9a-f-]{36}\t384\t/.test(line)),
    ).toHaveLength(2);
  });

  test('a backup that is cut off still gives its whole lines', () => {
    const many = Array.from({ length: 3000 }, (_, n) => ({
      id: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      content: `Memory ${n}: ${(n * 2_654_435_761).toString(36).repeat(9)}`,
      category: 'fact',
      context_level: 'PROJECT_CONTEXT',
      scope: 'global',
      created_at: '2025-01-01T00:00:00Z',
      updated_at: '2025-01-01T00:00:00Z',
    }));
    const json = { version: '1.0.0', schema_version: '3.0.0', memory_count: many.length, memories: many };
    writeFileSync(join(folder, 'many.json'), JSON.stringify(json));
    const other = join(folder, 'other');
    mkdirSync(other);
    for (const args of [
      ['import', join(folder, 'many.json')],
      ['export', join(folder, 'backup.tar.gz'), '--no-embeddings'],
    ])
      expect(runBinary(args, other).code).toBe(0);
    truncateSync(
      join(folder, 'backup.tar.gz'),
      Math.floor(statSync(join(folder, 'backup.tar.gz')).size * 0.6),
    );
    const rescued = Number(shell(blocks('sh')[7] ?? '').trim());
    expect(rescued).toBeGreaterThan(1000);
    expect(rescued).toBeLessThan(3000);
    const contents = spawnSync('sh', ['-c', blocks('sh')[8] ?? ''], { cwd: folder, encoding: 'utf8' });
    expect(contents.stdout.trim().split('\n').length).toBeGreaterThanOrEqual(rescued - 1);
  });
});

import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ok, scratch } from '../support/cli.ts';
import { digestOf, summaryOf } from '../support/stores.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/', import.meta.url));
const FROZEN = ['claude-memory-server', 'claude-memory-server-made', 'memport', 'stores'];
const MEMPORT = join(FIXTURES, 'memport');
/** Of what was in the store that all files of `memport` were made of. */
const DIGEST = 'sha256:8433f7cd96f1fa5bc09b63a74d590f8be00adcfe1146a430e872fc3825084b16';
const WITHOUT_VECTORS = 'sha256:baa98b1277ebcc4f840d609652745c19a2b57e790d7c48378f47a382da9e665d';

test('no byte of a frozen file has changed, and none is without a checksum', () => {
  const found = FROZEN.flatMap(folder =>
    readdirSync(join(FIXTURES, folder), { recursive: true, withFileTypes: true })
      .filter(entry => entry.isFile() && entry.name !== 'README.md')
      .map(entry => join(entry.parentPath, entry.name)),
  );
  const lines = found.map(path => {
    const sum = createHash('sha256').update(readFileSync(path)).digest('hex');
    return `${sum}  ${path.slice(FIXTURES.length).replaceAll('\\', '/')}`;
  });
  const listed = readFileSync(join(FIXTURES, 'checksums.sha256'), 'utf8').trimEnd().split('\n');
  expect(lines.sort()).toEqual(listed.toSorted());
});

describe('a file that memport 0.1.0 has written', () => {
  test.each([
    ['archive.tar.gz', DIGEST],
    ['archive.tar.gz.age', DIGEST],
    ['memories.json', DIGEST],
    ['knowledge-base', WITHOUT_VECTORS],
    ['notes.md', WITHOUT_VECTORS],
  ])('%s comes in as what it was', async (name, digest) => {
    const home = scratch();
    writeFileSync(join(home, 'passphrase'), 'the fixture is not secret');
    const args = ['import', join(MEMPORT, name), '--vectors', 'keep', '--json'];
    if (name.endsWith('.age')) args.push('--passphrase-file', join(home, 'passphrase'));
    const report = summaryOf(await ok(args, { home }));
    expect(report).toMatchObject({ total: 5, created: 5, memories: 3, code_units: 2, warnings: {} });
    expect(report.tombstones_added).toBe(name.startsWith('archive') ? 2 : 0);
    expect(await digestOf(home)).toBe(digest);
    expect(summaryOf(await ok(args, { home }))).toMatchObject({ unchanged: 5, operation_id: null });
  });

  test('backups are found, verified and restored', async () => {
    const home = scratch();
    cpSync(join(MEMPORT, 'backups'), join(home, 'backups'), { recursive: true });
    await ok(['backup', 'verify', '--all'], { home });
    await ok(['restore', 'latest', '--yes'], { home });
    expect(await digestOf(home)).toBe(DIGEST);
  });
});

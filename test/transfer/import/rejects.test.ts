import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RejectsFile } from '../../../src/transfer/import/rejects.ts';
import { scratch } from '../../support/cli.ts';

const REJECT = {
  kind: 'memory',
  position: 3,
  id: null,
  reason: 'content is empty',
  text: '{"content":""}',
} as const;

test('rejects are kept whole, a line each, for the owner only', async () => {
  const path = join(scratch(), 'rejects.jsonl');
  await using file = new RejectsFile(path);
  await file.add(REJECT);
  await file.add({ ...REJECT, position: 4 });
  expect(await file.keep()).toBe(path);
  const lines = readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as unknown);
  expect(lines).toEqual([REJECT, { ...REJECT, position: 4 }]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('without rejects, and without keep, there is no file', async () => {
  const folder = scratch();
  {
    await using file = new RejectsFile(join(folder, 'a.jsonl'));
    expect(await file.keep()).toBeNull();
  }
  {
    await using file = new RejectsFile(join(folder, 'b.jsonl'));
    await file.add(REJECT);
  }
  expect(readdirSync(folder)).toEqual([]);
});

test('a place that can not be written to is an error that names the way out', async () => {
  const folder = scratch();
  await using missing = new RejectsFile(join(folder, 'no', 'such', 'file'));
  await expect(missing.add(REJECT)).rejects.toMatchObject({
    code: 'failed',
    hint: expect.stringContaining('--rejects'),
  });
  mkdirSync(join(folder, 'taken'));
  await using taken = new RejectsFile(join(folder, 'taken'));
  await taken.add(REJECT);
  await expect(taken.keep()).rejects.toMatchObject({ code: 'failed' });
});

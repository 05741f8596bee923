import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
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
  await using taken = new RejectsFile(join(folder, 'taken'), { rejectsNaming: 'refuse' });
  await expect(taken.check([])).rejects.toMatchObject({ code: 'failed' });
  await expect(taken.add(REJECT)).rejects.toMatchObject({ code: 'failed' });
  expect(readdirSync(folder)).toEqual(['taken']);
});

test('a dry run finds that out too, and writes nothing', async () => {
  const folder = scratch();
  const path = join(folder, 'a.jsonl');
  for (const place of [join(folder, 'no', 'such', 'file'), join(path, 'in a file')]) {
    writeFileSync(path, '');
    await using file = new RejectsFile(place, { dryRun: true });
    await expect(file.add(REJECT)).rejects.toMatchObject({
      code: 'failed',
      hint: expect.stringContaining('--rejects'),
    });
  }
  for (const place of [join(folder, 'b.jsonl'), '/dev/null']) {
    await using file = new RejectsFile(place, { dryRun: true, rejectsNaming: 'refuse' });
    await file.add(REJECT);
    await file.add(REJECT);
    expect(await file.keep()).toBeNull();
  }
  expect(readdirSync(folder)).toEqual(['a.jsonl']);
});

test('earlier rejects are never replaced', async () => {
  const path = join(scratch(), 'x.rejects.jsonl');
  for (const name of [path, path.replace('rejects', 'rejects-2')]) {
    await using file = new RejectsFile(path);
    await file.add(REJECT);
    expect(await file.keep()).toBe(name);
  }
  const chosen = new RejectsFile(path, { rejectsNaming: 'refuse' });
  await expect(chosen.check([])).rejects.toMatchObject({ code: 'usage', hint: expect.any(String) });
  await expect(chosen.add(REJECT)).rejects.toMatchObject({ code: 'usage' });
});

test('files to protect are refused, be they there or not', async () => {
  const path = join(scratch(), 'memport.db-wal');
  const chosen = new RejectsFile(path, { rejectsNaming: 'refuse' });
  await expect(chosen.check([path])).rejects.toMatchObject({ code: 'usage' });
  await chosen.check([]);
});

test.skipIf(!existsSync('/dev/full'))(
  'a full device is told, a device that takes all stays one',
  async () => {
    await using full = new RejectsFile('/dev/full', { rejectsNaming: 'refuse' });
    await full.check([]);
    await full.add(REJECT);
    await expect(full.keep()).rejects.toMatchObject({ code: 'no_space' });
    const pipe = join(scratch(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const read = readFile(pipe, 'utf8');
    const file = new RejectsFile(pipe, { rejectsNaming: 'refuse' });
    await file.add(REJECT);
    expect(await file.keep()).toBe(pipe);
    await file[Symbol.asyncDispose]();
    expect(JSON.parse(await read)).toEqual(REJECT);
    expect(statSync(pipe).isFIFO()).toBe(true);
  },
);

test('a dry run writes nothing', async () => {
  const folder = scratch();
  await using file = new RejectsFile(join(folder, 'x'), { dryRun: true });
  await file.add(REJECT);
  expect(readdirSync(folder)).toEqual([]);
  expect(await file.keep()).toBeNull();
});

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, feat038Json, fillHome, linesOf, originalMemory, summaryOf } from '../../support/stores.ts';

const FLAT = new URL('../../fixtures/claude-memory-server/full.tar.gz', import.meta.url);

async function exported(name: string): Promise<{ home: string; file: string; bytes: Buffer }> {
  const home = scratch();
  await fillHome(home);
  const file = join(home, name);
  await ok(['export', file, '--export-date', '2026-01-01'], { home });
  return { home, file, bytes: readFileSync(file) };
}

describe('[EDGE-05] import --recover', () => {
  test.each(['a.tar.gz', 'a.json'])(
    'a file in which nothing is wrong: exit 0, the same content (%s)',
    async name => {
      const { home, file } = await exported(name);
      const other = scratch();
      const { code, stdout } = await memport(['import', file, '--recover', '--json'], { home: other });
      expect(code).toBe(0);
      expect(summaryOf(stdout)).toMatchObject({ created: 5, lost: null });
      expect(await digestOf(other)).toBe(await digestOf(home));
    },
  );

  test('JSON cut at 60 %: refused, and recovered with exit 3', async () => {
    const { home, file, bytes } = await exported('a.json');
    writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const other = scratch();
    expect(await memport(['import', file], { home: other })).toMatchObject({ code: 20, stdout: '' });
    const { code, stdout, stderr } = await memport(['import', file, '--recover'], { home: other });
    expect(code).toBe(3);
    expect(stderr).toMatch(/lost: \d memories/);
    expect(stdout).toMatch(/read \d memories/);
    const found = await linesOf(other);
    expect(found.length).toBeGreaterThan(0);
    expect(await linesOf(home)).toEqual(expect.arrayContaining([...found]));
    const again = await memport(['import', file, '--recover', '--json'], { home: other });
    expect(again.code).toBe(3);
    expect(summaryOf(again.stdout)).toMatchObject({ created: 0, unchanged: found.length, rejected: 1 });
  });

  test('an archive cut anywhere behind its records: they all come in, and vectors are made again', async () => {
    const { home, file, bytes } = await exported('a.tar.gz');
    writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * 0.6)));
    const other = scratch();
    expect((await memport(['import', file], { home: other })).code).toBe(20);
    const { code, stdout } = await memport(['import', file, '--recover', '--json'], { home: other });
    expect(code).toBe(3);
    expect(summaryOf(stdout)).toMatchObject({
      created: 5,
      lost: { memories: 0, vectors: 5 },
      pending_vectors: 0,
    });
    expect(await linesOf(other)).toEqual(await linesOf(home));
  });

  test('a dry run says the same and changes nothing; standard input works too', async () => {
    const { bytes } = await exported('a.tar.gz');
    const stdin = bytes.subarray(0, Math.floor(bytes.length * 0.6));
    const home = scratch();
    const dry = await memport(['import', '-', '--recover', '--dry-run', '--json'], { home, stdin });
    expect(dry.code).toBe(3);
    expect(summaryOf(dry.stdout)).toMatchObject({ created: 5, lost: { memories: 0 } });
    expect((await memport(['list'], { home })).code).toBe(10);
  });

  test('an archive of claude-memory-server, cut in its list of memories', async () => {
    const bytes = readFileSync(FLAT);
    const home = scratch();
    const file = join(home, 'flat.tar.gz');
    writeFileSync(file, bytes.subarray(0, Math.floor(bytes.length * 0.25)));
    expect((await memport(['import', file], { home })).code).toBe(20);
    const { code, stdout } = await memport(['import', file, '--recover', '--json'], { home });
    const summary = summaryOf(stdout);
    expect(code).toBe(3);
    expect(summary).toMatchObject({ format: 'feat038-archive' });
    expect(Number(summary.created)).toBeGreaterThan(3);
    expect(Number(summary.total) + Number((summary.lost as { memories: number }).memories)).toBe(31);
  });

  test('what holds nothing stays refused, and a missing file is missing', async () => {
    const home = scratch();
    const file = join(home, 'x.tar.gz');
    writeFileSync(file, Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]));
    expect((await memport(['import', file, '--recover'], { home })).code).toBe(20);
    expect((await memport(['import', join(home, 'no'), '--recover'], { home })).code).toBe(10);
  });
});

describe('import --strict', () => {
  async function withReject(): Promise<{ home: string; file: string }> {
    const home = scratch();
    await ok(['add', 'Here before.'], { home });
    const file = feat038Json(home, [
      originalMemory(1),
      { ...originalMemory(2), importance: 'high', category: 7 },
    ]);
    return { home, file };
  }

  test('one reject refuses the whole file: exit 20, nothing changed, the reject shown and kept', async () => {
    const { home, file } = await withReject();
    const before = await digestOf(home);
    const result = await memport(['import', file, '--strict'], { home });
    expect(result).toMatchObject({ code: 20, stderr: expect.stringMatching(/nothing was imported/) });
    expect(result.stdout).toMatch(/^reject /);
    expect(result.stdout).not.toMatch(/imported/);
    expect(await digestOf(home)).toBe(before);
    const rejects = readFileSync(`${file}.rejects.jsonl`, 'utf8').trim().split('\n');
    expect(rejects.map(line => JSON.parse(line))).toMatchObject([{ position: 1 }]);
    expect((await memport(['import', file], { home })).code).toBe(3);
  });

  test('a dry run refuses too, and writes no file', async () => {
    const { home, file } = await withReject();
    const { code, stderr } = await memport(['import', file, '--strict', '--dry-run'], { home });
    expect([code, stderr]).toEqual([20, expect.stringMatching(/a record of it/)]);
    expect(existsSync(`${file}.rejects.jsonl`)).toBe(false);
  });

  test('a file without rejects is imported', async () => {
    const { file } = await exported('a.json');
    expect((await memport(['import', file, '--strict'], { home: scratch() })).code).toBe(0);
  });

  test('not together with --recover', async () => {
    const { home, file } = await withReject();
    expect(await memport(['import', file, '--strict', '--recover'], { home })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/contradict/),
    });
  });
});

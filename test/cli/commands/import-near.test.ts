import { expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { feat038Json, linesOf, originalMemory, summaryOf } from '../../support/stores.ts';

const LONG =
  'The nightly backup of the shop runs at two in the morning on the old server, and the log goes to the operations channel';
const memory = (n: number, content: string) => originalMemory(n, { content });
const id = (n: number) => String(originalMemory(n).id);

/** A home with one note, and a file with the nearly same one under another id, a twin of that, and another note. */
async function homeAndFile(): Promise<{ home: string; file: string }> {
  const home = scratch();
  await ok(['import', feat038Json(scratch(), [memory(1, LONG)])], { home });
  const file = feat038Json(scratch(), [
    memory(11, `${LONG}!`),
    memory(12, `${LONG} today`),
    memory(13, 'Vents open at 27 degrees.'),
  ]);
  return { home, file };
}

test('near duplicates are imported and reported, with the other id and how near', async () => {
  const { home, file } = await homeAndFile();
  const { stdout, stderr, code } = await memport(['import', file], { home });
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^near +${id(11)} +near ${id(1)} \\(1\\.000\\)$`, 'm'));
  expect(stdout).toMatch(new RegExp(`^near +${id(12)} +near ${id(1)} \\(0\\.9\\d\\d\\)$`, 'm'));
  expect(stdout).toContain('3 created');
  expect(stderr).toContain('2 say nearly the same as another memory');
  expect(await linesOf(home)).toHaveLength(4);
  const again = summaryOf(await ok(['import', file, '--json'], { home }));
  expect(again).toMatchObject({ unchanged: 3, near_duplicates: 0 });
});

test('skip leaves them out and counts them as duplicates; the dry run says the same', async () => {
  const { home, file } = await homeAndFile();
  const args = ['import', file, '--near-duplicates', 'skip', '--json'];
  const dry = summaryOf(await ok([...args, '--dry-run'], { home }));
  const { stdout } = await memport(args, { home });
  const summary = summaryOf(stdout);
  expect(summary).toMatchObject({
    total: 3,
    created: 1,
    duplicates: 2,
    near_duplicates: 2,
    pending_vectors: 0,
  });
  const counts = ({ dry_run: _, operation_id: __, ...rest }: Record<string, unknown>) => rest;
  expect(counts(dry)).toEqual(counts(summary));
  expect(JSON.parse(stdout.split('\n')[0] ?? '')).toEqual({
    message_type: 'decision',
    action: 'duplicates',
    id: id(11),
    kind: 'memory',
    reason: `near ${id(1)} (1.000)`,
    changes: [],
    near: { id: id(1), similarity: expect.closeTo(1, 3) },
  });
  expect(await linesOf(home)).toHaveLength(2);
});

test('off does not look, a higher threshold finds less, and within a file it looks too', async () => {
  const { home, file } = await homeAndFile();
  const near = async (...args: string[]) =>
    summaryOf(await ok(['import', file, '--json', '--dry-run', ...args], { home })).near_duplicates;
  expect(await near('--near-duplicates', 'off')).toBe(0);
  expect(await near('--near-duplicates', 'keep')).toBe(2);
  expect(await near('--near-duplicate-threshold', '1')).toBe(1);
  const fresh = await ok(['import', file, '--json'], { home: scratch() });
  expect(summaryOf(fresh)).toMatchObject({ created: 3, near_duplicates: 1 });
});

test('without any vector the texts are compared', async () => {
  const { home, file } = await homeAndFile();
  const args = ['import', file, '--vectors', 'none', '--near-duplicates', 'skip', '--json'];
  const env = { MEMPORT_EMBEDDING_PROVIDER: 'none' };
  expect(summaryOf(await ok(args, { home, env }))).toMatchObject({
    created: 1,
    near_duplicates: 2,
    pending_vectors: 1,
  });
});

test('more than ten are not all shown without --verbose', async () => {
  const file = feat038Json(
    scratch(),
    Array.from({ length: 14 }, (_, n) => memory(n, LONG)),
  );
  const { stdout, stderr } = await memport(['import', file], { home: scratch() });
  expect(stdout.split('\n').filter(line => line.startsWith('near '))).toHaveLength(10);
  expect(stderr).toContain('… and 3 more near; --verbose shows all');
});

test.each([
  ['--near-duplicates', 'drop'],
  ['--near-duplicate-threshold', '0'],
  ['--near-duplicate-threshold', '1.01'],
  ['--near-duplicate-threshold', 'near'],
  ['--near-duplicate-threshold', ''],
])('%s %s is refused', async (option, value) => {
  const { home, file } = await homeAndFile();
  const { code, stderr } = await memport(['import', file, option, value], { home });
  expect([code, stderr]).toEqual([2, expect.stringContaining(option)]);
});

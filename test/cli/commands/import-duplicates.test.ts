import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, feat038Json, linesOf, originalMemory, summaryOf } from '../../support/stores.ts';

const NEWER = { updated_at: '2025-06-01T00:00:00+00:00' };

async function contentsOf(home: string): Promise<readonly unknown[]> {
  return (await linesOf(home)).map(line => (JSON.parse(line) as { content: unknown }).content).sort();
}

describe('a duplicate of a note that the same file gives another text', () => {
  const stored = [originalMemory(5, { content: 'The port is 8443.' })];
  const edited = originalMemory(5, { ...NEWER, content: 'The port is 9443.' });
  const twin = (n: number) => originalMemory(n, { content: 'The port is 8443.' });

  test.each([
    { order: 'after it', file: [edited, twin(6)] },
    { order: 'before it', file: [twin(4), edited] },
  ])('comes in, also $order: the note is never lost', async ({ file }) => {
    const home = scratch();
    await ok(['import', feat038Json(scratch(), stored)], { home });
    const before = await digestOf(home);
    const path = feat038Json(scratch(), file);
    const trial = summaryOf(await ok(['import', path, '--dry-run', '--json'], { home }));
    const { stdout } = await memport(['import', path, '--json'], { home });
    expect(summaryOf(stdout)).toMatchObject({ total: 2, created: 1, updated: 1, duplicates: 0 });
    expect({ ...trial, dry_run: false, operation_id: null }).toEqual({
      ...summaryOf(stdout),
      operation_id: null,
    });
    expect(stdout).not.toContain('"action":"duplicates"');
    expect(await contentsOf(home)).toEqual(['The port is 8443.', 'The port is 9443.']);
    expect(summaryOf(await ok(['import', path, '--json'], { home }))).toMatchObject({ unchanged: 2 });
    await ok(['undo'], { home });
    expect(await digestOf(home)).toBe(before);
  });

  test('is a duplicate where the strategy keeps the stored text', async () => {
    const home = scratch();
    await ok(['import', feat038Json(scratch(), stored)], { home });
    const path = feat038Json(scratch(), [edited, twin(6)]);
    const report = await ok(['import', path, '--merge-strategy', 'keep-older', '--json'], { home });
    expect(summaryOf(report)).toMatchObject({ skipped: 1, duplicates: 1, created: 0 });
  });

  test('of many that were passed over, only those that came in are told of no more', async () => {
    const home = scratch();
    const notes = Array.from({ length: 13 }, (_, n) =>
      originalMemory(100 + n, { content: `Note ${n}, about ${'abcdefghijklm'[n]}.` }),
    );
    await ok(['import', feat038Json(scratch(), [...stored, ...notes])], { home });
    const twins = notes.map((note, n) => ({ ...note, id: originalMemory(200 + n).id }));
    const path = feat038Json(scratch(), [...twins, { ...notes[12], ...NEWER, content: 'Other.' }]);
    const { stdout, stderr } = await memport(['import', path], { home });
    expect(stdout.match(/^duplicate /gm)).toHaveLength(10);
    expect(stdout).toContain('1 created, 1 updated, 12 duplicates');
    expect(stderr).toContain('… and 2 more to duplicate');
  });
});

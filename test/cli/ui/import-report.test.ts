import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type CliResult, memport, ok, scratch } from '../../support/cli.ts';
import { feat038Json, originalMemory } from '../../support/stores.ts';

const MANY = 25;
const many = (parts: Record<string, unknown> = {}): readonly Record<string, unknown>[] =>
  Array.from({ length: MANY }, (_, n) => originalMemory(n, parts));

/** Imports the memories into a home of their own, or into one that is given. */
async function imported(
  memories: readonly Record<string, unknown>[],
  args: readonly string[] = [],
  home = scratch(),
): Promise<CliResult> {
  return memport(['import', feat038Json(scratch(), memories), ...args], { home });
}
const starting = (text: string, start: string): readonly string[] =>
  text.split('\n').filter(line => line.startsWith(start));

describe('single records', () => {
  test('a dry run shows ten of each kind and says how many more there are', async () => {
    const { stdout, stderr } = await imported(
      [...many(), ...many({ content: '' }).slice(0, 12)],
      ['--dry-run'],
    );
    expect(starting(stdout, 'create ')).toHaveLength(10);
    expect(starting(stdout, 'reject ')).toHaveLength(10);
    expect(stderr).toContain('  … and 15 more to create; --verbose shows all');
    expect(stderr).toContain('  … and 2 more to reject; --verbose shows all');
    expect(stdout).toContain('dry run: read 37 memories and 0 code units from');
    expect(stdout).toContain(': 25 created, 12 rejected');
    expect(stderr).toContain('nothing was changed; without --dry-run it will be');
  });

  test('--verbose shows every one, also of a real run', async () => {
    const { stdout, stderr } = await imported(many(), ['--verbose']);
    expect(starting(stdout, 'create ')).toHaveLength(MANY);
    expect(stderr).not.toContain('more to');
    expect(stderr).toMatch(/operation [0-9a-f-]{36}\n/);
  });

  test('a real run is silent on what it created, and shows what it passed over', async () => {
    const home = scratch();
    expect(starting((await imported(many(), [], home)).stdout, 'create')).toEqual([]);
    const older = many({ content: 'Other.', updated_at: '2024-01-01T00:00:00+00:00' });
    const { stdout, stderr } = await imported(older, [], home);
    expect(starting(stdout, 'skip ')).toHaveLength(10);
    expect(starting(stdout, 'skip ')[0]).toMatch(
      /^skip {7}0{8}-\S+ {2}the store has a newer version: 2025-01-02/,
    );
    expect(stderr).toContain('… and 15 more to skip');
  });

  test('--quiet leaves the report, not the records', async () => {
    const { stdout, stderr } = await imported(
      [...many(), originalMemory(99, { content: '' })],
      ['--dry-run', '--quiet'],
    );
    expect(stdout).toMatch(/^dry run: read 26 memories[^\n]*25 created, 1 rejected\n$/);
    expect(stderr).toBe('');
  });

  test('an unchanged record is never shown', async () => {
    const home = scratch();
    await imported(many(), [], home);
    const { stdout } = await imported(many(), ['--verbose', '--dry-run'], home);
    expect(stdout).toMatch(/^dry run: read [^\n]*: 25 unchanged\n$/);
  });

  test('with --json each is a line, ten of a kind unless --verbose', async () => {
    const decisions = async (...args: string[]) => {
      const bad = originalMemory(99, { content: '' });
      const { stdout, stderr } = await imported([...many(), bad], ['--json', '--dry-run', ...args]);
      expect(stderr).toBe('');
      return stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as Record<string, unknown>);
    };
    const lines = await decisions();
    const of = (type: string) => lines.filter(line => line.message_type === type);
    expect(lines).toHaveLength(12);
    expect(lines.at(-1)).toMatchObject({ message_type: 'summary', created: MANY, rejected: 1 });
    expect(of('decision')).toHaveLength(10);
    expect(of('decision')[0]).toEqual({
      message_type: 'decision',
      action: 'created',
      id: originalMemory(0).id,
      kind: 'memory',
      reason: null,
      changes: [],
      near: null,
    });
    expect(of('reject')).toEqual([
      {
        message_type: 'reject',
        id: originalMemory(99).id,
        kind: 'memory',
        position: MANY,
        reason: 'content is empty',
      },
    ]);
    expect(await decisions('--verbose')).toHaveLength(MANY + 2);
  });

  test('a change shows what was and what will be, also of what was not there', async () => {
    const home = scratch();
    await imported([originalMemory(1)], [], home);
    const newer = originalMemory(1, { updated_at: '2025-06-01T00:00:00+00:00', from_the_future: 1 });
    const json = (await imported([newer], ['--dry-run', '--json'], home)).stdout.split('\n')[0] ?? '';
    expect(JSON.parse(json)).toMatchObject({
      action: 'updated',
      changes: [
        { field: 'from_the_future', before: null, after: '1' },
        { field: 'updated_at', before: '"2025-01-02T00:00:00Z"', after: '"2025-06-01T00:00:00Z"' },
      ],
    });
    const { stdout } = await imported([newer], ['--verbose'], home);
    expect(stdout).toContain('    from_the_future\n      - (none)\n      + 1\n');
  });

  test('a record without an id is named by its place', async () => {
    const { stdout } = await imported([originalMemory(1), originalMemory(2, { id: 7 })]);
    expect(stdout).toMatch(/^reject {5}memory 1 {2}\S/m);
  });
});

describe('the report', () => {
  test('says what the filters left out, what has no vector, and what happened how often', async () => {
    const odd = many({ category: 'idea' });
    const { stdout, stderr } = await memport(
      ['import', feat038Json(scratch(), [...odd, originalMemory(50)]), '--category', 'context'],
      { home: scratch(), env: { MEMPORT_EMBEDDING_PROVIDER: 'none' } },
    );
    expect(stdout).toContain(': 25 created\n');
    expect(stderr).toContain('1 were left out by the filters');
    expect(stderr).toMatch(/warning: .*\(25 times\)\n/);
    const { stderr: one } = await imported([originalMemory(1, { category: 'idea' })]);
    expect(one).toMatch(/warning: .*idea/);
    expect(one).not.toContain('times)');
  });

  test('tells how many memories are found by their text only', async () => {
    const { stderr } = await memport(['import', feat038Json(scratch(), many())], {
      home: scratch(),
      env: { MEMPORT_EMBEDDING_PROVIDER: 'none' },
    });
    expect(stderr).toContain('25 have no vector yet and are found by full text');
    expect((await imported(many())).stderr).not.toContain('no vector');
  });

  test('tells of deletions that were taken note of, once', async () => {
    const home = scratch();
    const id = await ok(['add', 'To be forgotten.'], { home });
    await ok(['delete', id], { home });
    await ok(['export', 'a.tar.gz'], { home });
    const other = scratch();
    const file = join(home, 'a.tar.gz');
    expect(await memport(['import', file], { home: other })).toMatchObject({
      stdout: expect.stringContaining('read 0 memories'),
      stderr: expect.stringContaining('1 deletions were taken note of'),
    });
    expect((await memport(['import', file], { home: other })).stderr).not.toContain('deletions');
  });

  test('of nothing says nothing', async () => {
    const { stdout, stderr } = await imported([]);
    expect(stdout).toMatch(/: nothing\n$/);
    expect(stderr).toBe('');
  });
});

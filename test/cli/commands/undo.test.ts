import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, feat038Json, fillHome, linesOf, originalMemory, summaryOf } from '../../support/stores.ts';

/** A home with two memories into which five others were imported, of which one was there in an older version. */
async function imported(): Promise<{ home: string; before: string; file: string; operation: string }> {
  const other = scratch();
  await fillHome(other);
  const file = join(other, 'all.tar.gz');
  await ok(['export', file], { home: other });
  const home = scratch();
  await ok(['add', 'here before'], { home });
  const before = await digestOf(home);
  const summary = summaryOf(await ok(['import', file, '--json'], { home }));
  return { home, before, file, operation: String(summary.operation_id) };
}

const operations = async (home: string, ...args: string[]) =>
  (await ok(['operations', '--json', ...args], { home })).split('\n').filter(Boolean).map(summaryOf);

test('operations lists what was imported and undone, newest first', async () => {
  const { home, file, operation } = await imported();
  expect(await operations(home)).toMatchObject([
    { id: operation, kind: 'import', source: file, memories: 5, undoes: null, undone_by: null },
  ]);
  await ok(['import', file], { home });
  await ok(['import', file, '--dry-run'], { home });
  expect(await operations(home)).toHaveLength(1);
  const { operation_id: undo } = summaryOf(await ok(['undo', '--json'], { home }));
  expect(await operations(home)).toMatchObject([
    { id: undo, kind: 'undo', source: operation, undoes: operation },
    { id: operation, undone_by: undo },
  ]);
  expect(await operations(home, '--limit', '1')).toMatchObject([{ id: undo }]);
  const limited = await memport(['operations', '--limit', '1'], { home });
  expect(limited.stderr).toContain('memport operations --all');
  const shown = await memport(['operations', '--all'], { home });
  expect(shown.stdout.split('\n')[2]).toMatch(
    new RegExp(`^${operation}  import  2026-06-01T12:00:00Z  +\\d+  undone  .*all.tar.gz$`),
  );
  expect(shown.stderr).toBe('');
});

test('undo takes the newest back, refuses to do so twice, and can be undone', async () => {
  const { home, before, operation } = await imported();
  const after = await digestOf(home);
  const dry = await memport(['undo', '--dry-run'], { home });
  expect(dry.stdout).toContain(`would undo the import ${operation}`);
  expect(await digestOf(home)).toBe(after);
  const undone = await memport(['undo', operation.slice(0, 13)], { home });
  expect(undone).toMatchObject({ code: 0, stdout: expect.stringContaining(`undid the import ${operation}`) });
  expect(await digestOf(home)).toBe(before);
  const [, undo = ''] = /memport undo (\S+)/.exec(undone.stderr) ?? [];
  const twice = await memport(['undo', operation], { home });
  expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('is undone already') });
  expect(twice.stderr).toContain(`memport undo ${undo}`);
  const nothing = await memport(['undo'], { home });
  expect(nothing).toMatchObject({ code: 0, stdout: '', stderr: 'there is nothing to undo\n' });
  expect(summaryOf(await ok(['undo', '--json'], { home }))).toMatchObject({
    undone: null,
    operation_id: null,
  });
  expect(await digestOf(home)).toBe(before);
  await ok(['undo', undo], { home });
  expect(await digestOf(home)).toBe(after);
  await ok(['undo'], { home });
  expect(await digestOf(home)).toBe(before);
});

test('what was edited since is left and listed: exit 3', async () => {
  const { home, file } = await imported();
  const ids = (await linesOf(home)).map(line => JSON.parse(line) as { id: string; content: string });
  const mine = ids.find(({ content }) => content.startsWith('Prices'))?.id ?? '';
  await ok(['update', mine, '--importance', '1'], { home });
  const result = await memport(['undo', '--json'], { home });
  expect(result.code).toBe(3);
  expect(result.stdout.split('\n').map(line => summaryOf(line || '{}'))).toMatchObject([
    { message_type: 'left', kind: 'memory', id: mine },
    { message_type: 'summary', left: 1, source: file },
    {},
  ]);
  const lines = (await linesOf(home)).map(line => JSON.parse(line) as { content: string });
  expect(lines.map(({ content }) => content).sort()).toEqual(['Prices are in cents.', 'here before']);
  const [listed] = (await operations(home)).filter(({ kind }) => kind === 'import');
  expect(listed?.undone_by).not.toBeNull();
});

test('where nothing could be taken back it does not say that something was', async () => {
  const home = scratch();
  await ok(['import', feat038Json(scratch(), [originalMemory(1)])], { home });
  await ok(['update', String(originalMemory(1).id), '--content', 'Mine now.'], { home });
  for (const [args, verb] of [
    [['undo', '--dry-run'], 'would be'],
    [['undo'], 'was'],
  ] as const) {
    const { code, stdout, stderr } = await memport(args, { home });
    expect(code).toBe(3);
    expect(stdout).toMatch(
      new RegExp(`^nothing of the import .* ${verb} taken back: all 1 rows were changed`, 'm'),
    );
    expect(stdout).not.toMatch(/undid|would undo/);
    expect(stderr).toContain('memport operations');
  }
});

test('a long list of what was left is cut unless all is asked for', async () => {
  const other = scratch();
  for (let n = 0; n < 12; n++) await ok(['add', `note ${n}`], { home: other });
  const file = join(other, 'all.tar.gz');
  await ok(['export', file], { home: other });
  const cut = scratch();
  const whole = scratch();
  for (const home of [cut, whole]) {
    await ok(['import', file], { home });
    const ids = (await linesOf(home)).map(line => (JSON.parse(line) as { id: string }).id);
    await ok(['delete', ...ids], { home });
  }
  const short = await memport(['undo'], { home: cut });
  expect(short.code).toBe(3);
  expect(short.stdout.match(/^left /gm)).toHaveLength(10);
  expect(short.stderr).toContain('2 more left; --verbose shows all');
  expect(short.stdout).toContain('all 12 rows were changed since');
  expect((await memport(['undo', '--verbose'], { home: whole })).stdout.match(/^left /gm)).toHaveLength(12);
});

test('an unknown operation is not found, and no store has none', async () => {
  const { home } = await imported();
  expect((await memport(['undo', 'abcdef12'], { home })).code).toBe(10);
  expect((await memport(['undo'], { home: scratch() })).code).toBe(10);
  const bare = scratch();
  await ok(['add', 'x'], { home: bare });
  expect(await memport(['operations'], { home: bare })).toMatchObject({
    stdout: '',
    stderr: 'no operations\n',
  });
});

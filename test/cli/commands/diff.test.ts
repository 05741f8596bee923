import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';
import { feat038Json, fillHome, originalMemory, summaryOf } from '../../support/stores.ts';

/** A home whose export is followed by one edit, one deletion and one addition. */
async function changed(...exportArgs: string[]) {
  const home = scratch();
  const [first = '', second = ''] = await fillHome(home);
  const file = join(home, exportArgs.includes('json') ? 'then.json' : 'then.tar.gz');
  await ok(['export', file, ...exportArgs], { home });
  await ok(['update', first, '--importance', '1', '--content', 'Prices are in euros.'], { home });
  await ok(['delete', second], { home });
  const third = (await ok(['add', 'since then'], { home })).trim();
  return { home, file, first, second, third };
}

const COUNTS = { added: 1, changed: 1, removed: 1, unchanged: 3 };

test('shows what was added, changed and removed from a file to the store', async () => {
  const { home, file, first, second, third } = await changed();
  const result = await memport(['diff', file], { home });
  expect(result.code).toBe(0);
  expect(result.stdout.trimEnd().split('\n').sort()).toEqual(
    [
      `+ ${third}  since then`,
      `~ ${first}  content, embedding_model, importance, updated_at, embedding`,
      `- ${second}  '; DROP TABLE memories; --`,
      `from ${file} to store: 1 added, 1 changed, 1 removed, 3 unchanged`,
    ]
      .map(line => line.replace('embedding_model, ', ''))
      .sort(),
  );
  const back = summaryOf(await ok(['diff', 'store', file, '--json'], { home }));
  expect(back).toMatchObject({ a: 'store', b: file, ...COUNTS, vectors: true, rejected: 0 });
  const same = await memport(['diff', file, file], { home });
  expect(same).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('0 added, 0 changed, 0 removed, 5'),
  });
});

test('tells changes field by field', async () => {
  const { home, file, first } = await changed();
  const lines = (await ok(['diff', file, 'store', '--json'], { home })).split('\n').map(summaryOf);
  expect(lines.find(({ type }) => type === 'changed')).toMatchObject({
    message_type: 'difference',
    id: first,
    kind: 'memory',
    changes: expect.arrayContaining([
      { field: 'content', before: '"Prices are in cents."', after: '"Prices are in euros."' },
      { field: 'importance', before: '0.5', after: '1' },
      { field: 'embedding', before: null, after: null },
    ]),
  });
  const shown = await ok(['diff', file, '--verbose'], { home });
  expect(shown).toContain('    importance\n      - 0.5\n      + 1');
});

test('compares no vectors where a side has none, and no order of the file matters', async () => {
  const { home, file } = await changed('--format', 'json');
  const result = await memport(['diff', file], { home });
  expect(result.stdout).toContain('1 added, 1 changed, 1 removed, 3 unchanged');
  expect(result.stdout).not.toContain(', embedding\n');
  expect(result.stderr).toContain('vectors were not compared');
  const folder = scratch();
  const one = feat038Json(folder, [originalMemory(3), originalMemory(1), originalMemory(2)]);
  const a = join(home, 'a.json');
  writeFileSync(a, (await import('node:fs')).readFileSync(one));
  const two = feat038Json(folder, [originalMemory(1), originalMemory(4), originalMemory(3)]);
  expect(summaryOf(await ok(['diff', a, two, '--json'], { home }))).toMatchObject({
    added: 1,
    changed: 0,
    removed: 1,
    unchanged: 2,
  });
});

test('a vector that is lost counts where both sides have vectors', async () => {
  const { home } = await changed();
  const [a, b] = [join(home, 'a.tar.gz'), join(home, 'b.tar.gz')];
  await ok(['export', a], { home });
  await ok(['export', b, '--no-embeddings'], { home });
  const lines = (await ok(['diff', a, b, '--json'], { home })).split('\n').map(summaryOf);
  expect(lines.at(-1)).toMatchObject({ changed: 5, unchanged: 0 });
  expect(lines[0]).toMatchObject({ changes: [{ field: 'embedding', before: null, after: null }] });
});

test('shows ten of each unless --verbose, counts all, and names records that can’t be read', async () => {
  const home = scratch();
  await ok(['add', 'x'], { home });
  const many = Array.from({ length: 1203 }, (_, n) => originalMemory(n));
  const file = feat038Json(home, [...many, originalMemory(5000, { content: '' })]);
  const cut = await memport(['diff', 'store', file], { home });
  expect(cut.code).toBe(0);
  expect(cut.stdout.match(/^\+ /gm)).toHaveLength(10);
  expect(cut.stderr).toContain('… and 1193 more added; --verbose shows all');
  expect(cut.stderr).toContain('1 records could not be read');
  const whole = await ok(['diff', 'store', file, '--verbose'], { home });
  expect(whole.match(/^\+ /gm)).toHaveLength(1203);
  expect(whole).toContain('1203 added, 0 changed, 1 removed, 0 unchanged');
});

test('a missing file or store: exit 10', async () => {
  const home = scratch();
  expect((await memport(['diff', 'gone.json'], { home })).code).toBe(10);
  const { file } = await changed();
  expect((await memport(['diff', file], { home })).code).toBe(10);
});

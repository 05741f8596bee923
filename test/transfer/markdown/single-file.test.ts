import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryEntry } from '../../../src/model/record.ts';
import { writeMarkdownFile } from '../../../src/transfer/markdown/single-file.ts';
import { TextOutput } from '../../../src/transfer/markdown/text-output.ts';
import { scratch } from '../../support/cli.ts';
import { aPlan, storeOf } from '../../support/markdown.ts';
import { aMemory, idOf } from '../../support/records.ts';

test('a large group of a single file has no list of its own, and its records are listed at the end', async () => {
  const folder = scratch();
  const records = Array.from({ length: 252 }, (_, n) =>
    memoryEntry(aMemory({ id: idOf(n), category: n < 251 ? 'fact' : 'event' }), null),
  );
  await using store = await storeOf(join(folder, 'x.db'), records);
  await using file = await open(join(folder, 'all.md'), 'wx');
  const written = await writeMarkdownFile(store, file, aPlan({ code: false }), {});
  expect(written).toMatchObject({ memories: 252, code_units: 0 });
  const text = await readFile(join(folder, 'all.md'), 'utf8');
  expect(Buffer.byteLength(text)).toBe(written.bytes);
  expect(text).not.toContain('code_unit_count');
  expect(text.match(/^- \[The API/gm)).toHaveLength(1);
  const [, comment = ''] = text.split('<!-- memport-records\n');
  expect(comment.match(/"memories":\[/g)).toHaveLength(3);
  expect(comment.match(/[0-9a-f]{8}-/g)).toHaveLength(252);
  expect(text.endsWith('-->\n')).toBe(true);
});

test.each([
  ['nothing', []],
  ['little', ['a', 'ü']],
  ['much', ['x'.repeat(300_000), 'y'.repeat(10), 'z'.repeat(300_000)]],
])('text in pieces comes to what it is: %s', async (_, pieces) => {
  const path = join(scratch(), 'x');
  await using file = await open(path, 'wx');
  const output = new TextOutput(file);
  for (const piece of pieces) await output.text(piece);
  const bytes = Buffer.from(pieces.join(''));
  expect(await output.finish()).toMatchObject({
    bytes: bytes.length,
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect((await readFile(path)).equals(bytes)).toBe(true);
});

import { expect, test } from 'vitest';
import { scanParts } from '../../../src/formats/markdown/scanner.ts';

/** The types and texts of all parts; the file comes in pieces of this many bytes, as a reader of files gives them: in one memory. */
async function partsOf(text: string, size: number): Promise<readonly (readonly [string, string])[]> {
  const bytes = Buffer.from(text);
  const memory = Buffer.alloc(size);
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += size) yield memory.subarray(0, bytes.copy(memory, 0, at));
  }
  const parts: (readonly [string, string])[] = [];
  for await (const part of scanParts(chunks())) parts.push([part.type, part.bytes.toString()]);
  return parts;
}

const LONG = 'x'.repeat(9000);

test.each([
  ['lines that are longer than what is looked at', `${LONG}\n## One\n\n${LONG}\n## Two ${LONG}\nend`],
  [
    'line ends that another program changed, after a long line',
    `${LONG}\r\n## One\r\n\r\ntext\r\n## Two\r\nend`,
  ],
])('%s: the parts are the same, whatever the pieces', async (_, text) => {
  const plain = text.replaceAll('\r\n', '\n');
  const second = plain.indexOf('## Two');
  const expected = [
    ['head', plain.slice(0, 9001)],
    ['section', plain.slice(9001, second)],
    ['section', plain.slice(second)],
  ];
  for (const size of [7, 1000, 4096, 9002, 100_000]) expect(await partsOf(text, size)).toEqual(expected);
});

import { expect, it } from 'vitest';
import { markdownHeadings } from '../../src/code-index/markdown-headings.ts';

const titles = (text: string) => markdownHeadings(text).map(({ depth, title }) => `${depth} ${title}`);

it.each([
  ['# A\n## B ##\n####### C\n#D\n', ['1 A', '2 B']],
  ['#\n', ['1 ']],
  ['A\n===\nB\nb\n---\n', ['1 A', '2 B']],
  ['\n---\n- a\n---\n', []],
  ['    # code\n\t# code\n', []],
  ['```\n# a\n~~~\n# b\n````\n# c\n', ['1 c']],
  ['~~~ sh\n# a\n```\n', []],
  ['``` `not a fence`\n# a\n', ['1 a']],
  ['<!--\n# a\n-->\n# b\n<!-- c -->\n# d\n', ['1 b', '1 d']],
  ['---\na: 1\n# b\n---\n# c\n', ['1 c']],
  ['---\n# b\n', ['1 b']],
  [`# ${'x'.repeat(2000)}\n# b`, ['1 b']],
  ['# A\r\n# B\r\n', ['1 A', '1 B']],
])('%j', (text, expected) => {
  expect(titles(text)).toEqual(expected);
});

it('says where each begins', () => {
  expect(markdownHeadings('x\n\n# A\ny\n===\n').map(({ start }) => start)).toEqual([3, 7]);
});

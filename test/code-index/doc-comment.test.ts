import { expect, it } from 'vitest';
import { commentWords, docstringWords } from '../../src/code-index/doc-comment.ts';

it.each([
  [['/** One. */'], 'One.'],
  [['/**\n   * One.\n   *   more\n   */'], 'One.\n  more'],
  [['/* One\n   two */'], 'One\ntwo'],
  [['/// One', '//! two', '// three'], 'One\ntwo\nthree'],
  [['# One', '#', '## two'], 'One\n\ntwo'],
  [['//go:build linux'], 'go:build linux'],
  [['=begin\nOne\n=end'], 'One'],
  [['/**\r\n * One\r\n */'], 'One'],
  [['// -----------'], null],
  [['/**/'], null],
  [[], null],
])('%j says %j', (comments, words) => {
  expect(commentWords(comments)).toBe(words);
});

it.each([
  ['"""One."""', 'One.'],
  ["r'''One.\n\n    Two\n      three\n    '''", 'One.\n\nTwo\n  three'],
  ["'One'", 'One'],
  ['"""\r\n  One\r\n  """', 'One'],
  ['""""""', null],
])('the docstring %j says %j', (literal, words) => {
  expect(docstringWords(literal)).toBe(words);
});

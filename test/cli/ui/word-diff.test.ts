import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Piece, wordDiff } from '../../../src/cli/ui/word-diff.ts';

const spell = (pieces: readonly Piece[]): string =>
  pieces.map(({ side, text }) => ({ both: text, old: `[-${text}-]`, new: `{+${text}+}` })[side]).join('');

test.each([
  ['', '', ''],
  ['same', 'same', 'same'],
  ['', 'new', '{+new+}'],
  ['old', '', '[-old-]'],
  ['keep a here', 'keep b here', 'keep [-a-]{+b+} here'],
  ['one two three', 'one three', 'one [-two -]three'],
  ['a a a', 'a a', 'a a[- a-]'],
  ['x kept y', 'kept', '[-x -]kept[- y-]'],
  ['line 1\nline 2', 'line 1\nline 3', 'line 1\nline [-2-]{+3+}'],
  ['日本語のテキスト', '中国語のテキスト', '[-日本語-]{+中国語+}のテキスト'],
])('%j to %j', (before, after, expected) => {
  expect(spell(wordDiff(before, after))).toBe(expected);
});

const words = fc
  .array(fc.constantFrom('a', 'b', 'c', ' ', '\n', '😀', 'é', '日本語'), { maxLength: 30 })
  .map(list => list.join(''));
const of = (pieces: readonly Piece[], side: Piece['side']): string =>
  pieces
    .filter(piece => piece.side === 'both' || piece.side === side)
    .map(({ text }) => text)
    .join('');

test('both texts can be read off any difference, no piece is empty, and none follows one of its side', () => {
  fc.assert(
    fc.property(fc.oneof(words, fc.string({ unit: 'binary' })), words, (before, after) => {
      const pieces = wordDiff(before, after);
      expect(of(pieces, 'old')).toBe(before);
      expect(of(pieces, 'new')).toBe(after);
      expect(pieces.every(({ text }) => text !== '')).toBe(true);
      expect(pieces.every(({ side }, i) => pieces[i + 1]?.side !== side)).toBe(true);
    }),
  );
});

test('texts too long to compare word by word are shown as replaced, but for what they begin and end with', () => {
  const long = (word: string) =>
    `start ${Array.from({ length: 1500 }, (_, i) => `${word}${i}`).join(' ')} end`;
  const pieces = wordDiff(long('a'), long('b'));
  expect(pieces.map(({ side }) => side)).toEqual(['both', 'old', 'new', 'both']);
  expect(pieces[0]?.text).toBe('start ');
  expect(of(pieces, 'new')).toBe(long('b'));
});

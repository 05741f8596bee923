import { expect, test } from 'vitest';
import { fieldChangeLines } from '../../../src/cli/ui/field-changes.ts';

test('both values are shown, in one line each and with no control characters; a missing one as (none)', () => {
  expect(
    fieldChangeLines([
      { field: 'tags', before: '["a"]', after: '["b"]' },
      { field: 'odd\u001b', before: null, after: `"${'x'.repeat(200)}"` },
    ]),
  ).toEqual([
    '    tags',
    '      - ["a"]',
    '      + ["b"]',
    expect.not.stringContaining('\u001b'),
    '      - (none)',
    expect.stringMatching(/^ {6}\+ "x{100,118}…$/),
  ]);
});

test('of a vector only that it is another: it has no text', () => {
  const vector = { field: 'embedding', before: null, after: null };
  expect(fieldChangeLines([vector])).toEqual(['    embedding: another vector']);
});

import { expect, test } from 'vitest';
import { parseStrategy, STRATEGIES } from '../../../src/transfer/import/strategy.ts';

test.each(['keep-newer', 'keep_newer', 'KEEP_NEWER', 'Keep-Newer'])('%s is keep-newer', spelling => {
  expect(parseStrategy(spelling)).toBe('keep-newer');
});

test('every strategy has these spellings, and merge the one of the original system', () => {
  expect(STRATEGIES).toEqual(['keep-newer', 'keep-older', 'keep-both', 'skip', 'overwrite', 'merge', 'ask']);
  for (const name of STRATEGIES) expect(parseStrategy(name.toUpperCase().replaceAll('-', '_'))).toBe(name);
  expect(parseStrategy('merge_metadata')).toBe('merge');
  expect(parseStrategy('MERGE_METADATA')).toBe('merge');
});

test.each(['newest', '', 'keep', 'keep newer', 'constructor'])(
  '%j is none: the known ones are named',
  text => {
    expect(() => parseStrategy(text)).toThrowError(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('skip') }),
    );
  },
);

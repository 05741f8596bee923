import { expect, test } from 'vitest';
import { parseStrategy } from '../../../src/transfer/import/strategy.ts';

test.each(['keep-newer', 'keep_newer', 'KEEP_NEWER', 'Keep-Newer'])('%s is keep-newer', spelling => {
  expect(parseStrategy(spelling)).toBe('keep-newer');
});

test('an unknown strategy names the known ones', () => {
  expect(() => parseStrategy('newest')).toThrowError(
    expect.objectContaining({ code: 'usage', hint: expect.stringContaining('skip') }),
  );
});

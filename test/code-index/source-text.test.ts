import { expect, it } from 'vitest';
import { readText } from '../../src/code-index/source-text.ts';

it('reads UTF-16 of both byte orders by its mark', () => {
  const little = Buffer.from('\ufeffdef é(): pass\n', 'utf16le');
  const big = Buffer.from(little).swap16();
  expect(readText(little)).toMatchObject({ text: 'def é(): pass\n', encoding: 'utf-16le' });
  expect(readText(big)).toMatchObject({ text: 'def é(): pass\n', encoding: 'utf-16be' });
  expect(readText(big)?.byteOffsets([0, 4])).toEqual([2, 10]);
  expect(big).toEqual(Buffer.from(little).swap16());
  expect(readText(big.subarray(0, 7))).toBeNull();
});

import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { interruptible, readText } from '../../src/cli/input.ts';

test('text comes whole, in whatever pieces: strings, bytes, a character cut in two', async () => {
  const euro = Buffer.from('€');
  const pieces = [Buffer.from('\ufeff1 '), euro.subarray(0, 1), euro.subarray(1), ' and', Buffer.from('\n')];
  expect(await readText(Readable.from(pieces), 100)).toBe('\ufeff1 € and\n');
});

test('the limit is one of bytes, and included', async () => {
  expect(await readText(Readable.from(['€€']), 6)).toBe('€€');
  await expect(readText(Readable.from(['€€']), 5)).rejects.toMatchObject({
    code: 'usage',
    message: 'standard input is longer than 5 bytes',
  });
});

test('bytes that are no UTF-8 are refused, not replaced', async () => {
  await expect(readText(Readable.from([Buffer.from([0xe2, 0x82])]), 10)).rejects.toMatchObject({
    code: 'usage',
    message: 'standard input is not UTF-8 text',
  });
});

test('an input that never ends stops to be read when the user asks to end', async () => {
  const controller = new AbortController();
  const stdin = new Readable({ read() {} });
  const reading = readText(interruptible({ stdin, signal: controller.signal }), 10);
  stdin.push('half');
  controller.abort();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  expect(stdin.destroyed).toBe(true);
});

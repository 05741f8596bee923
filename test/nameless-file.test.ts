import { readdirSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { afterEach, expect, test, vi } from 'vitest';
import { openNameless, sendAll } from '../src/nameless-file.ts';
import { scratch } from './support/cli.ts';

vi.mock('node:fs/promises', { spy: true });
afterEach(() => void vi.unstubAllEnvs());

test('has no name from the beginning, and gives back what was written', async () => {
  const temporary = scratch();
  vi.stubEnv('TMPDIR', temporary);
  await using file = await openNameless();
  expect(readdirSync(temporary)).toEqual([]);
  await file.handle.writeFile('hello');
  const found: string[] = [];
  await sendAll(file.handle, async chunk => void found.push(chunk.toString()));
  expect(found.join('')).toBe('hello');
});

test('where an open file keeps its name, disposing removes it', async () => {
  const temporary = scratch();
  vi.stubEnv('TMPDIR', temporary);
  vi.mocked(fs.unlink).mockRejectedValueOnce(new Error('EBUSY'));
  const file = await openNameless();
  expect(readdirSync(temporary)).toHaveLength(1);
  await file[Symbol.asyncDispose]();
  expect(readdirSync(temporary)).toEqual([]);
});

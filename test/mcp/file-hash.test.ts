import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileHash } from '../../src/mcp/file-hash.ts';
import { scratch } from '../support/cli.ts';

test('is that of the bytes, of files of any size', async () => {
  const file = join(scratch(), 'x');
  for (const content of ['', 'abc', 'long '.repeat(100_000)]) {
    writeFileSync(file, content);
    const expected = createHash('sha256').update(content).digest('hex');
    expect(await fileHash(file)).toBe(expected);
    expect(await fileHash(file, new AbortController().signal)).toBe(expected);
  }
});

test('there is none of a folder or of nothing, nor when it is not wanted any more', async () => {
  const folder = scratch();
  await expect(fileHash(folder)).rejects.toMatchObject({ code: 'usage', message: `${folder} is a folder` });
  await expect(fileHash(join(folder, 'x'))).rejects.toMatchObject({ code: 'ENOENT' });
  writeFileSync(join(folder, 'x'), 'x');
  await expect(fileHash(join(folder, 'x'), AbortSignal.abort())).rejects.toMatchObject({
    name: 'AbortError',
  });
});

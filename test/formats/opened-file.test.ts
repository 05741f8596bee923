import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFile } from '../../src/formats/opened-file.ts';
import { scratch } from '../support/cli.ts';

test('what is not there, is below a file, or leads to itself is refused with the reason', async () => {
  const folder = scratch();
  writeFileSync(join(folder, 'file'), 'x');
  symlinkSync('loop', join(folder, 'loop'));
  await expect(openFile(join(folder, 'missing'))).rejects.toMatchObject({ code: 'not_found' });
  await expect(openFile(join(folder, 'file', 'below'))).rejects.toMatchObject({ code: 'not_found' });
  await expect(openFile(join(folder, 'loop'))).rejects.toMatchObject({
    code: 'failed',
    message: expect.stringContaining('ELOOP'),
  });
  await expect(openFile(folder)).rejects.toMatchObject({ code: 'unknown_format' });
  await using opened = await openFile(join(folder, 'file'));
  expect(opened.size).toBe(1);
});

import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { refuseProtected } from '../src/protected-files.ts';
import { storeFiles } from '../src/store/store-files.ts';
import { scratch } from './support/cli.ts';

/** A folder with a store whose file is a link into another folder. */
function place(): { home: string; real: string } {
  const [home, real] = [scratch(), scratch()];
  writeFileSync(join(real, 'real.db'), 'store');
  symlinkSync(join(real, 'real.db'), join(home, 'memport.db'));
  linkSync(join(real, 'real.db'), join(home, 'hard'));
  mkdirSync(join(home, 'folder'));
  symlinkSync('..', join(home, 'folder/up'));
  symlinkSync('memport.db-wal', join(home, 'dangling'));
  return { home, real };
}

test.each([
  'memport.db',
  'folder/up/memport.db',
  './folder/../memport.db',
  'hard',
  'memport.db-wal',
  'memport.db-shm',
  'folder/up/memport.db-journal',
  'MEMPORT.db-Wal',
  'dangling',
  '@/real.db',
  '@/real.db-wal',
])('%s is a file of the store', async name => {
  const { home, real } = place();
  const target = name.startsWith('@/') ? join(real, name.slice(2)) : `${home}/${name}`;
  await expect(refuseProtected(target, await storeFiles(join(home, 'memport.db')))).rejects.toMatchObject({
    code: 'usage',
    hint: expect.any(String),
  });
});

test.each(['other.db', 'folder/memport.db-wal', 'missing/memport.db', '/dev/null'])(
  '%s is none',
  async name => {
    const { home } = place();
    const target = name.startsWith('/') ? name : join(home, name);
    await refuseProtected(target, await storeFiles(join(home, 'memport.db')));
    await refuseProtected(target, ['/missing/folder/x', join(home, 'loop')]);
  },
);

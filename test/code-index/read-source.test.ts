import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readSource } from '../../src/code-index/read-source.ts';
import { tree } from './tree.ts';

it('reads a file, an empty one too', async () => {
  const root = tree({ a: 'text', b: '' });
  expect(await readSource(join(root, 'a'))).toEqual({ type: 'bytes', bytes: Buffer.from('text') });
  expect(await readSource(join(root, 'b'))).toEqual({ type: 'bytes', bytes: Buffer.alloc(0) });
});

it('reads exactly what a file may have at most, and no byte more', async () => {
  const root = tree({ a: '', b: '' });
  truncateSync(join(root, 'a'), 1024 * 1024);
  truncateSync(join(root, 'b'), 1024 * 1024 + 1);
  expect(await readSource(join(root, 'a'))).toMatchObject({ type: 'bytes', bytes: { length: 1024 * 1024 } });
  expect(await readSource(join(root, 'b'))).toEqual({ type: 'skipped', reason: 'too large' });
});

it('says what is no file, is gone or can not be read', async () => {
  const root = tree({ a: 'text' });
  mkdirSync(join(root, 'folder'));
  symlinkSync('a', join(root, 'link'));
  execFileSync('mkfifo', [join(root, 'pipe')]);
  const server = createServer().listen(join(root, 'socket'));
  await new Promise(resolve => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const read = (name: string) => readSource(join(root, name));
  expect(await read('folder')).toEqual({ type: 'skipped', reason: 'no regular file' });
  expect(await read('pipe')).toEqual({ type: 'skipped', reason: 'no regular file' });
  expect(await read('socket')).toEqual({ type: 'skipped', reason: 'no regular file' });
  expect(await read('link')).toEqual({ type: 'skipped', reason: 'symbolic link' });
  expect(await read('gone')).toEqual({ type: 'gone' });
  expect(await read('a/b')).toEqual({ type: 'gone' });
  expect(await read('x'.repeat(300))).toMatchObject({
    type: 'unreadable',
    reason: expect.stringContaining('ENAMETOOLONG'),
  });
});

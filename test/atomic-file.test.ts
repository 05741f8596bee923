import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { writeAtomically, writeProven } from '../src/atomic-file.ts';
import { temporaryFolder } from './formats/archive/samples.ts';

const NOBODY = 65_534;

const hello = async (file: { writeFile(text: string): Promise<void> }): Promise<string> => {
  await file.writeFile('hello');
  return 'written';
};

describe('writing a file atomically', () => {
  test('it appears whole, private, alone', async () => {
    const folder = await temporaryFolder();
    const target = join(folder, 'target');
    expect(await writeAtomically(target, hello)).toBe('written');
    expect(await readFile(target, 'utf8')).toBe('hello');
    expect((await stat(target)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['target']);
  });

  test('an old file is there until the new one is proven, and is replaced then', async () => {
    const folder = await temporaryFolder();
    const target = join(folder, 'target');
    await writeFile(target, 'old');
    await writeAtomically(target, hello, {
      async verify(file, written) {
        expect(written).toBe('written');
        expect((await file.read(Buffer.alloc(5), 0, 5, 0)).buffer.toString()).toBe('hello');
        expect(await readFile(target, 'utf8')).toBe('old');
      },
    });
    expect(await readFile(target, 'utf8')).toBe('hello');
  });

  test.each([
    ['writing', { write: () => Promise.reject(new Error('no')), verify: async () => {} }],
    ['verifying', { write: hello, verify: () => Promise.reject(new Error('no')) }],
  ])('when %s fails, the old file is untouched and nothing is left', async (_, { write, verify }) => {
    const folder = await temporaryFolder();
    const target = join(folder, 'target');
    await writeFile(target, 'old');
    await expect(writeAtomically(target, write, { verify })).rejects.toMatchObject({
      code: 'failed',
      message: 'no',
    });
    expect(await readFile(target, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['target']);
  });

  test('an error of the system gets its code', async () => {
    const target = join(await temporaryFolder(), 'target');
    const full = () => Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' }));
    await expect(writeAtomically(target, full)).rejects.toMatchObject({ code: 'no_space' });
    const stop = () => Promise.reject(new DOMException('stop', 'AbortError'));
    await expect(writeAtomically(target, stop)).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('a link is followed', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    await writeFile(join(folder, 'real/file'), 'old');
    await symlink('real/file', join(folder, 'link'));
    await writeAtomically(join(folder, 'link'), hello);
    expect(await readFile(join(folder, 'real/file'), 'utf8')).toBe('hello');
    expect((await lstat(join(folder, 'link'))).isSymbolicLink()).toBe(true);
    expect(await readdir(join(folder, 'real'))).toEqual(['file']);
  });

  test('a link to nothing leads to the file that it names', async () => {
    const folder = await temporaryFolder();
    await mkdir(join(folder, 'real'));
    await symlink('real', join(folder, 'folder'));
    await symlink('../new', join(folder, 'real/second'));
    await symlink('folder/second', join(folder, 'first'));
    await writeAtomically(join(folder, 'first'), hello);
    expect(await readFile(join(folder, 'new'), 'utf8')).toBe('hello');
    expect((await lstat(join(folder, 'first'))).isSymbolicLink()).toBe(true);
    expect((await lstat(join(folder, 'real/second'))).isSymbolicLink()).toBe(true);
  });

  test.each([
    ['a folder', ''],
    ['a missing folder', 'missing/target'],
    ['a file as folder', 'file/target'],
    ['a name too long', 'x'.repeat(300)],
    ['a link to itself', 'loop'],
  ])('%s can not be written', async (_, name) => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'file'), 'x');
    await symlink('loop', join(folder, 'loop'));
    await expect(writeAtomically(join(folder, name), hello)).rejects.toMatchObject({
      name: 'MemportError',
      code: 'failed',
    });
    expect(await readdir(folder)).toEqual(['file', 'loop']);
  });

  test.skipIf(process.getuid?.() === 0)('a folder without permission', async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o500);
    await expect(writeAtomically(join(folder, 'x'), hello)).rejects.toMatchObject({ code: 'failed' });
  });

  test('a name of usual length that leaves no room for the temporary one is fine', async () => {
    const folder = await temporaryFolder();
    const names = ['x'.repeat(250), '記'.repeat(80)];
    for (const name of names) await writeAtomically(join(folder, name), hello);
    expect((await readdir(folder)).sort()).toEqual(names);
  });

  test('a pipe gets the bytes by its name and by links to it, and stays a pipe', async () => {
    const folder = await temporaryFolder();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await symlink('pipe', join(folder, 'link'));
    for (const name of ['pipe', 'link']) {
      const read = readFile(pipe, 'utf8');
      await writeAtomically(join(folder, name), hello);
      expect(await read).toBe('hello');
    }
    expect((await stat(pipe)).isFIFO()).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(['link', 'pipe']);
  });

  test.skipIf(!existsSync('/proc/self/fd'))('what a process has open is added to, not replaced', async () => {
    const target = join(await temporaryFolder(), 'log');
    await writeFile(target, 'before ');
    await using log = await open(target, 'a');
    await writeAtomically(`/dev/fd/${log.fd}`, hello);
    await log.writeFile(' after');
    expect(await readFile(target, 'utf8')).toBe('before hello after');
  });

  test('a folder that may be written and not be read is good enough', async () => {
    const folder = await temporaryFolder();
    await chmod(folder, 0o300);
    const root = process.geteuid?.() === 0;
    if (root) await chown(folder, NOBODY, NOBODY);
    if (root) process.seteuid?.(NOBODY);
    try {
      expect(await writeAtomically(join(folder, 'x'), hello)).toBe('written');
    } finally {
      if (root) process.seteuid?.(0);
      await chmod(folder, 0o700);
    }
    expect(await readdir(folder)).toEqual(['x']);
  });

  test('a device gets the bytes, and stays a device', async () => {
    expect(await writeAtomically('/dev/null', hello)).toBe('written');
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true);
    await expect(writeAtomically('/dev/full', hello)).rejects.toMatchObject({ code: 'no_space' });
    expect((await stat('/dev/full')).isCharacterDevice()).toBe(true);
  });
});

describe('writing to a stream', () => {
  test('the bytes go out once they are proven', async () => {
    const output = new PassThrough({ highWaterMark: 10_000_000 });
    const big = Buffer.alloc(3_000_000, 'x');
    const written = await writeProven(output, async file => void (await file.writeFile(big)), {
      async verify() {
        expect(output.readableLength).toBe(0);
      },
    });
    expect(written).toBeUndefined();
    expect(output.read()).toHaveLength(big.length);
    expect(output.writableEnded).toBe(false);
    expect(output.listenerCount('error')).toBe(0);
  });

  test('when the proof fails, nothing goes out', async () => {
    const output = new PassThrough();
    await expect(
      writeProven(output, hello, { verify: () => Promise.reject(new Error('no')) }),
    ).rejects.toMatchObject({ code: 'failed' });
    expect(output.readableLength).toBe(0);
  });

  test('an error of the stream comes out', async () => {
    const output = new Writable({ write: (_chunk, _encoding, done) => done(new Error('gone')) });
    await expect(writeProven(output, hello)).rejects.toMatchObject({ code: 'failed', message: 'gone' });
  });

  test('a temporary folder that is missing is said so', async () => {
    const before = process.env.TMPDIR;
    process.env.TMPDIR = '/missing/folder';
    try {
      await expect(writeProven(new PassThrough(), hello)).rejects.toMatchObject({ code: 'failed' });
    } finally {
      if (before === undefined) delete process.env.TMPDIR;
      else process.env.TMPDIR = before;
    }
  });
});

test('a reader that takes its time does not keep the program when it is asked to end', async () => {
  const controller = new AbortController();
  const slow = new Writable({ highWaterMark: 1, write: () => setImmediate(() => controller.abort()) });
  const sent = writeProven(slow, file => file.writeFile(Buffer.alloc(10_000_000)), {
    signal: controller.signal,
  });
  await expect(sent).rejects.toMatchObject({ code: 'interrupted' });
  const ended = writeProven(slow, file => file.writeFile('x'), { signal: AbortSignal.abort() });
  await expect(ended).rejects.toMatchObject({ code: 'interrupted' });
});

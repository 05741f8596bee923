import type { PathLike } from 'node:fs';
import * as fs from 'node:fs/promises';
import { chmod, mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { beginFile, type Naming } from '../src/pending-file.ts';
import { scratch } from './support/cli.ts';

vi.mock('node:fs/promises', { spy: true });

beforeEach(() => void vi.resetAllMocks());

async function put(path: string, text: string, naming: Naming): Promise<string> {
  await using file = await beginFile(path, naming);
  await file.handle.writeFile(text);
  return await file.publish();
}

const error = (code: string): Error => Object.assign(new Error(code), { code });

describe.each([
  ['with links', () => {}],
  ['without links', () => void vi.mocked(fs.link).mockRejectedValue(error('EPERM'))],
])('a new name, %s', (_, prepare) => {
  beforeEach(prepare);

  test('is the next that nothing has, and the file is private', async () => {
    const folder = scratch();
    await mkdir(join(folder, 'a-2.tar.gz'));
    await symlink('nowhere', join(folder, 'a-3.tar.gz'));
    for (const n of ['', '-4', '-5'])
      expect(await put(join(folder, 'a.tar.gz'), n, 'number')).toBe(join(folder, `a${n}.tar.gz`));
    expect(await readFile(join(folder, 'a.tar.gz'), 'utf8')).toBe('');
    expect(await readFile(join(folder, 'a-4.tar.gz'), 'utf8')).toBe('-4');
    expect((await stat(join(folder, 'a-5.tar.gz'))).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toHaveLength(5);
  });

  test('is each one once, however many want it at a time', async () => {
    const folder = scratch();
    const texts = Array.from({ length: 20 }, (_, n) => `text ${n}`);
    const names = await Promise.all(texts.map(text => put(join(folder, 'x.rejects.jsonl'), text, 'number')));
    expect(new Set(names).size).toBe(20);
    expect(names).toContain(join(folder, 'x.rejects-20.jsonl'));
    const kept = await Promise.all(names.map(name => readFile(name, 'utf8')));
    expect(kept).toEqual(texts);
    expect(await readdir(folder)).toHaveLength(20);
  });

  test('that must be free is refused, also when it is taken in the meantime', async () => {
    const folder = scratch();
    const path = join(folder, 'x');
    {
      await using file = await beginFile(path, 'refuse');
      await writeFile(path, 'first');
      await expect(file.publish()).rejects.toMatchObject({ code: 'usage', hint: expect.any(String) });
    }
    await expect(beginFile(path, 'refuse')).rejects.toMatchObject({ code: 'usage' });
    expect(await readFile(path, 'utf8')).toBe('first');
    expect(await readdir(folder)).toEqual(['x']);
  });

  test('that can not be given leaves nothing', async () => {
    const folder = scratch();
    await using file = await beginFile(join(folder, 'x'), 'number');
    vi.mocked(fs.link).mockRejectedValue(error('EIO'));
    vi.mocked(fs.rename).mockRejectedValue(error('EIO'));
    await expect(file.publish()).rejects.toThrow('EIO');
    await file[Symbol.asyncDispose]();
    expect(await readdir(folder)).toEqual([]);
  });
});

test.each<Naming>(['replace', 'refuse', 'number'])(
  'a file is on stable storage before it has its name, and the name after it: %s',
  async naming => {
    const path = join(scratch(), 'x');
    const { open, rename, link } = await vi.importActual<typeof fs>('node:fs/promises');
    const done: string[] = [];
    vi.mocked(fs.open).mockImplementation(async (file, flags, mode) => {
      const handle = await open(file, flags, mode);
      vi.spyOn(handle, 'sync').mockImplementation(async () => {
        done.push(flags === 'r' ? 'folder' : await readFile(file, 'utf8'));
      });
      return handle;
    });
    const named = (give: typeof rename) => (from: PathLike, to: PathLike) => {
      done.push('named');
      return give(from, to);
    };
    vi.mocked(fs.rename).mockImplementation(named(rename));
    vi.mocked(fs.link).mockImplementation(named(link));
    await put(path, 'text', naming);
    expect(done).toEqual(['text', 'named', 'folder']);
  },
);

test('a name is not given to a file whose folder went away', async () => {
  const folder = join(scratch(), 'folder');
  await mkdir(folder);
  await using file = await beginFile(join(folder, 'x'), 'number');
  await fs.rm(folder, { recursive: true });
  await expect(file.publish()).rejects.toMatchObject({ code: 'failed' });
});

test.each([
  ['EINVAL', null],
  ['EIO', 'EIO'],
])('a folder whose sync ends with %s', async (code, message) => {
  const folder = scratch();
  await using file = await beginFile(join(folder, 'x'));
  const { open } = await vi.importActual<typeof fs>('node:fs/promises');
  vi.mocked(fs.open).mockImplementationOnce(async (...args) => {
    const handle = await open(...args);
    vi.spyOn(handle, 'sync').mockRejectedValue(error(code));
    return handle;
  });
  const published = file.publish();
  if (message === null) expect(await published).toBe(join(folder, 'x'));
  else await expect(published).rejects.toThrow(message);
});

test('a folder that can not be opened for another reason than its mode fails before the name is given', async () => {
  const folder = scratch();
  await using file = await beginFile(join(folder, 'x'));
  vi.mocked(fs.open).mockRejectedValueOnce(error('EMFILE'));
  await expect(file.publish()).rejects.toThrow('EMFILE');
  expect(await readdir(folder)).not.toContain('x');
});

test('a device is closed when there is no temporary folder', async () => {
  vi.stubEnv('TMPDIR', '/missing/folder');
  await expect(beginFile('/dev/null')).rejects.toMatchObject({ code: 'failed' });
  vi.unstubAllEnvs();
});

test('an old file keeps its content until it is replaced', async () => {
  const path = join(scratch(), 'x');
  await writeFile(path, 'old');
  await chmod(path, 0o644);
  await using file = await beginFile(path);
  expect(await readFile(path, 'utf8')).toBe('old');
  expect(await file.publish()).toBe(path);
  expect(await readFile(path, 'utf8')).toBe('');
});

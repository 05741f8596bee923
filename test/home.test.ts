import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findHome, makeHome } from '../src/home.ts';
import { memport, scratch } from './support/cli.ts';

const homeAt = (path: string) => findHome({ home: path, env: {}, cwd: '/' });

test('a new home is for its owner only', async () => {
  const path = join(scratch(), 'a', 'home');
  expect(await makeHome(homeAt(path))).toBeNull();
  expect(statSync(path).mode & 0o777).toBe(0o700);
  expect(await makeHome(homeAt(path))).toBeNull();
});

test.each([
  ['1777', 'write into'],
  ['720', 'write into'],
  ['755', 'look into'],
])('a folder of mode %s that is there keeps it, which is said', async (mode, what) => {
  const path = join(scratch(), 'shared');
  mkdirSync(path);
  chmodSync(path, Number.parseInt(mode, 8));
  expect(await makeHome(homeAt(path))).toContain(what);
  expect(statSync(path).mode & 0o7777).toBe(Number.parseInt(mode, 8));
});

test('the warning comes once, on standard error', async () => {
  const home = scratch();
  chmodSync(home, 0o755);
  const { code, stdout, stderr } = await memport(['add', 'x'], { home });
  expect({ code, lines: stdout.trim().split('\n').length }).toEqual({ code: 0, lines: 1 });
  expect(stderr.match(/chmod 700/g)).toHaveLength(1);
  expect(statSync(home).mode & 0o777).toBe(0o755);
});

test('a home that can not be made names the way out', async () => {
  const path = join(scratch(), 'file');
  writeFileSync(path, '');
  await expect(makeHome(homeAt(join(path, 'home')))).rejects.toMatchObject({ code: 'failed' });
});

test('~ is the home of the user, and paths are absolute', () => {
  expect(findHome({ env: { HOME: '/u' }, cwd: '/' })).toMatchObject({ path: '/u/.claude-rag' });
  expect(findHome({ env: { MEMPORT_HOME: 'm', HOME: '/u' }, cwd: '/c', store: '~/s.db' })).toMatchObject({
    path: '/c/m',
    store: '/u/s.db',
  });
});

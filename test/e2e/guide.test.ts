import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { BINARY } from '../support/binary.ts';
import { folderOfFile } from '../support/folders.ts';

const PAGE = readFileSync(fileURLToPath(new URL('../../docs/guide.md', import.meta.url)), 'utf8');
/** The shell blocks of the page, in order, under the heading that each stands below. */
const BLOCKS = [...PAGE.matchAll(/^```sh\n(.*?)^```$/gms)].map(({ 1: script = '', index }) => ({
  heading: [...PAGE.slice(0, index).matchAll(/^##+ (.*)$/gm)].at(-1)?.[1] ?? '',
  script,
}));

const folder = folderOfFile();
const home = join(folder, 'home');
const bin = join(folder, 'bin');

/** Runs a script in a shell of its own where `memport` is the real program, and the home folder is a scratch one. */
function shell(script: string): { readonly code: number | null; readonly output: string } {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('MEMPORT_')),
  );
  const ended = spawnSync('sh', ['-euc', script], {
    cwd: home,
    encoding: 'utf8',
    env: { ...env, HOME: home, PATH: `${bin}:${process.env.PATH}` },
  });
  return { code: ended.status, output: `${ended.stdout}${ended.stderr}` };
}

describe.skipIf(process.platform === 'win32')('[P8-03] every command of the guide, in its order', () => {
  beforeAll(() => {
    mkdirSync(bin);
    mkdirSync(home);
    writeFileSync(join(bin, 'memport'), `#!/bin/sh\nexec '${process.execPath}' '${BINARY}' "$@"\n`);
    chmodSync(join(bin, 'memport'), 0o755);
    expect(shell('memport add "Prices are in cents." --project shop')).toMatchObject({ code: 0 });
  });

  test('the page has its blocks', () => expect(BLOCKS.length).toBeGreaterThanOrEqual(8));

  test.each(BLOCKS)('$heading', ({ script }) => {
    expect(shell(script)).toMatchObject({ code: 0 });
  });

  test('what they leave is a whole store with its memory', () => {
    expect(
      execFileSync(join(bin, 'memport'), ['list'], {
        encoding: 'utf8',
        env: { ...process.env, HOME: home, MEMPORT_HOME: join(home, '.claude-rag') },
      }),
    ).toContain('Prices are in cents.');
    expect(shell('memport backup verify --all').code).toBe(0);
  });
});

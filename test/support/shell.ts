import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BINARY } from './binary.ts';

/** Runs a script; `output` is all that it wrote. */
export type Shell = (script: string) => { readonly code: number | null; readonly output: string };

/** A shell where `memport` is the real program, in a new home of a person below `folder`. */
export function shellIn(folder: string): { readonly home: string; readonly shell: Shell } {
  const [home, bin] = [join(folder, 'home'), join(folder, 'bin')];
  for (const path of [home, bin]) mkdirSync(path);
  writeFileSync(join(bin, 'memport'), `#!/bin/sh\nexec '${process.execPath}' '${BINARY}' "$@"\n`);
  chmodSync(join(bin, 'memport'), 0o755);
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('MEMPORT_'));
  const env = {
    ...Object.fromEntries(others),
    HOME: home,
    PATH: `${bin}:${process.env.PATH}`,
    GIT_AUTHOR_NAME: 'A',
    GIT_AUTHOR_EMAIL: 'a@example.org',
    GIT_COMMITTER_NAME: 'A',
    GIT_COMMITTER_EMAIL: 'a@example.org',
  };
  const shell: Shell = script => {
    const ended = spawnSync('sh', ['-euc', script], { cwd: home, encoding: 'utf8', env });
    return { code: ended.status, output: `${ended.stdout}${ended.stderr}` };
  };
  return { home, shell };
}

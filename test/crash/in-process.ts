import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BINARY } from '../support/binary.ts';
import type { Way } from './prove-killed.ts';
import type { Site } from './site.ts';

const PRELOADED = ['steady.ts', 'kill-at-call.ts'].flatMap(name => [
  '--import',
  fileURLToPath(new URL(name, import.meta.url)),
]);

function run(site: Site, args: readonly string[], env: Readonly<Record<string, string>>) {
  return spawnSync(process.execPath, [...PRELOADED, BINARY, ...args], {
    env: { ...site.env, ...env },
    cwd: site.home,
    encoding: 'utf8',
  });
}

/** By a hook within the program: see kill-at-call.ts. */
export const IN_PROCESS: Way<number> = {
  callsOf(site, args) {
    const log = join(site.folder, 'calls.json');
    const { status, stderr } = run(site, args, { MEMPORT_TEST_CALLS: log });
    if (status !== 0) throw new Error(stderr);
    const calls: unknown = JSON.parse(readFileSync(log, 'utf8'));
    rmSync(log);
    return Array.isArray(calls) ? calls.map((_, n) => n + 1) : [];
  },
  killAt(site, args, call) {
    const { signal, status } = run(site, args, { MEMPORT_TEST_KILL_AT: String(call) });
    if (signal !== 'SIGKILL') throw new Error(`not killed at call ${call}: it ended with ${status}`);
  },
};

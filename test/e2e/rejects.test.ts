import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BINARY, runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { digestOf, feat038Json, originalMemory } from '../support/stores.ts';

/** Runs a command line of bash in which `memport` is the real program. */
function bash(script: string, home: string): { code: number | null; stdout: string; stderr: string } {
  const memport = `memport() { "${process.execPath}" "${BINARY}" "$@"; }`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${memport}\n${script}`], {
    cwd: home,
    env: { ...process.env, MEMPORT_HOME: home },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}

const MB = 'x'.repeat(1024 * 1024);

test('[EDGE-10] rejects that can be written in part only: the import is taken back', async () => {
  const home = scratch();
  expect(runBinary(['add', 'here'], home).code).toBe(0);
  const before = await digestOf(home);
  const file = feat038Json(
    home,
    [1, 2, 3].map(n => originalMemory(n, { importance: 7, content: MB })),
  );
  const files = readdirSync(home);
  // No file may become larger than 2.5 MiB: the system writes a part of the last record, as on a full disk.
  const { code, stderr } = bash(`ulimit -f 2560; memport import ${file}`, home);
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('rejected records') });
  expect(await digestOf(home)).toBe(before);
  expect(readdirSync(home)).toEqual(files);
});

test.skipIf(!existsSync('/dev/fd'))('exports go through what the shell opens', () => {
  const home = scratch();
  expect(runBinary(['add', 'here'], home).code).toBe(0);
  const count = `grep -c '"content":"here"'`;
  expect(
    bash(`memport export --format json >(${count} > counted); sleep 0.5; cat counted`, home).stdout,
  ).toContain('1');
  expect(bash(`memport export --format json /dev/stdout | ${count}`, home).stdout).toBe('1\n');
  const log = `{ echo first; memport export --quiet --format json /dev/stdout; echo last; } > log; head -1 log; ${count} log; tail -1 log`;
  expect(bash(log, home).stdout).toBe('first\n1\nlast\n');
  expect(readdirSync(join(home)).filter(name => name.endsWith('.tmp'))).toEqual([]);
});

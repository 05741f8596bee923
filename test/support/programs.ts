import { spawnSync } from 'node:child_process';

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program of the system to its end. */
export function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly input?: string | Buffer } = {},
): Ran {
  const ended = spawnSync(program, args, { ...options, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr };
}

/** Whether a program of the system is missing, for `test.skipIf`; that is said, so that nobody takes its tests for passed. */
export function isMissing(program: string, args: readonly string[] = ['--version']): boolean {
  const ended = spawnSync(program, args);
  const isThere = ended.error === undefined && ended.status === 0;
  if (!isThere) process.stderr.write(`${program} ${args.join(' ')}: missing, its tests are skipped\n`);
  return !isThere;
}

/** A Python that has numpy, else any. */
export const PYTHON =
  ['python3', '/usr/bin/python3'].find(program => spawnSync(program, ['-c', 'import numpy']).status === 0) ??
  'python3';

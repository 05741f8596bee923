import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const BINARY = fileURLToPath(new URL('../../bin/memport.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs the real program to its end; `nodeFlags` go to Node itself, `env` on top of that of the tests. */
export function runBinary(
  args: readonly string[],
  home: string,
  input?: string | Buffer,
  nodeFlags: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Ended {
  const ended = spawnSync(process.execPath, [...nodeFlags, BINARY, ...args], {
    env: { ...process.env, ...env, MEMPORT_HOME: home },
    cwd: home,
    maxBuffer: 256 * 1024 * 1024,
    ...(input !== undefined && { input }),
  });
  return { code: ended.status, stdout: ended.stdout, stderr: ended.stderr.toString('utf8') };
}

/** Starts the real program; `ended` resolves when it is over. */
export function startBinary(
  args: readonly string[],
  home: string,
  env: Readonly<Record<string, string>> = {},
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [BINARY, ...args], {
    env: { ...process.env, ...env, MEMPORT_HOME: home },
    cwd: home,
  });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code =>
      resolve({ code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') }),
    );
  });
  return { child, ended };
}

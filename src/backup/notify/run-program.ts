import { type ChildProcess, spawn } from 'node:child_process';

export interface ProgramOptions {
  /** On top of the process's own. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Run by the system's shell: for a command line that the user wrote. */
  readonly shell?: boolean;
  readonly timeoutMs?: number;
}

export type RunProgram = (
  program: string,
  args: readonly string[],
  options?: ProgramOptions,
) => Promise<string>;

const TIMEOUT_MS = 10_000;
const MOST_OUTPUT = 64 * 1024;

/** Runs a program to its end and resolves to its output; rejects, with what it wrote to stderr, when it fails or takes too long. */
export const runProgram: RunProgram = (program, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...options.env },
      shell: options.shell ?? false,
      // A group of its own, so that what it started ends with it.
      detached: process.platform !== 'win32',
    });
    const timeoutMs = options.timeoutMs ?? TIMEOUT_MS;
    const timer = setTimeout(() => {
      endGroup(child);
      reject(new Error(`it took longer than ${timeoutMs / 1000} seconds and was ended`));
    }, timeoutMs);
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const) {
      child[name].setEncoding('utf8').on('data', (text: string) => {
        said[name] = (said[name] + text).slice(0, MOST_OUTPUT);
      });
    }
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(said.stdout);
      else reject(new Error(`it ended with ${code ?? signal}${said.stderr && `: ${said.stderr.trim()}`}`));
    });
    // A program that reads nothing may have closed its input.
    child.stdin.on('error', () => {});
    child.stdin.end(options.input ?? '');
  });

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid === undefined || process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

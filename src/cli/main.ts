import { keepHeapSmall } from '../heap.ts';
import { run } from './run.ts';

/** Requests to end, with the exit code of each. The terminal's going away is one: its reader is gone, the store is not. */
const SIGNALS = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** The program: the process's own streams, signals and exit code around `run`. */
export async function main(): Promise<void> {
  keepHeapSmall();
  const cwd = workingFolder();
  if (cwd === null) {
    process.stderr.write('memport: the folder it was started in is gone; change to another one\n');
    process.exitCode = 1;
    return;
  }
  const controller = new AbortController();
  for (const [name, code] of SIGNALS) {
    process.on(name, () => {
      // A second request to end does not wait: the store takes an unfinished transaction back by itself.
      if (controller.signal.aborted) process.exit(code);
      controller.abort(name);
    });
  }
  // A reader that went away is no failure; the write that notices ends the command quietly.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  process.exitCode = await run(process.argv.slice(2), {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd,
    now: Date.now,
    signal: controller.signal,
  });
}

/** null when it was removed. */
function workingFolder(): string | null {
  try {
    return process.cwd();
  } catch {
    return null;
  }
}

import { keepHeapSmall } from '../heap.ts';
import { run } from './run.ts';

/** The program: the process's own streams, signals and exit code around `run`. */
export async function main(): Promise<void> {
  keepHeapSmall();
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // A second request to end does not wait: the store takes an unfinished transaction back by itself.
      if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
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
    cwd: process.cwd(),
    now: Date.now,
    signal: controller.signal,
  });
}

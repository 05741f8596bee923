import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { BINARY } from '../support/binary.ts';

export interface CappedEnd {
  /** null where it was killed, for the time that it took or by the system. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The most memory that it had, in MiB; null where it could not say so. */
  readonly peakMiB: number | null;
}

const HEAP_MIB = 256;
const LIMIT_MS = 120_000;
/** Runs in the program before its own code; of Linux. */
const PROBE = `data:text/javascript,${encodeURIComponent(`
  import { readFileSync, writeFileSync } from 'node:fs';
  const place = process.env.MEMPORT_TEST_PEAK;
  process.on('exit', () => writeFileSync(place, readFileSync('/proc/self/status')));`)}`;

/** Runs the real program with a small heap, for a limited time; `peakFile` is where it notes its memory. */
export async function runCapped(
  args: readonly string[],
  cwd: string,
  peakFile: string,
  env: Readonly<Record<string, string>>,
): Promise<CappedEnd> {
  const child = spawn(
    process.execPath,
    [`--max-old-space-size=${HEAP_MIB}`, '--import', PROBE, BINARY, ...args],
    {
      cwd,
      env: { ...process.env, ...env, MEMPORT_TEST_PEAK: peakFile },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MS,
      killSignal: 'SIGKILL',
    },
  );
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return {
    code,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
    peakMiB: takePeak(peakFile),
  };
}

/** Not from resourceUsage, which counts what the process that started it had. */
function takePeak(file: string): number | null {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(file, 'utf8')) ?? [];
    rmSync(file);
    return kilobytes === undefined ? null : Math.round(Number(kilobytes) / 1024);
  } catch {
    return null;
  }
}

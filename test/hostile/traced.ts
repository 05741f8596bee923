import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { BINARY } from '../support/binary.ts';

export const HAS_STRACE =
  spawnSync('strace', ['-V']).status === 0 && spawnSync('strace', ['-qq', 'true']).status === 0;

/** What a process did that others could see. */
export interface Seen {
  readonly call: string;
  /** The file, pipe or socket that it was done to; empty where there is none. */
  readonly target: string;
  /** The rest of the call, with texts in hexadecimal. */
  readonly line: string;
}

export interface Traced {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly seen: readonly Seen[];
}

const CALLS = 'execve,write,pwrite64,writev,pwritev,sendto,sendmsg,openat,mkdir,rename,link,symlink';

/** `strace` before a program, which notes all that it and its children start, write and create; texts whole and in hexadecimal. */
export function strace(log: string): readonly string[] {
  return [
    'strace',
    '-f',
    '-qq',
    '-y',
    '-xx',
    '-s',
    '4000000',
    '--seccomp-bpf',
    '-e',
    `trace=${CALLS}`,
    '-o',
    log,
  ];
}

export const PROGRAM = [process.execPath, BINARY];

/** Runs a program under `strace` to its end. */
export async function traced(
  program: readonly string[],
  options: {
    readonly log: string;
    readonly cwd: string;
    readonly env: NodeJS.ProcessEnv;
    readonly input?: string;
  },
): Promise<Traced> {
  const [command = '', ...args] = [...strace(options.log), ...program];
  const child = spawn(command, args, { cwd: options.cwd, env: options.env });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  child.stdin.end(options.input ?? '');
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), seen: takeLog(options.log) };
}

/** What was noted; the log is removed. */
export function takeLog(log: string): readonly Seen[] {
  const lines = readFileSync(log, 'latin1').split('\n').filter(Boolean);
  rmSync(log);
  return lines.map(line => {
    const [, call = '', rest = ''] = /^\d+ +(?:<\.\.\. )?(\w+)(.*)$/.exec(line) ?? [];
    const [, target = ''] = /^\(\d+<((?:[^>\\]|\\.)*)>/.exec(rest) ?? [];
    return { call, target: unescaped(target), line: rest };
  });
}

/** The texts of a line, from `\x2f\x74` to `2f74`. */
export function hexOf(line: string): string {
  return line.replaceAll('\\x', '');
}

function unescaped(text: string): string {
  return text.replace(/\\x([0-9a-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** How a secret could stand in bytes: as it is, as UTF-16, hexadecimal or base64 at any of its three places. */
export function disguises(secret: string): readonly Buffer[] {
  const bytes = Buffer.from(secret);
  const wide = Buffer.from(secret, 'utf16le');
  const base64 = [0, 1, 2].map(before => {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    return text.slice(Math.ceil((before * 8) / 6), -1);
  });
  return [
    bytes,
    wide,
    Buffer.from(wide).swap16(),
    Buffer.from(bytes.toString('hex')),
    Buffer.from(bytes.toString('hex').toUpperCase()),
    ...base64.flatMap(text => [
      Buffer.from(text),
      Buffer.from(text.replaceAll('+', '-').replaceAll('/', '_')),
    ]),
    Buffer.from(encodeURIComponent(secret)),
  ];
}

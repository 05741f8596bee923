import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { BINARY } from '../support/binary.ts';
import type { Way } from './prove-killed.ts';
import type { Site } from './site.ts';

/** Whether a program can be traced here: not in every container, and on Linux only. */
export const canTrace = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;

/** All that changes what is on a disk. Where the program takes to another call, a test finds less to kill and fails. */
const CALLS =
  'write,writev,pwrite64,pwritev,pwritev2,ftruncate,fallocate,copy_file_range,sendfile,fsync,fdatasync,' +
  'openat,rename,renameat,renameat2,link,linkat,symlink,unlink,unlinkat,mkdir,mkdirat,rmdir';

const STEADY = fileURLToPath(new URL('./steady.ts', import.meta.url));
const WHOLE = 64 * 1024 * 1024;

/** A system call of a run. */
export interface Call {
  readonly name: string;
  /** Of the file behind the descriptor, or the first that is named. Of a pipe or an event: its description. */
  readonly path: string;
  /** Of its thread among the calls of that name on that path, from 1. */
  readonly nth: number;
  /** Whether no other thread had made a call of the same name, path and number: only then can strace be told to hit it. */
  readonly isDistinct: boolean;
  /** Arguments as strace prints them, texts in hexadecimal. */
  readonly args: string;
  /** Negative when it failed. */
  readonly result: number;
  /** When it had begun and when it was over, as lines of the log. */
  readonly began: number;
  readonly ended: number;
}

export interface Traced {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly calls: readonly Call[];
}

/** What is done to the calls of a run: `inject` as strace takes it, at calls on these paths only. */
export interface Injection {
  readonly paths: readonly string[];
  readonly inject: string;
}

/**
 * Runs the real program under strace, the same in every run: with a steady clock, steady random numbers, and one thread for
 * its asynchronous calls, so that each file is written by one thread only. strace counts `when=` by thread and by name of
 * call; with the path, which it filters by, that leaves exactly one call.
 */
export function trace(site: Site, args: readonly string[], injection?: Injection): Traced {
  const log = join(site.folder, 'strace.log');
  const filter = injection?.paths.flatMap(path => ['-P', path]) ?? [];
  const inject = injection === undefined ? [] : ['-e', `inject=${injection.inject}`];
  const flags = ['-f', '-y', '-qq', '-xx', '-v', '-s', String(WHOLE), '-e', 'signal=none'];
  // It is faster, but strace 6 injects no signals then.
  if (!injection?.inject.includes('signal=')) flags.push('--seccomp-bpf');
  const program = [process.execPath, '--import', STEADY, BINARY, ...args];
  const { status, signal, stdout, stderr } = spawnSync(
    'strace',
    [...flags, '-o', log, '-e', `trace=${CALLS}`, ...filter, ...inject, ...program],
    { env: site.env, cwd: site.home, encoding: 'utf8', input: '', maxBuffer: WHOLE },
  );
  return { code: status, signal, stdout, stderr, calls: readLog(readFileSync(log, 'latin1')) };
}

/** Kills it as it begins a system call, which is not carried out. */
export const BY_STRACE: Way<Call> = {
  callsOf(site, args) {
    const whole = trace(site, args);
    if (whole.code !== 0) throw new Error(whole.stderr);
    // The others are syncs of the folder of a store, of which the program and SQLite each make one: they change no content.
    const [distinct, others] = parted(changes(whole.calls));
    expect(others.filter(({ name }) => name !== 'fsync')).toEqual([]);
    return distinct;
  },
  killAt(site, args, { name, path, nth }) {
    const { signal, code } = trace(site, args, { paths: [path], inject: `${name}:signal=KILL:when=${nth}` });
    if (signal !== 'SIGKILL')
      throw new Error(`not killed at ${name} ${nth} of ${path}: it ended with ${code}`);
  },
};

/** Runs the program and has the call fail; with `on`, also all later ones of its name. */
export function failAt(
  site: Site,
  args: readonly string[],
  { name, path, nth }: Call,
  error: string,
  on: '' | '+' = '',
): Traced {
  return trace(site, args, { paths: [path], inject: `${name}:error=${error}:when=${nth}${on}` });
}

function parted(calls: readonly Call[]): readonly [readonly Call[], readonly Call[]] {
  return [calls.filter(({ isDistinct }) => isDistinct), calls.filter(({ isDistinct }) => !isDistinct)];
}

/** Those that change something on a disk. */
export function changes(calls: readonly Call[]): readonly Call[] {
  return calls.filter(({ name, path }) => path.startsWith('/') && name !== 'openat');
}

/** When the program began to say that it has done it. */
export function acknowledged(calls: readonly Call[]): number {
  const said = calls.find(({ name, args }) => name.startsWith('write') && /^[12]</.test(args));
  if (said === undefined) throw new Error('it said nothing');
  return said.began;
}

const WHOLE_LINE = /^(\d+) +(\w+)\((.*)\) += (-?\d+|\?)/;
const BEGUN_LINE = /^(\d+) +(\w+)\((.*?),? *<unfinished \.\.\.>$/;
const ENDED_LINE = /^(\d+) +<\.\.\. (\w+) resumed>(.*)\) += (-?\d+|\?)/;

/** Reads what strace wrote; calls in the order in which they began. */
function readLog(log: string): readonly Call[] {
  const counts = new Map<string, number>();
  const calls: { -readonly [K in keyof Call]: Call[K] }[] = [];
  const unfinished = new Map<string, (typeof calls)[number]>();
  const known = new Set<string>();
  const begin = (thread: string, name: string, args: string, began: number): (typeof calls)[number] => {
    const path = pathOf(args);
    const counted = `${thread} ${name} ${path}`;
    const nth = (counts.get(counted) ?? 0) + 1;
    counts.set(counted, nth);
    const isDistinct = !known.has(`${nth} ${name} ${path}`);
    known.add(`${nth} ${name} ${path}`);
    const call = { name, path, nth, isDistinct, args, result: 0, began, ended: began };
    calls.push(call);
    return call;
  };
  for (const [line, text] of log.split('\n').entries()) {
    const whole = WHOLE_LINE.exec(text);
    if (whole !== null) {
      begin(whole[1] ?? '', whole[2] ?? '', whole[3] ?? '', line).result = Number(whole[4]);
      continue;
    }
    const begun = BEGUN_LINE.exec(text);
    if (begun !== null) {
      const [, thread = '', name = '', args = ''] = begun;
      unfinished.set(thread, begin(thread, name, args, line));
      continue;
    }
    const ended = ENDED_LINE.exec(text);
    const call = unfinished.get(ended?.[1] ?? '');
    if (ended === null || call === undefined) continue;
    call.args += ended[3];
    call.result = Number(ended[4]);
    call.ended = line;
  }
  return calls;
}

/** The first path among the arguments: a descriptor's, or one that is named. */
function pathOf(args: string): string {
  const descriptor = /^\d+<([^>]*)>/.exec(args)?.[1];
  return descriptor === undefined ? (pathsIn(args)[0] ?? '') : unhex(descriptor).toString();
}

/** The texts among the arguments: paths, or what is written. */
export function textsIn(args: string): readonly Buffer[] {
  return [...args.matchAll(/"([^"]*)"/g)].map(([, text = '']) => unhex(text));
}

export function pathsIn(args: string): readonly string[] {
  return textsIn(args).map(String);
}

function unhex(text: string): Buffer {
  return Buffer.from(text.replaceAll('\\x', ''), 'hex');
}

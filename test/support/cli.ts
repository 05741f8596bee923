import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { run } from '../../src/cli/run.ts';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

export interface CliOptions {
  readonly home: string;
  /** All of it, or what yields it bit by bit. */
  readonly stdin?: string | Buffer | (() => AsyncIterable<Buffer>);
  readonly tty?: boolean;
  /** Someone sits at a terminal and types `stdin`. */
  readonly asked?: boolean;
  /** The same, for a single answer. */
  readonly answer?: string;
  readonly columns?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly now?: () => number;
  readonly signal?: AbortSignal;
  readonly cwd?: string;
}

/** A folder that is gone when the test is over. */
export function scratch(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memport-test-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export class Capture extends Writable {
  readonly #chunks: Buffer[] = [];
  readonly isTTY: boolean;
  readonly columns: number;

  constructor(isTTY = false, columns = 80) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  get bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }
}

const CLOCK = Date.parse('2026-06-01T12:00:00Z');

/** Runs a command line in this process, with its own streams and a clock that stands still. */
export async function memport(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const {
    home,
    answer,
    stdin = answer ?? '',
    asked = answer !== undefined,
    tty = asked,
    columns = 80,
  } = options;
  const [stdout, stderr] = [new Capture(tty, columns), new Capture(tty, columns)];
  const io: Io = {
    stdin: Object.assign(Readable.from(chunksOf(stdin)), { isTTY: asked }),
    stdout,
    stderr,
    env: { MEMPORT_HOME: home, ...options.env },
    cwd: options.cwd ?? home,
    now: options.now ?? (() => CLOCK),
    signal: options.signal ?? new AbortController().signal,
  };
  const code = await run(args, io);
  return {
    code,
    stdout: stdout.bytes.toString('utf8'),
    stdoutBytes: stdout.bytes,
    stderr: stderr.bytes.toString('utf8'),
  };
}

function chunksOf(stdin: NonNullable<CliOptions['stdin']>): Iterable<Buffer> | AsyncIterable<Buffer> {
  if (typeof stdin === 'function') return stdin();
  return stdin.length > 0 ? [Buffer.from(stdin)] : [];
}

/** As memport, for a command that must succeed; its standard output without the last newline. */
export async function ok(args: readonly string[], options: CliOptions): Promise<string> {
  const { code, stdout, stderr } = await memport(args, options);
  if (code !== 0) throw new Error(`memport ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout.trimEnd();
}

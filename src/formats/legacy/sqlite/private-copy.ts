import { createHash } from 'node:crypto';
import { mkdtemp, open, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { MemportError } from '../../../errors.ts';
import type { ReadableFile } from '../../../file-access.ts';
import type { WorkOptions } from '../../../model/progress.ts';
import { fileChunks } from '../../json/file-chunks.ts';

export interface PrivateCopy extends AsyncDisposable {
  /** Of the copy of the database file; what SQLite keeps beside it lies beside the copy. */
  readonly path: string;
}

export interface CopyOptions extends WorkOptions {
  /** How often to try again when the database changes while it is copied, and how long to wait in between. */
  readonly tries?: number | undefined;
  readonly pauseMs?: number | undefined;
}

const WAL_HEADER = 32;
/** The write-ahead log, and the journal of a transaction that is under way or was cut off. */
const SIDE_FILES = ['-wal', '-journal'] as const;

/**
 * Copies a database, as one moment of it, to a folder that only its owner can enter. The original is read as plain
 * bytes: no lock is taken, nothing is written or created beside it, whoever has it open. What is committed but still in
 * its write-ahead log comes along. `path` is null where the file has no name. Throws `locked` when it never holds still.
 *
 * Why the copy is one moment: SQLite changes the main file only after the log or journal has what is needed to repeat or
 * to undo the change. So a copy of that side file, made while the main file did not change, belongs to it; that it did
 * not change is seen by reading it again. A log that was begun anew meanwhile, over pages that the main file has already,
 * is seen by its header.
 */
export async function copyPrivately(
  handle: ReadableFile,
  path: string | null,
  options: CopyOptions = {},
): Promise<PrivateCopy> {
  const folder = await mkdtemp(join(tmpdir(), 'memport-'));
  // That it can't be removed is no failure of what was done with it.
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true }).catch(() => {});
  const copy = join(folder, 'copy.db');
  try {
    const { tries = 6, pauseMs = 50 } = options;
    for (let tried = 0; tried < tries; tried++) {
      if (tried > 0) await setTimeout(pauseMs * 2 ** tried, undefined, { signal: options.signal });
      if (await copyOnce(handle, path, copy, options)) return { path: copy, [Symbol.asyncDispose]: remove };
    }
    throw new MemportError('locked', 'the database is being written to all the time', {
      hint: 'stop the program that uses it, or copy the file and import the copy',
    });
  } catch (error) {
    await remove();
    throw error;
  }
}

async function copyOnce(
  handle: ReadableFile,
  path: string | null,
  copy: string,
  options: WorkOptions,
): Promise<boolean> {
  const sum = await copyBytes(handle, copy, options);
  // SQLite names them after the file that a link leads to.
  const original = path === null ? null : await realpath(path);
  for (const suffix of SIDE_FILES) await copySideFile(original, suffix, copy, options);
  const hash = createHash('sha256');
  for await (const chunk of fileChunks(handle, 'copying', options)) hash.update(chunk);
  if (hash.digest('hex') !== sum) return false;
  return original === null || sameBytes(await logHeader(original), await logHeader(copy));
}

/** Of the write-ahead log of a database; null without one. It changes whenever the log is begun anew. */
async function logHeader(database: string): Promise<Buffer | null> {
  try {
    await using log = await open(`${database}-wal`, 'r');
    const { buffer, bytesRead } = await log.read(Buffer.alloc(WAL_HEADER), 0, WAL_HEADER, 0);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function sameBytes(a: Buffer | null, b: Buffer | null): boolean {
  return a === null || b === null ? a === b : a.equals(b);
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

async function copyBytes(from: ReadableFile, to: string, options: WorkOptions): Promise<string> {
  const hash = createHash('sha256');
  await using target = await open(to, 'w', 0o600);
  for await (const chunk of fileChunks(from, 'copying', options)) {
    hash.update(chunk);
    await target.writeFile(chunk);
  }
  return hash.digest('hex');
}

async function copySideFile(
  original: string | null,
  suffix: (typeof SIDE_FILES)[number],
  copy: string,
  options: WorkOptions,
): Promise<void> {
  await rm(copy + suffix, { force: true });
  if (original === null) return;
  try {
    await using side = await open(original + suffix, 'r');
    await copyBytes(side, copy + suffix, options);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

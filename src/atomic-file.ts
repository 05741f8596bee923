import { randomUUID } from 'node:crypto';
import { type FileHandle, open, realpath, rename, rm, stat, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { MemportError, toMemportError } from './errors.ts';

const CHUNK_SIZE = 1024 * 1024;

export interface AtomicOptions<T> {
  /** Proves what was written, through the same handle; when it throws, nothing gets the final name. */
  readonly verify?: (file: FileHandle, written: T) => Promise<void>;
}

/**
 * Writes a file so that under its name there is always the old content or the new one, whole, proven and on stable
 * storage. `write` gets an empty temporary file beside the target, mode 0600, opened for reading and writing. When
 * anything fails the temporary file is removed and the target is as before. A link is followed to its file. A target that
 * is a device or a pipe gets the bytes after the proof instead. Throws MemportError.
 */
export async function writeAtomically<T>(
  target: string,
  write: (file: FileHandle) => Promise<T>,
  options: AtomicOptions<T> = {},
): Promise<T> {
  const { path, kind } = await resolveTarget(target);
  if (kind === 'stream') return writeToDevice(path, write, options);
  const temporary = join(dirname(path), `.${basename(path).slice(0, 100)}.${randomUUID()}.tmp`);
  const file = await opening(target, open(temporary, 'wx+', 0o600));
  try {
    try {
      const written = await write(file);
      await options.verify?.(file, written);
      await file.sync();
      await rename(temporary, path);
      await syncFolder(dirname(path));
      return written;
    } finally {
      await file.close();
    }
  } catch (error) {
    await rm(temporary, { force: true });
    throw toMemportError(error);
  }
}

/**
 * As writeAtomically for a stream, such as standard output: the whole content is written to a nameless file in the
 * system's temporary folder and proven before the first byte goes out. Does not end the stream; the last byte has
 * left it when this resolves.
 */
export async function writeProven<T>(
  output: Writable,
  write: (file: FileHandle) => Promise<T>,
  options: AtomicOptions<T> = {},
): Promise<T> {
  const ignore = (): void => {};
  output.on('error', ignore);
  try {
    return await proveThenSend(chunk => sendTo(output, chunk), write, options);
  } finally {
    output.off('error', ignore);
  }
}

async function writeToDevice<T>(
  path: string,
  write: (file: FileHandle) => Promise<T>,
  options: AtomicOptions<T>,
): Promise<T> {
  const device = await opening(path, open(path, 'w'));
  try {
    return await proveThenSend(chunk => device.writeFile(chunk), write, options);
  } finally {
    await device.close();
  }
}

async function proveThenSend<T>(
  send: (chunk: Buffer) => Promise<void>,
  write: (file: FileHandle) => Promise<T>,
  options: AtomicOptions<T>,
): Promise<T> {
  const temporary = join(tmpdir(), `memport-${randomUUID()}.tmp`);
  const file = await opening(temporary, open(temporary, 'wx+', 0o600));
  try {
    await unlink(temporary);
    const written = await write(file);
    await options.verify?.(file, written);
    const stream = file.createReadStream({ start: 0, autoClose: false, highWaterMark: CHUNK_SIZE });
    for await (const chunk of stream) await send(chunk);
    return written;
  } catch (error) {
    throw toMemportError(error);
  } finally {
    await file.close();
  }
}

function sendTo(output: Writable, chunk: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    output.write(chunk, error => (error ? reject(error) : resolve()));
  });
}

async function resolveTarget(target: string): Promise<{ path: string; kind: 'file' | 'stream' }> {
  let path = target;
  try {
    path = await realpath(target);
    const stats = await stat(path);
    if (stats.isDirectory())
      throw new MemportError('failed', `${target} is a folder`, { hint: 'Give the name of a file in it.' });
    return { path, kind: stats.isFile() ? 'file' : 'stream' };
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { path, kind: 'file' };
    throw unwritable(target, error);
  }
}

async function opening(target: string, file: Promise<FileHandle>): Promise<FileHandle> {
  try {
    return await file;
  } catch (error) {
    throw unwritable(target, error);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder is not a folder',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  EROFS: 'the file system is read-only',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'it is a link that leads to itself',
};

/** A missing folder is a failure to write, not a file that was not found. */
function unwritable(target: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = REASONS[code];
  return reason === undefined
    ? error
    : new MemportError('failed', `${target} can not be written: ${reason}`, { cause: error });
}

/** Makes a rename in the folder survive a power failure. Windows has no such thing. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

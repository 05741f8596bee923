import type { FileHandle } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { MemportError, toMemportError } from './errors.ts';
import { openNameless, sendAll } from './nameless-file.ts';
import { beginFile, type Naming } from './pending-file.ts';

export interface AtomicOptions<T> {
  /** Proves what was written, through the same handle; when it throws, nothing gets the final name. */
  readonly verify?: (file: FileHandle, written: T) => Promise<void>;
  /** Ends the wait for the reader of a stream that takes its time. */
  readonly signal?: AbortSignal | undefined;
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
  return (await writeNamed(target, 'replace', write, options)).written;
}

/** As writeAtomically, with a choice of what happens when the name is taken; resolves to the name that the file has, too. */
export async function writeNamed<T>(
  target: string,
  naming: Naming,
  write: (file: FileHandle) => Promise<T>,
  options: AtomicOptions<T> = {},
): Promise<{ readonly path: string; readonly written: T }> {
  try {
    await using file = await beginFile(target, naming);
    const written = await write(file.handle);
    await options.verify?.(file.handle, written);
    return { path: await file.publish(), written };
  } catch (error) {
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
    await using file = await openNameless();
    const written = await write(file.handle);
    await options.verify?.(file.handle, written);
    await sendAll(file.handle, chunk => sendTo(output, chunk, options.signal));
    return written;
  } catch (error) {
    throw toMemportError(error);
  } finally {
    output.off('error', ignore);
  }
}

function sendTo(output: Writable, chunk: Buffer, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    // The reader may be slow for ever; to be told to end is enough.
    const abort = (): void => reject(new MemportError('interrupted', 'interrupted'));
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    output.write(chunk, error => {
      signal?.removeEventListener('abort', abort);
      if (error) reject(error);
      else resolve();
    });
  });
}

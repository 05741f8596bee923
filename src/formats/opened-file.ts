import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { MemportError } from '../errors.ts';
import type { ReadableFile } from '../file-access.ts';
import { systemCode } from '../file-target.ts';

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
};

/** A file that is read through one handle from beginning to end of the work, whatever happens to its name. */
export interface OpenedFile extends AsyncDisposable {
  readonly handle: ReadableFile;
  readonly size: number;
}

/**
 * Opens a file for reading. A handle that is given is used as it is and stays open when this is disposed of. Throws
 * MemportError: `not_found` for a missing file, `unknown_format` for a folder or another thing that is no regular file.
 */
export async function openFile(file: string | FileHandle): Promise<OpenedFile> {
  const isOwn = typeof file === 'string';
  const name = isOwn ? file : 'the file';
  const handle = isOwn ? await openByName(file) : file;
  const close = async (): Promise<void> => {
    if (isOwn) await handle.close();
  };
  const stats = await handle.stat();
  if (!stats.isFile()) {
    await close();
    const what = stats.isDirectory() ? 'a folder' : 'not a regular file';
    throw new MemportError('unknown_format', `${name} is ${what}`, { hint: 'Give the name of a file.' });
  }
  return { handle, size: stats.size, [Symbol.asyncDispose]: close };
}

async function openByName(path: string): Promise<FileHandle> {
  try {
    // A pipe without a writer would be waited for, for ever. Windows has no such flag.
    return await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const code = systemCode(error);
    if (['ENOENT', 'ENOTDIR'].includes(code))
      throw new MemportError('not_found', `there is no file ${path}`, { cause: error });
    throw new MemportError('failed', `${path} can not be read: ${REASONS[code] ?? String(error)}`, {
      cause: error,
    });
  }
}

import { type FileHandle, mkdir, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode, unwritable } from './file-target.ts';

/**
 * Makes a folder, and those above it that are missing, for their owner only; they survive a power failure once this
 * resolves. One that is there stays as it is. Resolves to whether it was made. Throws MemportError or the system's error.
 *
 * Not mkdir's own `recursive`: of a file system that is read-only, that only says that the folder is not there.
 */
export async function makeFolder(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if (systemCode(error) === 'ENOENT' && dirname(path) !== path) {
      await makeFolder(dirname(path));
      return makeFolder(path);
    }
    if (await isFolder(path)) return false;
    throw unwritable(path, error);
  }
  await syncFolder(dirname(path));
  return true;
}

/** Has the names in a folder, as they are now, survive a power failure, as far as the system has such a thing. */
export async function syncFolder(path: string): Promise<void> {
  await using folder = await openForSync(path);
  await folder.sync();
}

/**
 * A folder, opened before a rename in it so that the rename can be made to survive a power failure. Windows has no such
 * thing, nor has a folder that may be written and not read, nor some network file systems: there nothing is done.
 */
export async function openForSync(path: string): Promise<{ sync(): Promise<void> } & AsyncDisposable> {
  const folder = process.platform === 'win32' ? null : await openFolder(path);
  return {
    sync: async () => {
      await folder?.sync().catch(error => {
        if (!['EINVAL', 'ENOTSUP'].includes(systemCode(error))) throw error;
      });
    },
    [Symbol.asyncDispose]: async () => void (await folder?.close()),
  };
}

async function openFolder(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (['EACCES', 'EPERM'].includes(systemCode(error))) return null;
    throw error;
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}

import { constants } from 'node:fs';
import { type FileHandle, link, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { MemportError } from './errors.ts';
import { resolveTarget, systemCode, unwritable } from './file-target.ts';
import { openForSync } from './folder.ts';
import { removeLeftovers, temporaryName } from './leftovers.ts';
import { openNameless, sendAll } from './nameless-file.ts';

/** What happens when a file has the name already: it is replaced, the write is refused, or the next free name is taken. */
export type Naming = 'replace' | 'refuse' | 'number';

/** A file that is being written and has no name yet. Disposing leaves nothing of it, unless it was published. */
export interface PendingFile extends AsyncDisposable {
  /** Open for reading and writing, mode 0600. */
  readonly handle: FileHandle;
  /** Puts it on stable storage under its name, whole; resolves to that name. Call once. */
  publish(): Promise<string>;
  /** After `publish` under a name that nothing had: it is gone again. What went to a device or a pipe can't be taken back. */
  withdraw(): Promise<void>;
}

/**
 * Begins a file beside its target. A link is followed to its file, also to one that is not there yet; a target that is a
 * device or a pipe gets the bytes when published. With `number` the name is one that nothing had: `a.json`, else
 * `a-2.json`, …. Throws MemportError; with `refuse` and a file that is there, `usage`.
 */
export async function beginFile(target: string, naming: Naming = 'replace'): Promise<PendingFile> {
  if (naming === 'number') return beginBeside(target, target, naming);
  const { path, kind } = await resolveTarget(target);
  if (kind === 'stream') return beginStream(target, path);
  if (kind === 'file' && naming === 'refuse') throw taken(target);
  return beginBeside(target, path, naming);
}

async function beginBeside(target: string, path: string, naming: Naming): Promise<PendingFile> {
  const folder = dirname(path);
  await removeLeftovers(folder);
  const temporary = join(folder, temporaryName());
  const handle = await guarded(target, () => open(temporary, 'wx+', 0o600));
  let published: string | null = null;
  const withdraw = async (): Promise<void> => {
    if (published !== null && naming !== 'replace') await rm(published, { force: true });
  };
  return {
    handle,
    publish: () =>
      guarded(target, async () => {
        await handle.sync();
        await using synced = await openForSync(folder);
        const name = await giveName(temporary, path, naming);
        if (name === null) throw taken(target);
        published = name;
        try {
          await synced.sync();
        } catch (error) {
          // What may not survive must not look as if it had worked; what it has replaced is gone, and it is whole.
          await withdraw().catch(() => {});
          throw error;
        }
        return naming === 'number' ? name : target;
      }),
    withdraw: () => guarded(target, withdraw),
    async [Symbol.asyncDispose]() {
      await handle.close();
      // It has its name, or it is worth nothing; a failure to remove it must not hide why.
      await rm(temporary, { force: true }).catch(() => {});
    },
  };
}

async function beginStream(target: string, path: string): Promise<PendingFile> {
  const device = await guarded(target, () => open(path, constants.O_WRONLY | constants.O_APPEND));
  const file = await openNameless().catch(async error => {
    await device.close();
    throw error;
  });
  return {
    handle: file.handle,
    async publish() {
      await sendAll(file.handle, chunk => device.writeFile(chunk));
      return target;
    },
    async withdraw() {},
    async [Symbol.asyncDispose]() {
      await device.close();
      await file[Symbol.asyncDispose]();
    },
  };
}

/** Resolves to the name that the file has now, or to null when it is taken and no other may be. */
async function giveName(temporary: string, path: string, naming: Naming): Promise<string | null> {
  if (naming === 'replace') {
    await rename(temporary, path);
    return path;
  }
  if (await claim(temporary, path)) return path;
  if (naming === 'refuse') return null;
  for (let n = 2; ; n++) {
    const next = numbered(path, n);
    if (await claim(temporary, next)) return next;
  }
}

/** Gives a file a name that nothing has, in one step; resolves to false when something has it. */
async function claim(temporary: string, path: string): Promise<boolean> {
  try {
    await link(temporary, path);
  } catch (error) {
    return systemCode(error) === 'EEXIST' ? false : claimWithoutLinks(temporary, path);
  }
  // Should that fail, it has its name all the same.
  await rm(temporary).catch(() => {});
  return true;
}

/** For file systems that have no links: the name is taken by an empty file, which the whole one then replaces. */
async function claimWithoutLinks(temporary: string, path: string): Promise<boolean> {
  try {
    await (await open(path, 'wx', 0o600)).close();
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
  try {
    await rename(temporary, path);
    return true;
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** `a.tar.gz` → `a-2.tar.gz` */
function numbered(path: string, n: number): string {
  return path.replace(/((?:\.tar)?\.[^./\\]+)?$/, ending => `-${n}${ending}`);
}

async function guarded<T>(target: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unwritable(target, error);
  }
}

function taken(target: string): MemportError {
  return new MemportError('usage', `${target} is there already`, {
    hint: 'Name another file, or move that one away first.',
  });
}

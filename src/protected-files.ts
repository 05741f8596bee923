import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { MemportError } from './errors.ts';
import { resolveTarget } from './file-target.ts';

/**
 * Refuses a target of a write that is one of `files`, by any name: another spelling, a link, a hard link. Files that do
 * not exist yet count too, where upper and lower case are not told apart. Throws MemportError `usage`; nothing is touched.
 */
export async function refuseProtected(target: string, files: readonly string[]): Promise<void> {
  for (const file of files) {
    if (!(await isSameFile(target, file))) continue;
    throw new MemportError('usage', `${target} is in use by memport itself and can't be written over`, {
      hint: 'Name another file.',
    });
  }
}

async function isSameFile(one: string, other: string): Promise<boolean> {
  const [a, b] = [await identity(one), await identity(other)];
  return a !== null && a === b;
}

/** Device and number of a file, or of its folder with the name, when there is none. */
async function identity(path: string): Promise<string | null> {
  const own = await number(path);
  if (own !== null) return own;
  const end = await resolveTarget(path).then(
    target => target.path,
    () => null,
  );
  if (end === null) return null;
  const folder = (await number(dirname(end))) ?? dirname(end);
  return `${folder}/${basename(end).normalize().toLowerCase()}`;
}

async function number(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null);
  return found === null || found.ino === 0n ? null : `${found.dev}:${found.ino}`;
}

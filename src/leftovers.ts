import { randomUUID } from 'node:crypto';
import { lstat, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const OURS = /^\.memport-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The name of a file that has no name yet: short whatever the final one is, and told from all others at sight. */
export function temporaryName(): string {
  return `.memport-${randomUUID()}.tmp`;
}

/**
 * Removes from a folder what processes of this user that were killed left there: files, or folders with
 * all that is in them, named by `temporaryName`, to which nothing was written for a day. Never fails; what can't be removed stays.
 */
export async function removeLeftovers(
  folder: string,
  nowMs: number = Date.now(),
  what: 'files' | 'folders' = 'files',
): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(found => OURS.test(found))) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => null);
    if (found === null || !(what === 'files' ? found.isFile() : found.isDirectory())) continue;
    const isStale = found.uid === userId(found.uid) && nowMs - found.mtimeMs > DAY_MS;
    if (isStale) await (what === 'files' ? unlink(path) : rm(path, { recursive: true })).catch(() => {});
  }
}

/** Windows has no such ids; there every file counts as the user's. */
function userId(otherwise: number): number {
  return process.getuid?.() ?? otherwise;
}

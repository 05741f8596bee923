import { randomUUID } from 'node:crypto';
import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';

const OURS = /^\.memport-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.tmp$/;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The name of a file that has no name yet: short whatever the final one is, and told from all others at sight. */
export function temporaryName(): string {
  return `.memport-${randomUUID()}.tmp`;
}

/**
 * Removes from a folder what processes of this user that were killed left there: files named by `temporaryName` to
 * which nothing was written for a day. Never fails; what can't be removed stays.
 */
export async function removeLeftovers(folder: string, nowMs: number = Date.now()): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter(found => OURS.test(found))) {
    const path = join(folder, name);
    const found = await lstat(path).catch(() => null);
    const isStale = found?.isFile() && found.uid === userId(found.uid) && nowMs - found.mtimeMs > DAY_MS;
    if (isStale) await unlink(path).catch(() => {});
  }
}

/** Windows has no such ids; there every file counts as the user's. */
function userId(otherwise: number): number {
  return process.getuid?.() ?? otherwise;
}

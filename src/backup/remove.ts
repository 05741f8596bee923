import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncFolder } from '../folder.ts';
import { sidecarPath } from './sidecar.ts';

/**
 * Removes a backup for good. First its sidecar, which makes it one that counts: cut short in between, also by a power
 * failure, a whole file is left that counts for nothing, and never a sidecar that misses its backup.
 */
export async function removeBackup(path: string): Promise<void> {
  for (const file of [sidecarPath(path), path]) {
    await rm(file, { force: true });
    await syncFolder(dirname(path));
  }
}

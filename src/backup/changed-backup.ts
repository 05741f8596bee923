import { MemportError } from '../errors.ts';
import type { WorkOptions } from '../model/progress.ts';
import { readBackup } from './catalog.ts';

/**
 * Refuses a backup that is not, bit for bit, what its sidecar says, with `integrity`: JSON and Markdown prove nothing by
 * themselves, and an older backup that was put in the place of another is whole. Other files pass, as does a missing one.
 */
export async function refuseChangedBackup(path: string, work: WorkOptions = {}): Promise<void> {
  const backup = await readBackup(path, work);
  if (backup === null || backup.state !== 'damaged' || backup.bytes === null) return;
  throw new MemportError('integrity', `the backup ${path} is damaged: ${backup.problem}`, {
    hint: 'nothing was changed; take another backup, or import what is whole with memport import --recover. If it was changed on purpose, use a copy under another name',
  });
}

import type { WorkOptions } from '../model/progress.ts';
import type { Store } from '../store/store.ts';
import { type BackupEntry, type CleanupRequest, cleanUp } from './cleanup.ts';
import { type BackupReport, type BackupRequest, createBackup } from './create.ts';
import type { Destination } from './destination.ts';
import type { Verdict } from './retention.ts';

export interface BackupRun {
  readonly report: BackupReport;
  /** What became of each backup; null where retention was suspended or failed. */
  readonly retention: readonly Verdict<BackupEntry>[] | null;
  /** Why it failed, else null: the backup is no less made. */
  readonly retentionFailure: unknown;
}

/**
 * What an automatic run does: a backup where the store has changed since the newest good one, then retention, which is
 * suspended when the store has become empty or lost more than half of its records.
 */
export async function runBackup(
  store: Store,
  request: Omit<BackupRequest, 'trigger' | 'skipUnchanged'>,
  retention: Omit<CleanupRequest, 'destination' | 'dryRun' | 'nowMs'> & {
    /** Where else the rules hold: the home's own folder, where safety backups are, beside another destination. */
    readonly besides?: readonly Destination[];
  },
  work: WorkOptions = {},
): Promise<BackupRun> {
  const report = await createBackup(store, { ...request, trigger: 'auto', skipUnchanged: true }, work);
  if (report.shrunken !== null) return { report, retention: null, retentionFailure: null };
  const { destination, nowMs } = request;
  try {
    const verdicts: Verdict<BackupEntry>[] = [];
    for (const folder of [destination, ...(retention.besides ?? [])])
      verdicts.push(...(await cleanUp({ ...retention, destination: folder, nowMs, dryRun: false }, work)));
    return { report, retention: verdicts, retentionFailure: null };
  } catch (error) {
    work.signal?.throwIfAborted();
    return { report, retention: null, retentionFailure: error };
  }
}

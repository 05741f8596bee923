import { hostname } from 'node:os';
import type { Config } from '../config.ts';
import { lastSlot } from '../cron.ts';
import { toMemportError } from '../errors.ts';
import type { Home } from '../home.ts';
import { type Backup, scanBackups } from './catalog.ts';
import { configuredDestination, type Destination } from './destination.ts';
import { hostPart } from './name.ts';
import type { ScheduledRun, ScheduleState } from './schedule/state.ts';
import { scheduleStatus } from './schedule/status.ts';

/** How safe the store is, under the names of `--json`. */
export interface BackupStatus {
  readonly destination: string;
  /** The newest backup of the store that is verified and whole; safety backups aside. */
  readonly newest_verified: {
    readonly id: string;
    readonly path: string;
    readonly created: string;
    readonly age_seconds: number;
  } | null;
  readonly enabled: boolean;
  readonly schedule: string;
  readonly timezone: string | null;
  readonly next_run: string | null;
  readonly retry: ScheduleState['retry'];
  readonly last_run: ScheduledRun | null;
  /** What needs attention, in sentences. */
  readonly warnings: readonly string[];
}

export interface BackupStatusOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly config: Config;
  readonly nowMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Looks at the backups and the schedule. A destination that can't be read is a warning, no failure. */
export async function backupStatus(options: BackupStatusOptions): Promise<BackupStatus> {
  const { home, env, config, nowMs } = options;
  const destination = configuredDestination(home, config.backup_destination, env);
  const warnings: string[] = [];
  const schedule = {
    schedule: config.backup_schedule,
    timezone: config.backup_timezone,
    enabled: config.enable_auto_backup,
  };
  const { runs, ...status } = await scheduleStatus(home.state, schedule, nowMs);
  const newest = await newestVerified(destination, options, warnings);
  const [run] = runs;
  if (run?.result === 'failed')
    warnings.push(`the last automatic backup failed (${run.slot}): ${run.error ?? 'unknown'}`);
  if (status.retry !== null)
    warnings.push(
      `an automatic backup failed and is tried again at ${status.retry.next_attempt_at}: ${status.retry.error}`,
    );
  if (newest === null) warnings.push('there is no verified backup: memport backup create');
  else if (isOverdue(lastProof(newest, run), schedule, nowMs))
    warnings.push(`the newest verified backup is older than twice the schedule: ${newest.id}`);
  return {
    destination: destination.folder,
    newest_verified:
      newest === null
        ? null
        : {
            id: newest.id,
            path: newest.path,
            created: new Date(newest.createdMs).toISOString(),
            age_seconds: Math.max(0, Math.round((nowMs - newest.createdMs) / 1000)),
          },
    ...status,
    last_run: run ?? null,
    warnings,
  };
}

async function newestVerified(
  destination: Destination,
  { signal }: BackupStatusOptions,
  warnings: string[],
): Promise<Backup | null> {
  const host = hostPart(hostname());
  try {
    for await (const backup of scanBackups(destination.folder, { signal, mustExist: !destination.isOwn })) {
      // In a shared folder those of another machine say nothing of this store.
      if (backup.trigger === 'safety' || backup.host !== host) continue;
      if (backup.state === 'verified') return backup;
      if (backup.state === 'damaged') warnings.push(`the backup ${backup.id} is damaged: ${backup.problem}`);
    }
  } catch (error) {
    signal?.throwIfAborted();
    warnings.push(toMemportError(error).message);
  }
  return null;
}

/** When the newest backup was last known to hold all that there is: when it was made, or a run found nothing new. */
function lastProof({ createdMs, id }: Backup, run: ScheduledRun | undefined): number {
  const isSame = run?.result === 'unchanged' && run.backup === id;
  return isSame ? Math.max(createdMs, Date.parse(run.finished_at)) : createdMs;
}

/** Whether two slots have passed since. Without automatic backups nothing is overdue. */
function isOverdue(
  sinceMs: number,
  schedule: { readonly schedule: string; readonly timezone: string | null; readonly enabled: boolean },
  nowMs: number,
): boolean {
  if (!schedule.enabled) return false;
  const last = lastSlot(schedule, nowMs);
  const before = last === null ? null : lastSlot(schedule, last - 1);
  return before !== null && sinceMs < before;
}

import { hostname } from 'node:os';
import { type CronSchedule, lastSlot } from '../cron.ts';
import { toMemportError } from '../errors.ts';
import type { WorkOptions } from '../model/progress.ts';
import { age } from './age.ts';
import { type Backup, scanBackups } from './catalog.ts';
import type { Destination } from './destination.ts';
import { hostPart } from './name.ts';
import { type ScheduleStatus, scheduleStatus } from './schedule/status.ts';

export interface HealthRequest {
  readonly folders: readonly Destination[];
  readonly stateFile: string;
  readonly schedule: CronSchedule & { readonly enabled: boolean };
  readonly nowMs: number;
  readonly host?: string | undefined;
}

/** Whether the backups of this machine can be relied on. */
export interface BackupHealth {
  readonly schedule: ScheduleStatus;
  /** The newest one that is proven and whole; safety backups aside. */
  readonly newest: Backup | null;
  /** When it was made, or last found to hold all that is in the store. */
  readonly currentMs: number | null;
  /** What is wrong, in sentences; none when all is well. */
  readonly warnings: readonly string[];
}

/** Reads no more than the newest backups, and fails for none of them: what can not be read is a warning. */
export async function backupHealth(request: HealthRequest, work: WorkOptions = {}): Promise<BackupHealth> {
  const { folders, stateFile, schedule, nowMs, host = hostname() } = request;
  const status = await scheduleStatus(stateFile, schedule, nowMs);
  const warnings: string[] = [];
  let newest: Backup | null = null;
  for (const { folder, isOwn } of folders) {
    try {
      const found = await newestIn(folder, hostPart(host), warnings, { ...work, mustExist: !isOwn });
      if (found !== null && found.createdMs > (newest?.createdMs ?? 0)) newest = found;
    } catch (error) {
      work.signal?.throwIfAborted();
      warnings.push(toMemportError(error).message);
    }
  }
  const currentMs = newest === null ? null : Math.max(newest.createdMs, ...confirmations(status, newest.id));
  warnings.push(...warningsOf(status, currentMs, schedule, nowMs));
  return { schedule: status, newest, currentMs, warnings };
}

async function newestIn(
  folder: string,
  host: string,
  warnings: string[],
  work: WorkOptions & { readonly mustExist: boolean },
): Promise<Backup | null> {
  for await (const backup of scanBackups(folder, work)) {
    if (backup.host !== host || backup.trigger === 'safety') continue;
    if (backup.state === 'verified') return backup;
    warnings.push(`the backup ${backup.id} is passed over: ${backup.problem ?? 'it is not verified'}`);
  }
  return null;
}

/** When runs of the schedule found that the store is as the backup holds it, and made none. */
function confirmations({ runs }: ScheduleStatus, id: string): readonly number[] {
  return runs
    .filter(({ result, backup }) => result === 'unchanged' && backup === id)
    .map(run => Date.parse(run.finished_at));
}

function warningsOf(
  { enabled, retry, runs }: ScheduleStatus,
  currentMs: number | null,
  schedule: CronSchedule,
  nowMs: number,
): readonly string[] {
  const found: string[] = [];
  const off = enabled ? '' : ', and automatic backups are off';
  if (currentMs === null) found.push(`there is no verified backup${off}`);
  else if (nowMs - currentMs > twice(schedule, nowMs))
    found.push(
      `the newest verified backup is ${age(currentMs, nowMs)} old, more than twice the schedule${off}`,
    );
  const [last] = runs;
  if (retry !== null) found.push(`the last try to make a backup failed: ${retry.error}`);
  else if (last?.result === 'failed')
    found.push(`the last automatic backup failed: ${last.error ?? 'unknown'}`);
  return found;
}

/** How long the schedule last took for two slots; without two before, there is no such time. */
function twice(schedule: CronSchedule, nowMs: number): number {
  const last = lastSlot(schedule, nowMs);
  const before = last === null ? null : lastSlot(schedule, last - 1);
  const first = before === null ? null : lastSlot(schedule, before - 1);
  return last === null || first === null ? Number.POSITIVE_INFINITY : last - first;
}

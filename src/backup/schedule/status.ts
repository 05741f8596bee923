import { type CronSchedule, nextSlot } from '../../cron.ts';
import { readState, type ScheduledRun, type ScheduleState } from './state.ts';

/** How the automatic backups stand. */
export interface ScheduleStatus {
  readonly enabled: boolean;
  readonly schedule: string;
  readonly timezone: string | null;
  readonly next_run: string | null;
  readonly retry: ScheduleState['retry'];
  /** Newest first. */
  readonly runs: readonly ScheduledRun[];
}

export async function scheduleStatus(
  stateFile: string,
  schedule: CronSchedule & { readonly enabled: boolean },
  nowMs: number,
): Promise<ScheduleStatus> {
  const { retry, runs } = await readState(stateFile, undefined, 'look');
  const next = schedule.enabled ? nextSlot(schedule, nowMs) : null;
  return {
    enabled: schedule.enabled,
    schedule: schedule.schedule,
    timezone: schedule.timezone,
    next_run: next === null ? null : new Date(next).toISOString(),
    retry,
    runs,
  };
}

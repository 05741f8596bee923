import { type CronSchedule, countSlots, lastSlot } from '../../cron.ts';
import type { ScheduledRun, ScheduleState } from './state.ts';

/** Minutes after a failed attempt until the next; when they are used up the run has failed. */
export const RETRY_MINUTES = [1, 5, 15] as const;
const MINUTE_MS = 60_000;

/** A slot whose backup is to be made now. */
export interface DueSlot {
  readonly slot: number;
  /** How many slots it stands for: those that were missed are made up for once. */
  readonly slots: number;
  /** Of this attempt, from 1. */
  readonly attempt: number;
}

/** What a look at the state finds: what is to be done now, and how the state stands until then. */
export interface Standing {
  readonly due: DueSlot | null;
  readonly settled: number;
  /** Of a slot that is still owed; any other is over. */
  readonly retry: ScheduleState['retry'];
}

/**
 * What is due. `settled` is the state from which to go on where nothing has been settled yet, or where the clock was set
 * back behind what is: a schedule that is switched on begins with its next slot. A slot whose backup failed stays owed when
 * the schedule no longer has it; one that is settled or, after the clock was set back, yet to come, is not. Pure.
 */
export function dueSlot(schedule: CronSchedule, state: ScheduleState, nowMs: number): Standing {
  const settled = state.settled === null ? Number.POSITIVE_INFINITY : Date.parse(state.settled);
  if (settled > nowMs) return { due: null, settled: nowMs, retry: null };
  const failed = state.retry === null ? null : Date.parse(state.retry.slot);
  const owed = failed !== null && failed > settled && failed <= nowMs ? failed : null;
  const retry = owed === null ? null : state.retry;
  const slot = Math.max(lastSlot(schedule, nowMs) ?? settled, owed ?? settled);
  if (slot <= settled) return { due: null, settled, retry };
  // A newer slot does not wait for the retry of an older one: its attempt is the retry.
  const waits = retry !== null && owed === slot && nowMs < Date.parse(retry.next_attempt_at);
  if (waits) return { due: null, settled, retry };
  const slots = Math.max(1, countSlots(schedule, settled, slot));
  return { due: { slot, slots, attempt: (retry?.attempts ?? 0) + 1 }, settled, retry };
}

/** How an attempt ended. */
export type Outcome =
  | { readonly result: 'made' | 'unchanged'; readonly backup: string | null }
  | { readonly result: 'failed'; readonly error: string };

/** The state after an attempt, and the run when that settles the slot; null when it is tried again. Pure. */
export function afterAttempt(
  state: ScheduleState,
  due: DueSlot,
  outcome: Outcome,
  times: { readonly startedMs: number; readonly finishedMs: number },
): { readonly state: ScheduleState; readonly run: ScheduledRun | null } {
  const slot = iso(due.slot);
  const delay = RETRY_MINUTES[due.attempt - 1];
  if (outcome.result === 'failed' && delay !== undefined) {
    const retry = {
      slot,
      attempts: due.attempt,
      next_attempt_at: iso(times.finishedMs + delay * MINUTE_MS),
      error: outcome.error,
    };
    return { state: { ...state, retry }, run: null };
  }
  const run: ScheduledRun = {
    slot,
    slots: due.slots,
    started_at: iso(times.startedMs),
    finished_at: iso(times.finishedMs),
    result: outcome.result,
    attempts: due.attempt,
    backup: outcome.result === 'failed' ? null : outcome.backup,
    error: outcome.result === 'failed' ? outcome.error : null,
  };
  return { state: { ...state, settled: slot, retry: null, runs: [run, ...state.runs] }, run };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

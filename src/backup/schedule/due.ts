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

/**
 * What is due. `settled` is the state from which to go on where nothing has been settled yet, or where the clock was set
 * back behind what is: a schedule that is switched on begins with its next slot. Pure.
 */
export function dueSlot(
  schedule: CronSchedule,
  state: ScheduleState,
  nowMs: number,
): { readonly due: DueSlot | null; readonly settled: number } {
  const settled = state.settled === null ? Number.POSITIVE_INFINITY : Date.parse(state.settled);
  if (settled > nowMs) return { due: null, settled: nowMs };
  const slot = lastSlot(schedule, nowMs);
  if (slot === null || slot <= settled) return { due: null, settled };
  const { retry } = state;
  // A newer slot does not wait for the retry of an older one: its attempt is the retry.
  const waits =
    retry !== null && Date.parse(retry.slot) === slot && nowMs < Date.parse(retry.next_attempt_at);
  if (waits) return { due: null, settled };
  const slots = countSlots(schedule, settled, slot);
  return { due: { slot, slots, attempt: (retry?.attempts ?? 0) + 1 }, settled };
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

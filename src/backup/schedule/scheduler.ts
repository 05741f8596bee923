import { type CronSchedule, nextSlot } from '../../cron.ts';
import { toMemportError } from '../../errors.ts';
import { takeFileLock } from '../../store/file-lock.ts';
import { afterAttempt, type DueSlot, dueSlot, type Outcome, type Standing } from './due.ts';
import { readState, type ScheduledRun, type ScheduleState, writeState } from './state.ts';

export interface SchedulerOptions {
  /** `state.json`; beside it stands the lock. */
  readonly stateFile: string;
  /** Read again before each look, so that a changed setting holds at once; null while the schedule is off. */
  readonly schedule: () => Promise<CronSchedule | null>;
  /** Makes the backup of a slot. What it throws is a failed attempt. */
  readonly backUp: (signal: AbortSignal) => Promise<Extract<Outcome, { result: 'made' | 'unchanged' }>>;
  /** Told of each slot that is settled. A failure of it is no failure of the backup. */
  readonly onRun: (run: ScheduledRun) => Promise<void>;
  /** A line for the log. */
  readonly log: (line: string) => void;
  readonly now: () => number;
  /** Resolves after so many milliseconds, or at once when the signal aborts. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  readonly signal: AbortSignal;
}

/** What a look at the schedule came to. `elsewhere`: another process is making the backup. */
export type Look = 'off' | 'nothing_due' | 'elsewhere' | 'retry_later' | ScheduledRun['result'];

const LONGEST_SLEEP_MS = 30_000;
const SHORTEST_SLEEP_MS = 1000;

/**
 * Looks once whether a backup is due and makes it. However many processes look, each slot is made once: whoever holds the
 * lock makes it, and the others find it settled. A holder that dies leaves the slot unsettled and the lock free.
 */
export async function runDue(options: SchedulerOptions): Promise<Look> {
  const schedule = await options.schedule();
  if (schedule === null) return 'off';
  const seen = await readState(options.stateFile, options.log);
  const standing = dueSlot(schedule, seen, options.now());
  if (standing.due === null && isAt(seen, standing)) return waiting(seen);
  await using lock = await tryLock(`${options.stateFile}.lock`);
  if (lock === null) return 'elsewhere';
  // What was seen may be over by now.
  const state = await readState(options.stateFile, options.log);
  const found = dueSlot(schedule, state, options.now());
  const begun = isAt(state, found)
    ? state
    : { ...state, settled: new Date(found.settled).toISOString(), retry: found.retry };
  if (found.due === null) {
    if (begun !== state) await writeState(options.stateFile, begun);
    return waiting(begun);
  }
  return await attempt(options, begun, found.due);
}

/** null while another holds it. */
async function tryLock(path: string): Promise<AsyncDisposable | null> {
  try {
    return await takeFileLock(path, { timeoutMs: 0, what: 'another process is making the backup' });
  } catch (error) {
    if (toMemportError(error).code === 'locked') return null;
    throw error;
  }
}

async function attempt(options: SchedulerOptions, state: ScheduleState, due: DueSlot): Promise<Look> {
  const startedMs = options.now();
  let outcome: Outcome;
  try {
    outcome = await options.backUp(options.signal);
  } catch (error) {
    // Asked to end: the slot stays due, for whoever looks next.
    options.signal.throwIfAborted();
    outcome = { result: 'failed', error: toMemportError(error).message };
    options.log(`attempt ${due.attempt} of the backup failed: ${outcome.error}`);
  }
  const after = afterAttempt(state, due, outcome, { startedMs, finishedMs: options.now() });
  await writeState(options.stateFile, after.state);
  if (after.run === null) return 'retry_later';
  try {
    await options.onRun(after.run);
  } catch (error) {
    options.log(`the notification failed: ${toMemportError(error).message}`);
  }
  return after.run.result;
}

/** Looks until the signal aborts: at each slot, at each retry, and often enough to notice that the machine slept. */
export async function runScheduler(options: SchedulerOptions): Promise<void> {
  const { signal } = options;
  while (!signal.aborted) {
    try {
      await runDue(options);
    } catch (error) {
      if (signal.aborted) return;
      options.log(`the schedule could not be looked at: ${toMemportError(error).message}`);
    }
    await options.sleep(await untilNext(options), signal);
  }
}

/** Looks until the slot that is due now is settled, waiting between attempts. */
export async function runUntilSettled(options: SchedulerOptions): Promise<Look> {
  for (;;) {
    const look = await runDue(options);
    if (look !== 'retry_later') return look;
    options.signal.throwIfAborted();
    await options.sleep(await untilNext(options), options.signal);
  }
}

async function untilNext(options: SchedulerOptions): Promise<number> {
  try {
    const schedule = await options.schedule();
    if (schedule === null) return LONGEST_SLEEP_MS;
    const now = options.now();
    const { retry } = await readState(options.stateFile);
    const next = nextSlot(schedule, now);
    const untilSlot = next === null ? LONGEST_SLEEP_MS : Math.max(0, next - now);
    // A retry that is due already is made by another process, or could not be begun.
    const untilRetry =
      retry === null
        ? LONGEST_SLEEP_MS
        : Math.max(SHORTEST_SLEEP_MS, Date.parse(retry.next_attempt_at) - now);
    return Math.min(LONGEST_SLEEP_MS, untilSlot, untilRetry);
  } catch {
    return LONGEST_SLEEP_MS;
  }
}

function isAt(state: ScheduleState, { settled, retry }: Standing): boolean {
  return state.settled !== null && Date.parse(state.settled) === settled && state.retry === retry;
}

function waiting(state: ScheduleState): Look {
  return state.retry === null ? 'nothing_due' : 'retry_later';
}

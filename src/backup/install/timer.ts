import type { CronSchedule } from '../../cron.ts';

export const TIMER_KINDS = ['systemd', 'launchd', 'windows', 'crontab'] as const;
export type TimerKind = (typeof TIMER_KINDS)[number];

/** What the system's own scheduler is to start, and when. */
export interface TimerRequest {
  /** Of the unit, agent, task or line: letters, digits and hyphens. */
  readonly name: string;
  /** The program and its arguments, each whole. */
  readonly command: readonly string[];
  readonly schedule: CronSchedule;
  /** The user's home folder. */
  readonly userHome: string;
}

/** How a timer gets there and goes again. Commands are run in order, without a shell. */
export interface TimerPlan {
  readonly kind: TimerKind;
  /** In whole, for their owner only. */
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly install: readonly (readonly string[])[];
  readonly uninstall: readonly (readonly string[])[];
  /** Succeeds where the timer is installed. */
  readonly status: readonly string[];
}

/**
 * How often a scheduler starts us that can't be told the schedule itself: a run that finds nothing due ends at once, so
 * that the slot is made within this time.
 */
export const POLL_MINUTES = 15;

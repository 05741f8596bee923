import type { ScheduledRun } from '../schedule/state.ts';

/** What is told of a scheduled backup. Names and shapes are those that commands and webhooks get as JSON. */
export interface Notice {
  readonly event: 'backup_made' | 'backup_unchanged' | 'backup_failed';
  readonly host: string;
  readonly title: string;
  readonly message: string;
  readonly run: ScheduledRun;
}

export function noticeOf(run: ScheduledRun, host: string): Notice {
  const late = run.slots > 1 ? `, for ${run.slots} slots that were missed` : '';
  switch (run.result) {
    case 'made':
      return {
        event: 'backup_made',
        host,
        title: 'memport made a backup',
        message: `${run.backup ?? 'the backup'} is made and proven${late}`,
        run,
      };
    case 'unchanged':
      return {
        event: 'backup_unchanged',
        host,
        title: 'memport needed no new backup',
        message: `the store is as ${run.backup ?? 'the newest backup'} holds it${late}`,
        run,
      };
    case 'failed':
      return {
        event: 'backup_failed',
        host,
        title: 'memport could not make a backup',
        message: `after ${run.attempts} attempts: ${run.error ?? 'unknown'}. Look with: memport backup list`,
        run,
      };
  }
}

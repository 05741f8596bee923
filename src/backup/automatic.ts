import { hostname } from 'node:os';
import { type Config, portableConfig } from '../config.ts';
import { toMemportError } from '../errors.ts';
import type { Home } from '../home.ts';
import type { Store } from '../store/store.ts';
import { backupFolders, configuredDestination } from './destination.ts';
import { lockOfSettings } from './lock-of-settings.ts';
import { parseFormat } from './name.ts';
import { noticeOf } from './notify/notice.ts';
import { notify } from './notify/notify.ts';
import { retentionRules } from './retention-rules.ts';
import type { Outcome } from './schedule/due.ts';
import type { SchedulerOptions } from './schedule/scheduler.ts';
import type { ScheduledRun } from './schedule/state.ts';

/** How much it matters. */
export type LogLevel = 'info' | 'warning' | 'error';

export interface AutomaticOptions {
  readonly home: Home;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The settings as they are now. */
  readonly settings: () => Promise<Config>;
  /** Opens the store for one run. A missing one fails the run. */
  readonly openStore: () => Promise<Store>;
  /** `memport x.y.z` */
  readonly generator: string;
  readonly log: (line: string, level: LogLevel) => void;
  /** Told of each settled slot, beside the notifications of the settings. */
  readonly onRun?: (run: ScheduledRun) => Promise<void> | void;
  readonly now: () => number;
  readonly sleep: SchedulerOptions['sleep'];
  readonly signal: AbortSignal;
}

/** The schedule of the settings, with what a run does: a backup where something changed, retention, and word of it. */
export function automaticBackups(options: AutomaticOptions): SchedulerOptions {
  const { home, settings, log, now, sleep, signal } = options;
  return {
    stateFile: home.state,
    schedule: async () => {
      const { enable_auto_backup, backup_schedule, backup_timezone } = await settings();
      return enable_auto_backup ? { schedule: backup_schedule, timezone: backup_timezone } : null;
    },
    backUp: work => backUp(options, work),
    onRun: async run => {
      const notice = noticeOf(run, hostname());
      log(`${notice.title}: ${notice.message}`, run.result === 'failed' ? 'error' : 'info');
      await options.onRun?.(run);
      const config = await settings();
      const failures = await notify(notice, {
        on: config.backup_notify,
        desktop: config.backup_notify_desktop,
        command: config.backup_notify_command,
        webhook: config.backup_notify_webhook,
      });
      for (const failure of failures) log(failure, 'warning');
    },
    log: line => log(line, 'warning'),
    now,
    sleep,
    signal,
  };
}

async function backUp(
  { home, env, cwd, settings, openStore, generator, log, now }: AutomaticOptions,
  signal: AbortSignal,
): Promise<Extract<Outcome, { result: 'made' | 'unchanged' }>> {
  const config = await settings();
  const format = parseFormat(config.backup_format);
  const lock = await lockOfSettings(config, { env, cwd, signal, keysFolder: home.keys });
  // Not before a slot is due: whoever only waits for one needs nothing of it.
  const { runBackup } = await import('./run.ts');
  const destination = configuredDestination(home, config.backup_destination, env);
  await using store = await openStore();
  const { report, retention, retentionFailure } = await runBackup(
    store,
    {
      destination,
      format,
      lock,
      nowMs: now(),
      generator,
      config: portableConfig(config),
    },
    {
      rules: retentionRules(config),
      besides: backupFolders(home, destination).slice(1),
      timeZone: config.backup_timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
      lockTimeoutMs: config.store_busy_timeout * 1000,
    },
    { signal },
  );
  if (report.shrunken !== null) {
    const { before, now: left } = report.shrunken;
    log(
      `the store has ${left} records, where the backup before has ${before}: nothing old is cleaned up`,
      'warning',
    );
  }
  if (retentionFailure !== null)
    log(`cleaning up failed: ${toMemportError(retentionFailure).message}`, 'warning');
  for (const { entry, keep, reasons } of retention ?? []) {
    if (!keep) log(`removed ${entry.id}: ${reasons.join('; ')}`, 'info');
  }
  const { outcome, backup } = report;
  return { result: outcome === 'created' ? 'made' : 'unchanged', backup: backup.id };
}

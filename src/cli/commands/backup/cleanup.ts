import { Command } from 'commander';
import { age } from '../../../backup/age.ts';
import type { BackupEntry } from '../../../backup/cleanup.ts';
import type { RetentionRules, Verdict } from '../../../backup/retention.ts';
import type { Act } from '../../act.ts';
import { foldersOf } from '../../backups.ts';
import { readCount } from '../../numbers.ts';
import type { Session } from '../../session.ts';
import { table } from '../../ui/table.ts';
import { visible } from '../../ui/text.ts';

interface CleanupOptions {
  readonly keep?: string;
  readonly keepDaily?: string;
  readonly keepWeekly?: string;
  readonly keepMonthly?: string;
  readonly destination?: string;
  readonly dryRun?: boolean;
}

const COLUMNS = [
  { title: 'BACKUP' },
  { title: 'AGE', align: 'right' },
  { title: 'MADE' },
  { title: '' },
  { title: 'WHY', flexible: true },
] as const;

export const cleanupCommand = (act: Act): Command =>
  new Command('cleanup')
    .description('remove old backups that no rule keeps; never the newest whole one, never another file')
    .option('--keep <n>', 'the newest so many stay (default: the setting backup_retention_count)')
    .option('--keep-daily <n>', 'and the newest of each of so many days')
    .option('--keep-weekly <n>', 'and the newest of each of so many weeks')
    .option('--keep-monthly <n>', 'and the newest of each of so many months')
    .option('--destination <folder>', 'where to clean up (default: the setting backup_destination)')
    .option('--dry-run', 'show what would be removed, and remove nothing')
    .action(act((session, command) => cleanup(session, command.opts<CleanupOptions>())));

/** The rules of the settings, where options do not say otherwise. */
function rulesOf(settings: RetentionRules, options: CleanupOptions): RetentionRules {
  const number = (text: string | undefined, option: string, least: number, setting: number): number =>
    text === undefined ? setting : readCount(text, option, least);
  return {
    last: number(options.keep, '--keep', 1, settings.last),
    daily: number(options.keepDaily, '--keep-daily', 0, settings.daily),
    weekly: number(options.keepWeekly, '--keep-weekly', 0, settings.weekly),
    monthly: number(options.keepMonthly, '--keep-monthly', 0, settings.monthly),
    safety: settings.safety,
  };
}

async function cleanup(session: Session, options: CleanupOptions): Promise<void> {
  const { dryRun = false } = options;
  const config = await session.config();
  const { retentionRules } = await import('../../../backup/retention-rules.ts');
  const rules = rulesOf(retentionRules(config), options);
  const { cleanUp } = await import('../../../backup/cleanup.ts');
  using progress = session.progress();
  const verdicts: Verdict<BackupEntry>[] = [];
  for (const destination of await foldersOf(session, options.destination)) {
    const request = {
      destination,
      rules,
      dryRun,
      nowMs: session.io.now(),
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      lockTimeoutMs: config.store_busy_timeout * 1000,
    };
    verdicts.push(...(await cleanUp(request, { signal: session.io.signal, onProgress: progress.update })));
  }
  progress.clear();
  await print(session, verdicts, dryRun);
}

async function print(
  session: Session,
  verdicts: readonly Verdict<BackupEntry>[],
  dryRun: boolean,
): Promise<void> {
  const removed = verdicts.filter(({ keep }) => !keep).length;
  const kept = verdicts.length - removed;
  if (session.json) {
    for (const { entry, keep, reasons } of verdicts) {
      const { id, path } = entry.backup;
      await session.outJson({ message_type: 'decision', id, path, keep, reasons });
    }
    await session.outJson({ message_type: 'summary', dry_run: dryRun, kept, removed });
    return;
  }
  const rows = verdicts.map(({ entry, keep, reasons }) => [
    visible(entry.id),
    age(entry.createdMs, session.io.now()),
    `${entry.trigger} on ${entry.backup.host}`,
    keep ? 'kept' : dryRun ? 'would go' : 'removed',
    reasons.join('; '),
  ]);
  if (rows.length > 0) await session.out(table(COLUMNS, rows, session.width).join('\n'));
  const did = dryRun ? 'would remove' : 'removed';
  await session.note(`${did} ${removed} of ${verdicts.length} backups`);
}

import { Command } from 'commander';
import { backupRecord } from '../../../backup/backup-record.ts';
import type { BackupReport } from '../../../backup/create.ts';
import type { Act } from '../../act.ts';
import { destinationOf } from '../../backups.ts';
import { addLockOptions, type LockOptions, lockOf } from '../../keys.ts';
import { refuseEmpty } from '../../operands.ts';
import type { Session } from '../../session.ts';
import { formatBytes } from '../../ui/progress.ts';
import { visible } from '../../ui/text.ts';

interface CreateOptions extends LockOptions {
  readonly destination?: string;
  readonly format?: string;
}

export const createCommand = (act: Act): Command =>
  addLockOptions(
    new Command('create')
      .description('back up the whole store to a new file, proven before it counts')
      .option('--destination <folder>', 'where it goes (default: the setting backup_destination)')
      .option('--format <format>', 'archive, json or markdown (default: the setting backup_format)'),
  ).action(act((session, command) => create(session, command.opts<CreateOptions>())));

async function create(session: Session, options: CreateOptions): Promise<void> {
  if (options.destination !== undefined) refuseEmpty(options.destination, 'the folder of --destination');
  const config = await session.config();
  const { parseFormat } = await import('../../../backup/name.ts');
  const format =
    options.format === undefined
      ? parseFormat(config.backup_format)
      : parseFormat(options.format, '--format');
  const lock = await lockOf(session, options, {
    wanted: config.backup_encrypt,
    recipients: config.backup_recipients,
  });
  const { createBackup } = await import('../../../backup/create.ts');
  const { portableConfig } = await import('../../../config.ts');
  const { packageVersion } = await import('../../../version.ts');
  await using store = await session.openStore('existing');
  using progress = session.progress();
  const report = await createBackup(
    store,
    {
      destination: await destinationOf(session, options.destination),
      trigger: 'manual',
      format,
      lock,
      nowMs: session.io.now(),
      generator: `memport ${packageVersion()}`,
      config: portableConfig(config),
    },
    { signal: session.io.signal, onProgress: progress.update },
  );
  progress.clear();
  session.committed(`the backup ${report.backup.path} is made`);
  await printReport(session, report);
}

async function printReport(session: Session, { outcome, backup, shrunken }: BackupReport): Promise<void> {
  if (shrunken !== null)
    await session.warn(
      `the store has ${shrunken.now} records, where the backup before has ${shrunken.before}; ` +
        `if that is not what you want, look at it: memport restore ${shrunken.beforeId} --dry-run`,
    );
  if (session.json) {
    const shrunk_from = shrunken?.before ?? null;
    await session.outJson({ message_type: 'summary', outcome, shrunk_from, ...backupRecord(backup) });
    return;
  }
  await session.out(backup.path);
  const { sidecar } = backup;
  if (sidecar === null) return;
  const what = `${sidecar.memories} memories, ${sidecar.code_units} code units, ${sidecar.vectors} vectors`;
  const how = backup.encrypted ? 'encrypted and verified' : 'verified';
  await session.note(`backed up ${what}, ${formatBytes(sidecar.bytes)}, ${how}`);
  await session.note(`backup ${visible(backup.id)}, content digest ${sidecar.content_digest}`);
}

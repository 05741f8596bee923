import { resolve } from 'node:path';
import { Command } from 'commander';
import type { RestoreReport } from '../../backup/restore.ts';
import { planText, restoreRecord } from '../../backup/restore-report.ts';
import type { Act } from '../act.ts';
import { pathOf } from '../backups.ts';
import { interruptible } from '../input.ts';
import { addKeyOptions, type KeyOptions, keysOf, lockOf } from '../keys.ts';
import { operand, refuseEmpty } from '../operands.ts';
import type { Session } from '../session.ts';
import { confirm, requireAnswer } from '../ui/prompt.ts';
import { visible } from '../ui/text.ts';
import { importFile } from './import.ts';

interface RestoreOptions extends KeyOptions {
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly from?: string;
  readonly mergeStrategy?: string;
}

export const restoreCommand = (act: Act): Command =>
  addKeyOptions(new Command('restore'))
    .description('make the whole store what a file holds, after a safety backup; memport undo takes it back')
    .argument('<file>', "an archive or another export, a backup's id, latest, or - for standard input")
    .option('--dry-run', 'show what would be added, changed and removed, and do nothing')
    .option('--force', 'also when the file holds only a part, so that the rest of the store is removed')
    .option('--merge-strategy <strategy>', 'import the file instead, with this strategy; removes nothing')
    .option('--from <format>', 'what the file is, when its content does not tell')
    .action(act((session, command) => restore(session, operand(command, 0), command.opts<RestoreOptions>())));

async function restore(session: Session, file: string, options: RestoreOptions): Promise<void> {
  const { dryRun = false, force = false, from, mergeStrategy } = options;
  refuseEmpty(file, 'the file to restore');
  const path = file === '-' ? '-' : await pathOf(session, file);
  if (mergeStrategy !== undefined) {
    const filters = { project: [], category: [], tag: [] };
    const near = { nearDuplicates: 'keep', nearDuplicateThreshold: '0.95' };
    const what = {
      ...filters,
      ...near,
      renameProject: [],
      mergeStrategy,
      duplicates: 'skip',
      vectors: 'auto',
      dryRun,
    };
    return importFile(session, path === resolve(session.io.cwd, file) ? file : path, { ...options, ...what });
  }
  if (!dryRun) requireAnswer(session, `restore ${file}`);
  const { restoreSource } = await import('../../backup/restore.ts');
  const { openInput } = await import('../../transfer/open-input.ts');
  const { portableConfig } = await import('../../config.ts');
  const { packageVersion } = await import('../../version.ts');
  const { refuseChangedBackup } = await import('../../backup/changed-backup.ts');
  const config = await session.config();
  if (file !== '-') await refuseChangedBackup(path, { signal: session.io.signal });
  const encryption = { wanted: config.backup_encrypt, recipients: config.backup_recipients };
  await using input = await openInput(file === '-' ? interruptible(session.io) : path, from, {
    keys: await keysOf(session, options),
  });
  await using store = await session.openStore('create');
  using progress = session.progress();
  const nowMs = session.io.now();
  const report = await restoreSource(
    store,
    input.source,
    {
      input: file,
      dryRun,
      force,
      safety: {
        folder: session.home.backups,
        nowMs,
        generator: `memport ${packageVersion()}`,
        config: portableConfig(config),
        lock: dryRun ? undefined : await lockOf(session, {}, encryption),
      },
      embedder: await session.embedder(),
      nowMs,
      confirm: plan => {
        progress.clear();
        return confirm(session, `restore ${file}: ${planText(plan)}. Go on?`);
      },
    },
    { signal: session.io.signal, onProgress: progress.update },
  );
  progress.clear();
  await printReport(session, report);
}

async function printReport(session: Session, report: RestoreReport): Promise<void> {
  const { plan, operationId, safetyBackup, contentDigest, pendingVectors } = report;
  if (session.json) {
    await session.outJson({ message_type: 'summary', ...restoreRecord(report) });
    return;
  }
  for (const [warning, count] of Object.entries(report.warnings))
    await session.warn(count === 1 ? warning : `${warning} (${count} times)`);
  const verb = report.dryRun ? 'would restore' : 'restored';
  await session.out(`${verb} ${visible(report.input)} (${report.format}): ${planText(plan)}`);
  if (!report.vectors)
    await session.note('the file holds no vectors: unchanged records keep theirs, others get new ones');
  if (pendingVectors > 0)
    await session.note(`${pendingVectors} have no vector yet and are found by full text`);
  if (contentDigest !== null) await session.note(`content digest ${contentDigest}`);
  if (safetyBackup !== null) await session.note(`what was there before is in ${safetyBackup}`);
  if (operationId !== null) await session.note(`operation ${operationId}; to take it back: memport undo`);
  if (report.dryRun) await session.note('nothing was changed; without --dry-run it will be');
  else if (operationId === null) await session.note('the store holds exactly this already');
}

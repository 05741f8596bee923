import { Command } from 'commander';
import { age } from '../../../backup/age.ts';
import { backupRecord } from '../../../backup/backup-record.ts';
import type { Backup } from '../../../backup/catalog.ts';
import type { Act } from '../../act.ts';
import { backupOf, foldersOf } from '../../backups.ts';
import { operand } from '../../operands.ts';
import type { Session } from '../../session.ts';
import { formatBytes } from '../../ui/progress.ts';
import { table } from '../../ui/table.ts';
import { visible } from '../../ui/text.ts';

const COLUMNS = [
  { title: 'BACKUP' },
  { title: 'AGE', align: 'right' },
  { title: 'MADE' },
  { title: 'KIND' },
  { title: 'SIZE', align: 'right' },
  { title: 'RECORDS', align: 'right' },
  { title: 'VERIFIED', align: 'right' },
  { title: 'STATE', flexible: true },
] as const;

export const listBackupsCommand = (act: Act): Command =>
  new Command('list')
    .description('show the backups there are, newest first, each held against its checksum')
    .option('--destination <folder>', 'where to look (default: the setting backup_destination)')
    .action(
      act((session, command) => list(session, command.opts<{ readonly destination?: string }>().destination)),
    );

export const showBackupCommand = (act: Act): Command =>
  new Command('show')
    .description('show all that is known of one backup')
    .argument('<id>', 'its id, a part of it that no other has, or latest')
    .action(act((session, command) => show(session, operand(command, 0))));

async function list(session: Session, destination: string | undefined): Promise<void> {
  const { listAll } = await import('../../../backup/find.ts');
  const folders = await foldersOf(session, destination);
  using progress = session.progress();
  const work = { signal: session.io.signal, onProgress: progress.update };
  const backups = await listAll(folders, work);
  progress.clear();
  if (session.json) {
    for (const backup of backups) await session.outJson(backupRecord(backup));
    return;
  }
  const rows = backups.map(backup => rowOf(backup, session.io.now()));
  if (rows.length > 0) await session.out(table(COLUMNS, rows, session.width).join('\n'));
  const where = folders.map(({ folder }) => visible(folder)).join(' and ');
  await session.note(
    backups.length > 0 ? `in ${where}` : `no backups in ${where}; to make one: memport backup create`,
  );
}

function rowOf(backup: Backup, nowMs: number): readonly string[] {
  const { id, createdMs, trigger, host, format, encrypted, bytes, sidecar, state, problem } = backup;
  const verified = sidecar?.verified_at ?? null;
  return [
    id,
    age(createdMs, nowMs),
    `${trigger} on ${host}`,
    encrypted ? `${format}, encrypted` : format,
    bytes === null ? '-' : formatBytes(bytes),
    sidecar === null ? '?' : String(sidecar.memories + sidecar.code_units),
    verified === null ? 'never' : age(Date.parse(verified), nowMs),
    problem === null ? STATES[state] : `${STATES[state]}: ${problem}`,
  ];
}

const STATES: Readonly<Record<Backup['state'], string>> = {
  verified: 'whole',
  unverified: 'not verified',
  damaged: 'damaged',
  no_sidecar: 'without sidecar',
};

async function show(session: Session, id: string): Promise<void> {
  const record = backupRecord(await backupOf(session, id));
  if (session.json) {
    await session.outJson(record);
    return;
  }
  for (const [name, value] of Object.entries(record))
    await session.out(
      `${session.paintOut('dim', `${name.replaceAll('_', ' ')}:`.padEnd(17))}${visible(String(value ?? '-'))}`,
    );
}

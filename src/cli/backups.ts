import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Backup } from '../backup/catalog.ts';
import { backupFolders, configuredDestination, type Destination } from '../backup/destination.ts';
import type { Session } from './session.ts';

/** Where backups go: `--destination`, else the setting; a relative setting is below the home. */
export async function destinationOf(session: Session, flag?: string): Promise<Destination> {
  const { home, io } = session;
  if (flag === undefined)
    return configuredDestination(home, (await session.config()).backup_destination, io.env);
  const folder = resolve(io.cwd, flag);
  return { folder, isOwn: folder === home.backups };
}

/** Where backups are looked for: the destination, and the home's own folder, where safety backups go. */
export async function foldersOf(session: Session, flag?: string): Promise<readonly Destination[]> {
  const destination = await destinationOf(session, flag);
  return flag === undefined ? backupFolders(session.home, destination) : [destination];
}

/** What only a backup is called: a file of that name goes first. */
const BACKUP = /^(latest|[0-9a-z][0-9a-z-]{3,})$/i;

/** The path of what an operand names: a file, or a backup (`backupOf`). */
export async function pathOf(session: Session, operand: string): Promise<string> {
  const path = resolve(session.io.cwd, operand);
  if (!BACKUP.test(operand) || existsSync(path)) return path;
  return (await backupOf(session, operand)).path;
}

/** The backup that is called so: by its id, a part of it, or `latest`, which passes over damaged ones with a warning. */
export async function backupOf(session: Session, called: string): Promise<Backup> {
  const { namedBackup } = await import('../backup/find.ts');
  const folders = await foldersOf(session);
  using progress = session.progress();
  const work = { signal: session.io.signal, onProgress: progress.update };
  const passedOver = async ({ path: other, problem }: Backup): Promise<void> => {
    progress.clear();
    await session.warn(`${other} is passed over: ${problem}`);
  };
  const found = await namedBackup(folders, called, passedOver, work);
  progress.clear();
  if (called === 'latest') await session.note(`the latest backup is ${found.path}`);
  return found;
}

import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Backup } from '../backup/catalog.ts';
import { configuredDestination, type Destination } from '../backup/destination.ts';
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
  if (destination.isOwn || flag !== undefined) return [destination];
  return [destination, { folder: session.home.backups, isOwn: true }];
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
  const { findBackup, latestBackup } = await import('../backup/find.ts');
  const folders = await foldersOf(session);
  using progress = session.progress();
  const work = { signal: session.io.signal, onProgress: progress.update };
  if (called !== 'latest') return await findBackup(folders, called, work);
  const passedOver = async ({ path: other, problem }: Backup): Promise<void> => {
    progress.clear();
    await session.warn(`${other} is passed over: ${problem}`);
  };
  const latest = await latestBackup(folders, passedOver, work);
  progress.clear();
  await session.note(`the latest backup is ${latest.path}`);
  return latest;
}

/** A backup under the names of `--json`. */
export function backupRecord(backup: Backup): Readonly<Record<string, unknown>> {
  const { id, path, createdMs, host, trigger, format, encrypted, state, problem, bytes, sidecar } = backup;
  return {
    id,
    path,
    created: new Date(createdMs).toISOString(),
    host,
    trigger,
    format,
    encrypted,
    state,
    problem,
    bytes,
    memories: sidecar?.memories ?? null,
    code_units: sidecar?.code_units ?? null,
    tombstones: sidecar?.tombstones ?? null,
    vectors: sidecar?.vectors ?? null,
    sha256: sidecar?.sha256 ?? null,
    content_digest: sidecar?.content_digest ?? null,
    schema_version: sidecar?.schema_version ?? null,
    generator: sidecar?.generator ?? null,
    verified_at: sidecar?.verified_at ?? null,
    shrunken: sidecar?.shrunken ?? null,
  };
}

const UNITS = [
  ['y', 365 * 86_400],
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** `3 d`, `5 min`, `now`; what lies in the future says so. */
export function age(ms: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - ms) / 1000);
  if (seconds < 0) return 'future';
  const unit = UNITS.find(([, size]) => seconds >= size);
  return unit === undefined ? 'now' : `${Math.floor(seconds / unit[1])} ${unit[0]}`;
}

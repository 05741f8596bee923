import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { MemportError } from '../errors.ts';
import { systemCode } from '../file-target.ts';
import { fileChunks } from '../formats/json/file-chunks.ts';
import type { WorkOptions } from '../model/progress.ts';
import { missingFolder } from './destination.ts';
import { type BackupName, parseBackupName } from './name.ts';
import { readSidecar, type Sidecar } from './sidecar.ts';

export type BackupState =
  /** It is, bit for bit, what was read in full and proven. */
  | 'verified'
  /** It has the bytes of its sidecar, and was not proven since. */
  | 'unverified'
  /** It is missing, or has other bytes than its sidecar says. */
  | 'damaged'
  /** Nothing says what it should be: its sidecar is missing, or damaged itself. */
  | 'no_sidecar';

export interface Backup extends BackupName {
  readonly path: string;
  readonly state: BackupState;
  /** Of the file; null where it is missing. */
  readonly bytes: number | null;
  readonly sidecar: Sidecar | null;
  /** What is wrong, for people; null where nothing is. */
  readonly problem: string | null;
}

export interface ListOptions extends WorkOptions {
  /** Whether a folder that is not there is `not_found`; else it has no backups. */
  readonly mustExist?: boolean;
  /** Others are passed over unread. */
  readonly isMeant?: (place: Place) => boolean;
}

/** Where a backup stands among others. */
export type Place = Pick<Backup, 'id' | 'path'>;

/** Newest first by their names, to the second; of one second by their letters. */
export function byPlace(a: Place, b: Place): number {
  if (a.id !== b.id) return a.id < b.id ? 1 : -1;
  return a.path < b.path ? -1 : Number(a.path > b.path);
}

/**
 * The backups in a folder, newest first, told by their names and held against their sidecars by the checksum of the whole
 * file: also encrypted ones, without a key. Other files are passed over.
 */
export async function listBackups(folder: string, options: ListOptions = {}): Promise<readonly Backup[]> {
  const backups: Backup[] = [];
  for await (const backup of scanBackups(folder, options)) backups.push(backup);
  return backups.sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
}

/** As listBackups, one by one, for who needs but the first that fits. Of one second, they come by their letters. */
export async function* scanBackups(folder: string, options: ListOptions = {}): AsyncGenerator<Backup> {
  const names = new Map<string, Place>();
  for (const found of await namesIn(folder, options.mustExist === true)) {
    // A sidecar whose backup is gone tells of it.
    const file = parseBackupName(found) === null ? found.replace(/\.json$/, '') : found;
    const name = parseBackupName(file);
    if (name !== null) names.set(file, { id: name.id, path: join(folder, file) });
  }
  const { isMeant = () => true } = options;
  for (const { path } of [...names.values()].filter(isMeant).sort(byPlace)) {
    const backup = await readBackup(path, options);
    if (backup !== null) yield backup;
  }
}

/** What is known of one file; null for one that is not called like a backup, and for nothing at all. */
export async function readBackup(path: string, work: WorkOptions = {}): Promise<Backup | null> {
  const name = parseBackupName(basename(path));
  if (name === null) return null;
  const bytes = await sizeOf(path);
  const read = await readSidecar(path);
  if (bytes === null && (read === null || read === 'damaged')) return null;
  if (read === null || read === 'damaged' || read.id !== name.id) {
    const problem = read === null ? 'its sidecar is missing' : 'its sidecar is damaged';
    return { ...name, path, bytes, sidecar: null, state: 'no_sidecar', problem };
  }
  const createdMs = Date.parse(read.created);
  const problem = bytes === null ? 'the file is missing' : await changeOf(path, bytes, read, work);
  const proven = read.verified_at === null ? 'unverified' : 'verified';
  return { ...name, createdMs, path, bytes, sidecar: read, problem, state: problem ? 'damaged' : proven };
}

/** `sha256:<hex>` of a whole file. */
export async function checksumOfFile(path: string, work: WorkOptions = {}): Promise<string> {
  await using handle = await open(path, 'r');
  const hash = createHash('sha256');
  for await (const chunk of fileChunks(handle, 'reading', work)) hash.update(chunk);
  return `sha256:${hash.digest('hex')}`;
}

async function changeOf(
  path: string,
  bytes: number,
  sidecar: Sidecar,
  work: WorkOptions,
): Promise<string | null> {
  if (bytes !== sidecar.bytes) return `it has ${bytes} bytes in place of ${sidecar.bytes}`;
  const isSame = (await checksumOfFile(path, work)) === sidecar.sha256;
  return isSame ? null : 'it is not what was written: its checksum differs';
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : null;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function namesIn(folder: string, mustExist: boolean): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw unreadable(folder, error);
    if (!mustExist) return [];
    throw missingFolder(folder, error);
  }
}

function unreadable(folder: string, cause: unknown): MemportError {
  const why = systemCode(cause) === 'ENOTDIR' ? 'it is no folder' : String(cause);
  return new MemportError('failed', `the folder of backups ${folder} can not be read: ${why}`, { cause });
}

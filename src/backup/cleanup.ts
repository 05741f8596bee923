import { hostname } from 'node:os';
import { join } from 'node:path';
import { unwritable } from '../file-target.ts';
import type { WorkOptions } from '../model/progress.ts';
import { takeFileLock } from '../store/file-lock.ts';
import { type Backup, listBackups } from './catalog.ts';
import { type Destination, prepareDestination } from './destination.ts';
import { hostPart } from './name.ts';
import { removeBackup } from './remove.ts';
import {
  decideRetention,
  type RetentionClock,
  type RetentionEntry,
  type RetentionRules,
  type Verdict,
} from './retention.ts';

export const LOCK_FILE = '.memport-cleanup.lock';

export interface CleanupRequest extends RetentionClock {
  readonly destination: Destination;
  readonly rules: RetentionRules;
  readonly dryRun: boolean;
  /** How long to wait for another process that is cleaning up. */
  readonly lockTimeoutMs: number;
  readonly host?: string | undefined;
}

export interface BackupEntry extends RetentionEntry {
  readonly backup: Backup;
}

/**
 * Removes the backups that no rule keeps, one at a time, and resolves to what was decided on each. Only whole and verified
 * backups of this machine are ever removed, by the names and checksums that memport gave them. One cleans up at a
 * time, else `locked`. A backup that is being written has no such name yet.
 */
export async function cleanUp(
  request: CleanupRequest,
  work: WorkOptions = {},
): Promise<readonly Verdict<BackupEntry>[]> {
  const { destination, dryRun, lockTimeoutMs } = request;
  const { folder, isOwn } = destination;
  const decide = async (): Promise<readonly Verdict<BackupEntry>[]> => {
    const backups = await listBackups(folder, { ...work, mustExist: !isOwn });
    return decideRetention(backups.map(entryOf(request)), request.rules, request);
  };
  if (dryRun) return await decide();
  await prepareDestination(destination);
  await using _lock = await takeFileLock(join(folder, LOCK_FILE), {
    timeoutMs: lockTimeoutMs,
    what: `another process is cleaning up ${folder}`,
    signal: work.signal,
  });
  const verdicts = await decide();
  for (const { entry, keep } of verdicts) {
    work.signal?.throwIfAborted();
    if (!keep) await remove(entry.backup);
  }
  return verdicts;
}

function entryOf({ host = hostname() }: CleanupRequest): (backup: Backup) => BackupEntry {
  const own = hostPart(host);
  return backup => ({
    id: backup.id,
    createdMs: backup.createdMs,
    trigger: backup.trigger,
    state: backup.state === 'no_sidecar' ? 'unverified' : backup.host === own ? backup.state : 'other',
    shrunken: backup.sidecar?.shrunken === true,
    backup,
  });
}

async function remove({ path }: Backup): Promise<void> {
  try {
    await removeBackup(path);
  } catch (error) {
    throw unwritable(path, error);
  }
}

import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, join } from 'node:path';
import { MemportError } from '../errors.ts';
import type { Lock } from '../formats/age/keys.ts';
import { SCHEMA_VERSION } from '../formats/archive/manifest.ts';
import { EVERYTHING } from '../model/filter.ts';
import { instantFromMilliseconds } from '../model/instant.ts';
import type { JsonObject } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { Store } from '../store/store.ts';
import { exportWithDigest } from '../transfer/export.ts';
import type { ExportReport } from '../transfer/export-plan.ts';
import { recordsDigest, storeDigest } from '../transfer/store-digest.ts';
import { type Backup, checksumOfFile, scanBackups } from './catalog.ts';
import { type Destination, prepareDestination } from './destination.ts';
import {
  type BackupFormat,
  type BackupName,
  backupName,
  hostPart,
  parseBackupName,
  type Trigger,
} from './name.ts';
import { type Sidecar, writeSidecar } from './sidecar.ts';

export interface BackupRequest {
  readonly destination: Destination;
  readonly trigger: Trigger;
  readonly format: BackupFormat;
  /** What it is encrypted to; it is not, without. */
  readonly lock?: Lock | undefined;
  readonly nowMs: number;
  /** `memport x.y.z` */
  readonly generator: string;
  /** The effective configuration, without secrets and paths. */
  readonly config: JsonObject;
  /** Makes none where the newest good backup holds the same. */
  readonly skipUnchanged?: boolean | undefined;
  readonly host?: string | undefined;
  readonly random?: ((size: number) => Uint8Array) | undefined;
}

export interface BackupReport {
  /** `unchanged`: the backup told of is the one that holds the same already. */
  readonly outcome: 'created' | 'unchanged';
  readonly backup: Backup;
  /**
   * The store is empty, or has less than half of the records of the backup before: retention is not to run then, for a
   * broken source must not push out good copies.
   */
  readonly shrunken: { readonly before: number; readonly now: number; readonly beforeId: string } | null;
}

/** For a name; each has four letters more that are left to chance. */
const MAX_TRIES = 100;

/**
 * Writes all that is in the store to one file of the destination, proven before it gets a name that no other has, and then
 * the sidecar beside it. Killed at any time it leaves what was there, and perhaps a whole backup without its sidecar.
 */
export async function createBackup(
  store: Store,
  request: BackupRequest,
  work: WorkOptions = {},
): Promise<BackupReport> {
  const { destination, trigger, host = hostname() } = request;
  await prepareDestination(destination);
  const last = trigger === 'safety' ? null : await lastGood(destination.folder, host, work);
  if (request.skipUnchanged && last !== null && (await isUnchanged(store, last, request.format, work)))
    return { outcome: 'unchanged', backup: last, shrunken: null };
  const { report, digest } = await writeBackup(store, request, host, work);
  const shrunken = shrinking(last, report);
  const path = report.path ?? '';
  const name = parseBackupName(basename(path));
  if (name === null) throw new RangeError(`${path} is not called like a backup`);
  let sidecar: Sidecar;
  try {
    const sum = await checksumOfFile(path, work);
    sidecar = describe(name, request, { report, digest, sum, isShrunken: shrunken !== null });
    await writeSidecar(path, sidecar, 'refuse');
  } catch (error) {
    // It is whole, but what failed or was called off must not look as if it had worked.
    await rm(path, { force: true }).catch(() => {});
    throw error;
  }
  const { bytes } = report;
  const backup: Backup = {
    ...name,
    createdMs: request.nowMs,
    path,
    state: 'verified',
    bytes,
    sidecar,
    problem: null,
  };
  return { outcome: 'created', backup, shrunken };
}

/** Whether a backup in this format would hold no more than the last one does. Markdown has no vectors. */
async function isUnchanged(
  store: Store,
  last: Backup,
  format: BackupFormat,
  work: WorkOptions,
): Promise<boolean> {
  const digest = last.sidecar?.content_digest ?? null;
  if (digest === null) return false;
  const asMarkdown = last.format === 'markdown' && format === 'markdown';
  return digest === (await (asMarkdown ? recordsDigest : storeDigest)(store, undefined, work));
}

/** The newest backup of this machine that is proven and no safety backup. */
async function lastGood(folder: string, host: string, work: WorkOptions): Promise<Backup | null> {
  const own = hostPart(host);
  for await (const backup of scanBackups(folder, work)) {
    if (backup.host === own && backup.trigger !== 'safety' && backup.state === 'verified') return backup;
  }
  return null;
}

async function writeBackup(
  store: Store,
  request: BackupRequest,
  host: string,
  work: WorkOptions,
): ReturnType<typeof exportWithDigest> {
  const { destination, trigger, format, lock, nowMs, generator, config, random = randomBytes } = request;
  const exportDate = instantFromMilliseconds(nowMs);
  const what = {
    filter: EVERYTHING,
    embeddings: true,
    code: true,
    singleFile: true,
    naming: 'refuse',
  } as const;
  for (let tries = 1; ; tries++) {
    const parts = { host, nowMs, trigger, random, format, encrypted: lock !== undefined };
    const target = join(destination.folder, backupName(parts));
    try {
      return await exportWithDigest(
        store,
        { ...what, format, target, exportDate, generator, config, lock },
        work,
      );
    } catch (error) {
      // The name is taken: the next one has other letters.
      if (!(error instanceof MemportError) || error.code !== 'usage' || tries === MAX_TRIES) throw error;
    }
  }
}

function shrinking(last: Backup | null, report: ExportReport): BackupReport['shrunken'] {
  if (last === null || last.sidecar === null) return null;
  const before = last.sidecar.memories + last.sidecar.code_units;
  const now = report.memories + report.code_units;
  return before > 0 && now * 2 < before ? { before, now, beforeId: last.id } : null;
}

function describe(
  name: BackupName,
  { generator, nowMs }: BackupRequest,
  written: {
    readonly report: ExportReport;
    readonly digest: string;
    readonly sum: string;
    readonly isShrunken: boolean;
  },
): Sidecar {
  const { report, digest, sum, isShrunken } = written;
  const created = new Date(nowMs).toISOString();
  return {
    sidecar_version: '1.0.0',
    id: name.id,
    created,
    host: name.host,
    trigger: name.trigger,
    format: name.format,
    generator,
    schema_version: SCHEMA_VERSION,
    memories: report.memories,
    code_units: report.code_units,
    tombstones: report.tombstones,
    vectors: report.vectors,
    bytes: report.bytes,
    sha256: sum,
    content_digest: digest,
    encrypted: report.encrypted,
    verified_at: created,
    shrunken: isShrunken,
  };
}

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { MemportError } from '../errors.ts';
import type { Keys } from '../formats/age/keys.ts';
import type { Source, Verification } from '../formats/source.ts';
import type { WorkOptions } from '../model/progress.ts';
import { openInput } from '../transfer/open-input.ts';
import { stageSource } from '../transfer/stage.ts';
import { storeDigest } from '../transfer/store-digest.ts';
import { type Backup, checksumOfFile, readBackup } from './catalog.ts';
import { type Sidecar, writeSidecar } from './sidecar.ts';

export interface VerifyRequest {
  readonly keys: Keys;
  /** Also restore it, into a store of its own that is thrown away, and compare what is in there. */
  readonly restore: boolean;
  readonly nowMs: number;
}

export interface BackupCheck {
  /** Of a file that is not called like a backup: its name. */
  readonly id: string;
  readonly path: string;
  /** `locked`: it has the bytes that were written, and what is in it could not be read without a key. */
  readonly result: 'verified' | 'damaged' | 'locked';
  /** For people; null where nothing is wrong. */
  readonly problem: string | null;
  readonly contentDigest: string | null;
  readonly restored: boolean;
  /** Why the result could not be noted in the sidecar; null where it was, or where there was nothing to note. */
  readonly notNoted: string | null;
}

const DAMAGE: ReadonlySet<string> = new Set(['integrity', 'unknown_format', 'not_found']);

/**
 * Reads a backup in full, as a restore would, and holds it against its sidecar. What came out is noted in the sidecar; a
 * whole file that has none gets one. Damage is a result; everything else that fails is thrown.
 */
export async function verifyBackup(
  backup: Backup,
  request: VerifyRequest,
  work: WorkOptions = {},
): Promise<BackupCheck> {
  const { id, path, sidecar } = backup;
  const failed = { id, path, contentDigest: null, restored: false, notNoted: null };
  if (backup.state === 'damaged') return { ...failed, result: 'damaged', problem: backup.problem };
  try {
    const { verification, source } = await readInFull(path, sidecar, request, work);
    const notNoted = await note(path, () => describe(backup, verification, source, request, work));
    const { contentDigest } = verification;
    return {
      ...failed,
      result: 'verified',
      problem: null,
      contentDigest,
      restored: request.restore,
      notNoted,
    };
  } catch (error) {
    const failure = failureOf(error);
    if (sidecar === null || failure.result === 'locked') return { ...failed, ...failure };
    const notNoted = await note(path, async () => ({ ...sidecar, verified_at: null }));
    return { ...failed, ...failure, notNoted };
  }
}

/** As verifyBackup, for any file that can be imported; one that is called like a backup is held against its sidecar. */
export async function verifyFile(
  path: string,
  request: VerifyRequest,
  work: WorkOptions = {},
): Promise<BackupCheck> {
  const backup = await readBackup(path, work);
  if (backup !== null) return await verifyBackup(backup, request, work);
  const plain = { id: basename(path), path, contentDigest: null, restored: false, notNoted: null };
  try {
    const { verification } = await readInFull(path, null, request, work);
    const { contentDigest } = verification;
    return { ...plain, result: 'verified', problem: null, contentDigest, restored: request.restore };
  } catch (error) {
    // There is no backup of which it could be said that it is missing.
    if (error instanceof MemportError && error.code === 'not_found') throw error;
    return { ...plain, ...failureOf(error) };
  }
}

/** What a failure to read says of the file. What it does not say of the file is thrown. */
function failureOf(error: unknown): Pick<BackupCheck, 'result' | 'problem'> & { readonly problem: string } {
  if (!(error instanceof MemportError)) throw error;
  if (error.code === 'no_key') return { result: 'locked', problem: error.message };
  if (DAMAGE.has(error.code)) return { result: 'damaged', problem: error.message };
  throw error;
}

/** What a source says of itself once it was read. */
type Told = Pick<Source, 'header' | 'schemaVersion'>;

async function readInFull(
  path: string,
  sidecar: Sidecar | null,
  { keys, restore }: VerifyRequest,
  work: WorkOptions,
): Promise<{ readonly verification: Verification; readonly source: Told }> {
  await using input = await openInput(path, undefined, { keys });
  const { source } = input;
  const { header, schemaVersion } = source;
  if (!restore) {
    const verification = await source.verify(work);
    compare(sidecar, verification);
    return { verification, source: { header, schemaVersion } };
  }
  await using staged = await stageSource(source, work);
  const { verification, found } = staged;
  compare(sidecar, verification);
  if (found.rejected > 0)
    throw new MemportError('integrity', `${found.rejected} of its records can not be stored`);
  const digest = await storeDigest(staged.store, undefined, work);
  const expected = verification.contentDigest ?? sidecar?.content_digest ?? digest;
  if (digest !== expected) throw new MemportError('integrity', 'what it restores is not what was backed up');
  return { verification: { ...verification, contentDigest: digest }, source: { header, schemaVersion } };
}

function compare(sidecar: Sidecar | null, found: Verification): void {
  if (sidecar === null) return;
  const isSame =
    sidecar.memories === found.memories &&
    sidecar.code_units === found.codeUnits &&
    sidecar.tombstones === found.tombstones &&
    sidecar.vectors === found.vectors &&
    (found.contentDigest ?? sidecar.content_digest) === sidecar.content_digest;
  if (!isSame) throw new MemportError('integrity', 'it holds something else than its sidecar says');
}

/** A destination that can only be read is no reason to call a whole backup bad. */
async function note(path: string, make: () => Promise<Sidecar>): Promise<string | null> {
  try {
    const sidecar = await make();
    // A cleanup may have removed it meanwhile, sidecar first: then none must come back.
    await stat(path);
    await writeSidecar(path, sidecar, 'replace');
    return null;
  } catch (error) {
    if (error instanceof Error && error.name === 'AbortError') throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

async function describe(
  backup: Backup,
  found: Verification,
  { header, schemaVersion }: Told,
  { nowMs }: VerifyRequest,
  work: WorkOptions,
): Promise<Sidecar> {
  const verified_at = new Date(nowMs).toISOString();
  if (backup.sidecar !== null) return { ...backup.sidecar, verified_at };
  return {
    sidecar_version: '1.0.0',
    id: backup.id,
    created: new Date(backup.createdMs).toISOString(),
    host: backup.host,
    trigger: backup.trigger,
    format: backup.format,
    generator: typeof header.generator === 'string' ? header.generator : 'memport',
    schema_version: schemaVersion,
    memories: found.memories,
    code_units: found.codeUnits,
    tombstones: found.tombstones,
    vectors: found.vectors,
    bytes: backup.bytes ?? 0,
    sha256: await checksumOfFile(backup.path, work),
    content_digest: found.contentDigest,
    encrypted: backup.encrypted,
    verified_at,
    shrunken: false,
  };
}

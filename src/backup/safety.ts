import { randomBytes } from 'node:crypto';
import { chmod, mkdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { MemportError, toMemportError } from '../errors.ts';
import { EVERYTHING } from '../model/filter.ts';
import { instantFromMilliseconds } from '../model/instant.ts';
import type { JsonObject } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { Store } from '../store/store.ts';
import { exportStore } from '../transfer/export.ts';
import { backupName } from './name.ts';

export interface SafetyOptions {
  /** The folder of backups; made where it is missing, for its owner only. */
  readonly folder: string;
  readonly nowMs: number;
  /** `memport x.y.z` */
  readonly generator: string;
  /** The effective configuration, without secrets and paths. */
  readonly config: JsonObject;
  readonly random?: (size: number) => Uint8Array;
}

/**
 * Writes a proven archive of all that is committed in the store, under a name that no other file has, and resolves to its
 * path. Throws when that does not succeed: then whatever it was to secure must not be done.
 */
export async function takeSafetyBackup(
  store: Store,
  options: SafetyOptions,
  work: WorkOptions = {},
): Promise<string> {
  const { folder, nowMs, generator, config, random = randomBytes } = options;
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const target = await freePath(folder, { host: hostname(), nowMs, trigger: 'safety', random });
    const exportDate = instantFromMilliseconds(nowMs);
    const what = { format: 'archive', filter: EVERYTHING, embeddings: true, code: true } as const;
    await exportStore(store, { ...what, target, exportDate, generator, config }, work);
    return target;
  } catch (error) {
    const { code, message } = toMemportError(error);
    const why = `the safety backup in ${folder} failed, so nothing was done: ${message}`;
    throw new MemportError(code === 'not_found' ? 'failed' : code, why, {
      hint: 'make room there and let memport write there',
      cause: error,
    });
  }
}

async function freePath(folder: string, parts: Parameters<typeof backupName>[0]): Promise<string> {
  for (;;) {
    const path = join(folder, backupName(parts));
    if (!(await exists(path))) return path;
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

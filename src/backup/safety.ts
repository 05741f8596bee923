import { MemportError, toMemportError } from '../errors.ts';
import type { Lock } from '../formats/age/keys.ts';
import type { JsonObject } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { Store } from '../store/store.ts';
import { createBackup } from './create.ts';

export interface SafetyOptions {
  /** The folder of backups; made where it is missing, for its owner only. */
  readonly folder: string;
  readonly nowMs: number;
  /** `memport x.y.z` */
  readonly generator: string;
  /** The effective configuration, without secrets and paths. */
  readonly config: JsonObject;
  /** What it is encrypted to; it is not, without. */
  readonly lock?: Lock | undefined;
  readonly random?: (size: number) => Uint8Array;
}

/**
 * Makes a proven backup of all that is committed in the store, and resolves to its path. Throws when that does not
 * succeed: then whatever it was to secure must not be done.
 */
export async function takeSafetyBackup(
  store: Store,
  { folder, ...options }: SafetyOptions,
  work: WorkOptions = {},
): Promise<string> {
  try {
    const destination = { folder, isOwn: true };
    const request = { ...options, destination, trigger: 'safety', format: 'archive' } as const;
    const { backup } = await createBackup(store, request, work);
    return backup.path;
  } catch (error) {
    const { code, message } = toMemportError(error);
    const why = `the safety backup in ${folder} failed, so nothing was done: ${message}`;
    throw new MemportError(code, why, {
      hint: 'make room there and let memport write there',
      cause: error,
    });
  }
}

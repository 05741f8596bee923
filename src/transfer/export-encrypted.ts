import type { WritableFile } from '../file-access.ts';
import type { Keys, Lock } from '../formats/age/keys.ts';
import type { WorkOptions } from '../model/progress.ts';
import { SealedSpool } from '../sealed-spool.ts';
import type { Written } from './export-plan.ts';

/** What was written, and what opens it again to prove it; no keys for a file that is not encrypted. */
export interface Sealed {
  readonly written: Written;
  readonly keys: Keys | undefined;
}

/**
 * Writes with `write`, and encrypts that to an empty file. Writers of formats go back and fill in what they know at the
 * end, which no age file allows: so they write to a sealed spool, and nothing lies on a disk in the clear.
 */
export async function writeEncrypted(
  file: Pick<WritableFile, 'appendFile'>,
  lock: Lock,
  write: (file: WritableFile) => Promise<Written>,
  work: WorkOptions,
): Promise<Sealed> {
  const { encryptTo } = await import('../formats/age/encrypt.ts');
  await using spool = await SealedSpool.open();
  const written = await write(spool);
  const { bytes, keys } = await encryptTo(file, spool.pages(), lock, { ...work, size: spool.size });
  return { written: { ...written, bytes }, keys };
}

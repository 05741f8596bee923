import type { OpenedFile } from '../opened-file.ts';
import { dearmor } from './armor.ts';
import { unlockHeader } from './header.ts';
import { type Keys, NO_KEYS } from './keys.ts';
import { type OnDamage, Payload } from './payload.ts';
import { isArmored } from './sniff.ts';

export interface DecryptOptions {
  readonly keys?: Keys | undefined;
  readonly onDamage?: OnDamage | undefined;
}

/**
 * The plaintext of an encrypted file, as a file: decrypted while it is read, kept nowhere. Disposing of it disposes of the
 * encrypted one; when this throws, that is still the caller's. Throws `no_key` when no key fits, `integrity` for damage.
 */
export async function openEncrypted(
  file: OpenedFile,
  head: Buffer,
  { keys = NO_KEYS, onDamage }: DecryptOptions,
): Promise<OpenedFile> {
  const decoded = isArmored(head) ? await dearmor(file.handle) : null;
  try {
    const sealed = decoded?.handle ?? file.handle;
    const { size: start, fileKey } = await unlockHeader(sealed, keys);
    const close = async (): Promise<void> => {
      await decoded?.[Symbol.asyncDispose]();
      await file[Symbol.asyncDispose]();
    };
    const handle = await Payload.open(sealed, { start, fileKey, onDamage, close });
    return { handle, size: handle.size, [Symbol.asyncDispose]: close };
  } catch (error) {
    await decoded?.[Symbol.asyncDispose]();
    throw error;
  }
}

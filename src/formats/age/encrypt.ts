import { Encrypter } from 'age-encryption';
import type { WritableFile } from '../../file-access.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { Identity, Keys, Lock } from './keys.ts';
import { passphraseRecipient } from './passphrase.ts';

export interface Encrypted {
  /** Of the encrypted file. */
  readonly bytes: number;
  /**
   * Opens this one file, to prove it: for a passphrase the passphrase itself, for recipients the file key, which is
   * random, stands nowhere else in the clear, and is forgotten with this object.
   */
  readonly keys: Keys;
}

/** Writes an age file to an empty file, in one pass and flat memory. The recipients were checked. `size`: of `plain`. */
export async function encryptTo(
  file: Pick<WritableFile, 'appendFile'>,
  plain: AsyncIterable<Uint8Array>,
  lock: Lock,
  { size, signal, onProgress }: WorkOptions & { readonly size: number },
): Promise<Encrypted> {
  const { encrypter, keys } = prepare(lock);
  let [done, bytes] = [0, 0];
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of plain) {
      signal?.throwIfAborted();
      yield chunk;
      done += chunk.length;
      onProgress?.({ phase: 'encrypting', done, total: size, unit: 'bytes' });
    }
  };
  const sealed = await encrypter.encrypt(ReadableStream.from(counted()));
  for await (const chunk of sealed) {
    await file.appendFile(chunk);
    bytes += chunk.length;
  }
  return { bytes, keys };
}

function prepare(lock: Lock): { readonly encrypter: Encrypter; readonly keys: Keys } {
  const encrypter = new Encrypter();
  if ('passphrase' in lock) {
    encrypter.addRecipient(passphraseRecipient(lock.passphrase));
    return {
      encrypter,
      keys: { identities: async () => [], passphrase: async () => lock.passphrase },
    };
  }
  if (lock.recipients.length === 0) throw new RangeError('there is nobody to encrypt for');
  for (const recipient of lock.recipients) encrypter.addRecipient(recipient);
  const witness = new Witness();
  encrypter.addRecipient(witness);
  return { encrypter, keys: { identities: async () => [witness], passphrase: async () => null } };
}

/** Sees the file key when the file is made, adds nothing to it, and gives the key back when the file is proven. */
class Witness implements Identity {
  #fileKey: Uint8Array | null = null;

  wrapFileKey(fileKey: Uint8Array): [] {
    this.#fileKey = fileKey.slice();
    return [];
  }

  unwrapFileKey(): Uint8Array | null {
    return this.#fileKey;
  }
}

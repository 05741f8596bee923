import { MemportError } from '../../errors.ts';
import { checkRecipient } from '../../formats/age/identity.ts';
import type { Lock } from '../../formats/age/keys.ts';
import { homeRecipients } from './identities.ts';
import { namesPassphrase, type PassphraseSources, readPassphrase } from './passphrase.ts';

export interface LockSources extends PassphraseSources {
  /** `--recipient`, or those of the settings. */
  readonly recipients: readonly string[];
  readonly keysFolder: string;
  /** Asks someone for a new passphrase, twice; null where there is nobody. */
  readonly ask: () => Promise<string | null>;
}

/**
 * What a file is to be encrypted to: the recipients that are named; else a passphrase that is named, by option or
 * environment; else the keys of the home; else a passphrase that someone types. Throws `usage` where two are named, and
 * `no_key` where there is nothing.
 */
export async function chooseLock(sources: LockSources): Promise<Lock> {
  const { recipients, passphraseFile, keysFolder, ask } = sources;
  if (recipients.length > 0 && passphraseFile !== undefined)
    throw new MemportError('usage', 'a file is encrypted to recipients or to a passphrase, not to both');
  for (const recipient of recipients) checkRecipient(recipient);
  if (recipients.length > 0) return { recipients };
  if (namesPassphrase(sources)) return { passphrase: (await readPassphrase(sources)) ?? '' };
  const own = await homeRecipients(keysFolder);
  if (own.length > 0) return { recipients: own.flatMap(key => key.recipients) };
  const passphrase = await ask();
  if (passphrase !== null) return { passphrase };
  throw new MemportError('no_key', 'there is nothing to encrypt to', {
    hint: 'make a key with memport key generate, or name --recipient or --passphrase-file',
  });
}

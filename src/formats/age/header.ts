import { Decrypter, type Identity, type Stanza } from 'age-encryption';
import { MemportError } from '../../errors.ts';
import { type ReadableFile, readUpTo } from '../../file-access.ts';
import { damagedAge } from './damage.ts';
import type { Keys } from './keys.ts';
import { MAX_WORK_FACTOR, passphraseIdentity, readStanza } from './passphrase.ts';

/** Room for hundreds of recipients; more would only be work for whoever tries the keys. */
const MAX_HEADER_BYTES = 256 * 1024;
const FIRST_READ = 4096;
const END = Buffer.from('\n--- ');

export interface UnlockedHeader {
  /** Of the header in bytes, its last line feed included. */
  readonly size: number;
  readonly fileKey: Uint8Array;
}

/**
 * Reads the header of an encrypted file and unwraps its file key, which the header's MAC proves. Throws `no_key` when no
 * key fits, `integrity` for a header that is damaged.
 */
export async function unlockHeader(file: ReadableFile, keys: Keys): Promise<UnlockedHeader> {
  const header = await readHeader(file);
  const stanzas = await stanzasOf(header);
  const decrypter = stanzas.some(({ args }) => args[0] === 'scrypt')
    ? await byPassphrase(keys, stanzas)
    : await byIdentities(keys);
  const fileKey = await unwrap(header, decrypter);
  if (fileKey === null) throw noneFits(stanzas);
  return { size: header.length, fileKey };
}

async function readHeader(file: ReadableFile): Promise<Buffer> {
  for (let length = FIRST_READ; ; length = MAX_HEADER_BYTES) {
    const bytes = await readUpTo(file, length, 0);
    const mac = bytes.indexOf(END);
    const end = mac < 0 ? -1 : bytes.indexOf(0x0a, mac + END.length);
    if (end >= 0) return bytes.subarray(0, end + 1);
    if (bytes.length < length) throw damagedAge('The header of the encrypted file is damaged or cut off.');
    if (length === MAX_HEADER_BYTES) throw damagedAge('The header of the encrypted file is too long.');
  }
}

/** What the file key is wrapped to, in the order of the header. */
async function stanzasOf(header: Buffer): Promise<readonly Stanza[]> {
  let found: readonly Stanza[] = [];
  const decrypter = new Decrypter();
  decrypter.addIdentity(
    watcher(stanzas => {
      found = stanzas;
    }),
  );
  await unwrap(header, decrypter);
  return found;
}

/** null when none of the keys fits. */
async function unwrap(header: Buffer, decrypter: Decrypter): Promise<Uint8Array | null> {
  let wasPassed = false;
  decrypter.addIdentity(
    watcher(() => {
      wasPassed = true;
    }),
  );
  try {
    return await decrypter.decryptHeader(header);
  } catch (error) {
    if (wasPassed) return null;
    throw damagedAge('The header of the encrypted file is damaged.', error);
  }
}

/** Sees the stanzas when every identity before it has passed them over, and passes them over too. */
function watcher(onStanzas: (stanzas: readonly Stanza[]) => void): Identity {
  return {
    unwrapFileKey(stanzas) {
      onStanzas(stanzas);
      return null;
    },
  };
}

async function byIdentities(keys: Keys): Promise<Decrypter> {
  const decrypter = new Decrypter();
  for (const identity of await keys.identities()) {
    try {
      decrypter.addIdentity(identity);
    } catch {
      // The package's own words could hold what it was given.
      throw new MemportError('no_key', 'an identity is not of a kind that memport knows', {
        hint: 'an identity begins with AGE-SECRET-KEY-1 or AGE-SECRET-KEY-PQ-1, as memport key generate and age-keygen write it',
      });
    }
  }
  return decrypter;
}

async function byPassphrase(keys: Keys, stanzas: readonly Stanza[]): Promise<Decrypter> {
  const { workFactor } = readStanza(stanzas);
  if (workFactor > MAX_WORK_FACTOR)
    throw new MemportError(
      'integrity',
      `the passphrase of the file takes too much work: 2^${workFactor} steps, where 2^${MAX_WORK_FACTOR} are allowed`,
      { hint: 'decrypt it with age itself, if you trust where it comes from' },
    );
  const decrypter = new Decrypter();
  const passphrase = await keys.passphrase();
  if (passphrase !== null) decrypter.addIdentity(passphraseIdentity(passphrase));
  return decrypter;
}

function noneFits(stanzas: readonly Stanza[]): MemportError {
  if (stanzas.some(({ args }) => args[0] === 'scrypt'))
    return new MemportError('no_key', 'the file is encrypted, and the passphrase is missing or wrong', {
      hint: 'give it by --passphrase-file, MEMPORT_PASSPHRASE, MEMPORT_PASSPHRASE_FILE or MEMPORT_PASSPHRASE_COMMAND, or type it on a terminal',
    });
  return new MemportError('no_key', 'the file is encrypted, and no identity at hand opens it', {
    hint: 'name the file of the right one: --identity <file>, or MEMPORT_IDENTITY',
  });
}

import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { type Identity, type Recipient, Stanza } from 'age-encryption';
import { damagedAge } from './damage.ts';

const LABEL = Buffer.from('age-encryption.org/v1/scrypt');
const SALT = 16;
const TAG = 16;
const FILE_KEY = 16;
const NONCE = Buffer.alloc(12);
const BLOCK_SIZE = 8;
/** As age itself: about a second of work, and 256 MiB of memory. */
const WORK_FACTOR = 18;
/** 1 GiB of memory. */
export const MAX_WORK_FACTOR = 20;

/**
 * The recipient of a passphrase, as age has it. The package has one too; its scrypt is JavaScript, which is slower and
 * holds up everything else meanwhile.
 */
export function passphraseRecipient(passphrase: string): Recipient {
  return {
    async wrapFileKey(fileKey) {
      const salt = randomBytes(SALT);
      const key = await deriveKey(passphrase, salt, WORK_FACTOR);
      const cipher = createCipheriv('chacha20-poly1305', key, NONCE, { authTagLength: TAG });
      const body = Buffer.concat([cipher.update(fileKey), cipher.final(), cipher.getAuthTag()]);
      return [new Stanza(['scrypt', unpadded(salt), String(WORK_FACTOR)], new Uint8Array(body))];
    },
  };
}

/** What opens a file that has the one stanza of a passphrase and no other; see `readStanza`. */
export function passphraseIdentity(passphrase: string): Identity {
  return {
    async unwrapFileKey(stanzas) {
      const { salt, workFactor, body } = readStanza(stanzas);
      const key = await deriveKey(passphrase, salt, workFactor);
      const decipher = createDecipheriv('chacha20-poly1305', key, NONCE, { authTagLength: TAG });
      decipher.setAuthTag(body.subarray(FILE_KEY));
      const fileKey = decipher.update(body.subarray(0, FILE_KEY));
      try {
        decipher.final();
        return new Uint8Array(fileKey);
      } catch {
        return null;
      }
    },
  };
}

export interface PassphraseStanza {
  readonly salt: Buffer;
  /** The logarithm to the base 2 of the number of steps. */
  readonly workFactor: number;
  readonly body: Uint8Array;
}

/** The stanza of a passphrase, which stands alone. Throws `integrity` for anything else. */
export function readStanza(stanzas: readonly Stanza[]): PassphraseStanza {
  const [stanza] = stanzas;
  const [type, salt = '', factor = '', ...more] = stanza?.args ?? [];
  const bytes = Buffer.from(salt, 'base64');
  const isRight =
    stanzas.length === 1 &&
    type === 'scrypt' &&
    more.length === 0 &&
    unpadded(bytes) === salt &&
    bytes.length === SALT &&
    /^[1-9]\d{0,2}$/.test(factor) &&
    stanza?.body.length === FILE_KEY + TAG;
  if (!isRight) throw damagedAge('The header of the encrypted file is damaged.');
  return { salt: bytes, workFactor: Number(factor), body: stanza.body };
}

function deriveKey(passphrase: string, salt: Buffer, workFactor: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const N = 2 ** workFactor;
  const maxmem = 2 * 128 * N * BLOCK_SIZE;
  const done = (error: Error | null, key: Buffer): void => (error === null ? resolve(key) : reject(error));
  scrypt(passphrase, Buffer.concat([LABEL, salt]), 32, { N, r: BLOCK_SIZE, p: 1, maxmem }, done);
  return promise;
}

/** Base64 without padding. */
function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}

import { createDecipheriv, hkdfSync } from 'node:crypto';
import { type ReadableFile, readUpTo } from '../../file-access.ts';
import { damagedAge } from './damage.ts';

const CHUNK = 64 * 1024;
const TAG = 16;
const SEALED = CHUNK + TAG;
const NONCE = 16;
/** As many as cursors read an archive at once, and one more each. */
const CACHED_CHUNKS = 8;

/**
 * `blank`: what is damaged reads as zeros, for a recovery, which then finds out what is missing; at its end, it is as if the
 * file was cut off there.
 */
export type OnDamage = 'throw' | 'blank';

export interface PayloadOptions {
  /** Where the payload begins: the size of the header. */
  readonly start: number;
  readonly fileKey: Uint8Array;
  readonly onDamage?: OnDamage | undefined;
  /** What closing does. */
  readonly close: () => Promise<void>;
}

/**
 * The plaintext of an age file, read at any place: its chunks are sealed one by one (age-encryption.org/v1, STREAM). Not
 * one byte is given that was not authenticated. The last chunk is opened first, so that a file that was cut off or
 * added to is refused at once. Throws `integrity`.
 */
export class Payload implements ReadableFile {
  readonly #file: ReadableFile;
  readonly #start: number;
  readonly #key: Buffer;
  #sealedBytes: number;
  readonly #onDamage: OnDamage;
  readonly #cache = new Map<number, Promise<Buffer>>();

  readonly close: () => Promise<void>;

  private constructor(file: ReadableFile, key: Buffer, sealedBytes: number, options: PayloadOptions) {
    this.#file = file;
    this.#start = options.start + NONCE;
    this.#key = key;
    this.#sealedBytes = sealedBytes;
    this.#onDamage = options.onDamage ?? 'throw';
    this.close = options.close;
  }

  static async open(file: ReadableFile, options: PayloadOptions): Promise<Payload> {
    const { start, fileKey } = options;
    const nonce = await readUpTo(file, NONCE, start);
    if (nonce.length < NONCE) throw damagedAge('The encrypted file is truncated.');
    const key = Buffer.from(hkdfSync('sha256', fileKey, nonce, 'payload', 32));
    const { size } = await file.stat();
    const payload = new Payload(file, key, size - start - NONCE, options);
    await payload.#checkEnd();
    return payload;
  }

  get size(): number {
    return Math.max(0, this.#sealedBytes - this.#chunks * TAG);
  }

  get #chunks(): number {
    return Math.max(1, Math.ceil(this.#sealedBytes / SEALED));
  }

  async stat(): Promise<{ readonly size: number }> {
    return { size: this.size };
  }

  async read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number; readonly buffer: Buffer }> {
    const end = Math.min(position + length, this.size);
    let done = 0;
    while (position + done < end) {
      const at = position + done;
      const chunk = await this.#chunk(Math.floor(at / CHUNK));
      const from = at % CHUNK;
      done += chunk.copy(buffer, offset + done, from, Math.min(chunk.length, from + end - at));
    }
    return { bytesRead: done, buffer };
  }

  async #checkEnd(): Promise<void> {
    const last = this.#sealedBytes - (this.#chunks - 1) * SEALED;
    const isEmpty = last === TAG && this.#chunks > 1;
    if ((last < TAG || isEmpty) && this.#onDamage === 'throw')
      throw damagedAge('The encrypted file is truncated.');
    const index = this.#chunks - 1;
    if (this.#onDamage === 'throw') await this.#chunk(index);
    else if ((await this.#unsealed(index)) === null) this.#sealedBytes = index * SEALED;
  }

  #chunk(index: number): Promise<Buffer> {
    const known = this.#cache.get(index);
    if (known !== undefined) {
      this.#cache.delete(index);
      this.#cache.set(index, known);
      return known;
    }
    const opening = this.#open(index);
    this.#cache.set(index, opening);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > CACHED_CHUNKS && oldest !== undefined) this.#cache.delete(oldest);
    return opening;
  }

  async #open(index: number): Promise<Buffer> {
    const plain = await this.#unsealed(index);
    if (plain !== null) return plain;
    if (this.#onDamage === 'blank') return Buffer.alloc(CHUNK);
    throw damagedAge(
      index === this.#chunks - 1
        ? 'The encrypted file is damaged or truncated.'
        : 'The encrypted file is damaged.',
    );
  }

  /** null for a chunk that is damaged. */
  async #unsealed(index: number): Promise<Buffer | null> {
    const length = Math.min(SEALED, this.#sealedBytes - index * SEALED);
    const sealed = await readUpTo(this.#file, Math.max(0, length), this.#start + index * SEALED);
    if (sealed.length < TAG) return null;
    const isLast = index === this.#chunks - 1;
    const plain = unseal(this.#key, index, isLast, sealed);
    return plain ?? (this.#onDamage === 'blank' && isLast ? unsealCut(this.#key, index, sealed) : null);
  }
}

/** What is the last chunk of a file that was cut off right behind it. */
function unsealCut(key: Buffer, index: number, sealed: Buffer): Buffer | null {
  return sealed.length === SEALED ? unseal(key, index, false, sealed) : null;
}

/** null for a chunk that is not the one that was written at this place. */
function unseal(key: Buffer, index: number, isLast: boolean, sealed: Buffer): Buffer | null {
  const nonce = Buffer.alloc(12);
  nonce.writeUIntBE(index, 5, 6);
  nonce[11] = isLast ? 1 : 0;
  const decipher = createDecipheriv('chacha20-poly1305', key, nonce, { authTagLength: TAG });
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG));
  const plain = decipher.update(sealed.subarray(0, sealed.length - TAG));
  try {
    decipher.final();
    return plain;
  } catch {
    return null;
  }
}

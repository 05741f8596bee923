import { createHash, type Hash } from 'node:crypto';
import { HashThread, type ThreadHash } from './hash-thread.ts';

/** So much is hashed where it comes; what is longer is worth a thread. */
const SMALL = 2 * 1024 * 1024;

/**
 * A SHA-256 that moves to another thread when there is much to hash, so that whoever feeds it can go on. Bytes are copied
 * before `update` returns.
 */
export class Sha256 {
  #begun: Buffer[] = [];
  #size = 0;
  #hash: Hash | ThreadHash | null = null;

  update(bytes: Uint8Array): this {
    if (this.#hash !== null) {
      this.#hash.update(bytes);
      return this;
    }
    this.#size += bytes.length;
    if (this.#size > SMALL) this.#begin(HashThread.hash() ?? createHash('sha256')).update(bytes);
    else this.#begun.push(Buffer.from(bytes));
    return this;
  }

  /** Hexadecimal. Ends the hash. */
  digest(): string {
    const hash = this.#hash ?? this.#begin(createHash('sha256'));
    return Buffer.from(hash.digest()).toString('hex');
  }

  #begin(hash: Hash | ThreadHash): Hash | ThreadHash {
    for (const bytes of this.#begun) hash.update(bytes);
    this.#begun = [];
    this.#hash = hash;
    return hash;
  }
}

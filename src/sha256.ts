import { createHash, type Hash } from 'node:crypto';
import { HashThread, type ThreadHash } from './hash-thread.ts';

/** To start a thread takes as long as to hash so much. */
const LARGE = 64 * 1024 * 1024;

/**
 * A SHA-256 that is computed on another thread where there is much to hash, so that whoever feeds it can go on. Bytes may
 * change once `update` returns.
 */
export class Sha256 {
  readonly #hash: Hash | ThreadHash;

  /** `about`: how many bytes are expected. */
  constructor(about = 0) {
    this.#hash = (about < LARGE ? null : HashThread.hash()) ?? createHash('sha256');
  }

  update(bytes: Uint8Array): this {
    this.#hash.update(bytes);
    return this;
  }

  /** Hexadecimal. Ends the hash. */
  digest(): string {
    return Buffer.from(this.#hash.digest()).toString('hex');
  }
}

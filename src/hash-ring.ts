import { createHash, type Hash } from 'node:crypto';

/*
 * A ring of slots in shared memory, through which one thread has another one hash. What a slot holds belongs to the hash of
 * its number; the last slot of a hash has the digest made, which then stands in the ring for whoever waits.
 */

const SLOTS = 16;
const SLOT_BYTES = 256 * 1024;
const DIGEST_BYTES = 32;

/** Places in the control words. Slots written and slots read count up and wrap around. */
const WRITTEN = 0;
const READ = 1;
const HEADS = 2;
const HEAD_WORDS = 3;
/** What a slot asks for. */
const UPDATE = 0;
const DIGEST = 1;
const DROP = 2;
const END = 3;
/** Without any progress for so long the other thread is taken for dead. */
const PATIENCE_MS = 60_000;

/** The memory that both threads share. */
export interface RingMemory {
  readonly control: Int32Array<SharedArrayBuffer>;
  readonly data: Uint8Array<SharedArrayBuffer>;
  readonly digest: Uint8Array<SharedArrayBuffer>;
}

export function ringMemory(): RingMemory {
  return {
    control: new Int32Array(new SharedArrayBuffer(4 * (HEADS + SLOTS * HEAD_WORDS))),
    data: new Uint8Array(new SharedArrayBuffer(SLOTS * SLOT_BYTES)),
    digest: new Uint8Array(new SharedArrayBuffer(DIGEST_BYTES)),
  };
}

/** The writing end. A call waits, without giving way to other work, while the ring is full. */
export class RingWriter {
  readonly #memory: RingMemory;
  #written = 0;
  /** The slot that is being filled: of which hash, and how far. */
  #filling = -1;
  #filled = 0;

  constructor(memory: RingMemory) {
    this.#memory = memory;
  }

  update(hash: number, bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      if (this.#filling !== hash) {
        this.#flush();
        this.#waitForRoom();
        this.#filling = hash;
      }
      const part = bytes.subarray(at, at + SLOT_BYTES - this.#filled);
      this.#memory.data.set(part, this.#slot() * SLOT_BYTES + this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === SLOT_BYTES) this.#flush();
    }
  }

  /** Ends a hash, whose digest is the next result. */
  finish(hash: number): void {
    this.#command(hash, DIGEST);
  }

  /** The digest of the hash that was finished last, once it is there. */
  result(): Uint8Array {
    while (this.#read() !== this.#written) this.#waitForReader();
    return this.#memory.digest.slice();
  }

  /** Ends a hash whose digest nobody wants any more. */
  drop(hash: number): void {
    this.#command(hash, DROP);
  }

  /** Ends the reading thread. */
  end(): void {
    this.#command(0, END);
  }

  #command(hash: number, kind: number): void {
    this.#flush();
    this.#waitForRoom();
    this.#publish(kind, hash, 0);
  }

  #flush(): void {
    if (this.#filling !== -1) this.#publish(UPDATE, this.#filling, this.#filled);
    this.#filling = -1;
    this.#filled = 0;
  }

  #publish(kind: number, hash: number, length: number): void {
    const { control } = this.#memory;
    control.set([kind, hash, length], HEADS + this.#slot() * HEAD_WORDS);
    this.#written = (this.#written + 1) | 0;
    Atomics.store(control, WRITTEN, this.#written);
    Atomics.notify(control, WRITTEN);
  }

  #slot(): number {
    return this.#written & (SLOTS - 1);
  }

  #waitForRoom(): void {
    while (((this.#written - this.#read()) | 0) >= SLOTS) this.#waitForReader();
  }

  #read(): number {
    return Atomics.load(this.#memory.control, READ);
  }

  #waitForReader(): void {
    const read = this.#read();
    if (read === this.#written) return;
    if (Atomics.wait(this.#memory.control, READ, read, PATIENCE_MS) === 'timed-out')
      throw new Error('the thread that computes checksums does not answer');
  }
}

/** The reading end: hashes what comes until it is told to end. */
export function serve({ control, data, digest }: RingMemory): void {
  const hashes = new Map<number, Hash>();
  for (let read = 0; ; ) {
    while (Atomics.load(control, WRITTEN) === read) Atomics.wait(control, WRITTEN, read);
    const slot = read & (SLOTS - 1);
    const [kind, number = 0, length = 0] = control.subarray(HEADS + slot * HEAD_WORDS);
    const hash = hashes.get(number) ?? createHash('sha256');
    if (kind === UPDATE) {
      hash.update(data.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + length));
      hashes.set(number, hash);
    } else hashes.delete(number);
    if (kind === DIGEST) digest.set(hash.digest());
    read = (read + 1) | 0;
    Atomics.store(control, READ, read);
    Atomics.notify(control, READ);
    if (kind === END) return;
  }
}

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
/** Who reads; whoever is first stays it. */
const READER = 2;
const HEADS = 3;
const HEAD_WORDS = 3;
/** What a slot asks for. */
const UPDATE = 0;
const DIGEST = 1;
const DROP = 2;
const END = 3;
/** Readers: nobody yet, the other thread, or the writer in its place. */
const NOBODY = 0;
const THREAD = 1;
const WRITER = 2;
/** So many waits of so long for a thread that has not begun to read, and for one that has. A process that was stopped meanwhile finds one of them over. */
const WAIT_MS = 500;
const WAITS_TO_BEGIN = 4;
const WAITS_TO_GO_ON = 120;

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

/**
 * The writing end. A call waits, without giving way to other work, while the ring is full. What a thread that never begins
 * should have read, it reads itself. Throws where a thread has begun and does not go on.
 */
export class RingWriter {
  readonly #memory: RingMemory;
  readonly #waitMs: number;
  #own: RingReader | null = null;
  #isLost = false;
  #written = 0;
  /** The slot that is being filled: of which hash, and how far. */
  #filling = -1;
  #filled = 0;

  constructor(memory: RingMemory, waitMs = WAIT_MS) {
    this.#memory = memory;
    this.#waitMs = waitMs;
  }

  /** Whether there is no thread behind it, or none any more. */
  get isAlone(): boolean {
    return this.#own !== null || this.#isLost;
  }

  /** To be told when the thread has ended of an error. */
  lose(): void {
    if (this.#own !== null) return;
    const reader = Atomics.compareExchange(this.#memory.control, READER, NOBODY, WRITER);
    if (reader === NOBODY) this.#own = new RingReader(this.#memory);
    else this.#isLost = true;
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
    this.#waitWhile(read => read !== this.#written);
    return this.#memory.digest.slice();
  }

  /** Ends a hash whose digest nobody wants any more. */
  drop(hash: number): void {
    this.#dismiss(hash, DROP);
  }

  /** Ends the reading thread. */
  end(): void {
    this.#dismiss(0, END);
  }

  /** A thread that is lost needs not be told. */
  #dismiss(hash: number, kind: number): void {
    try {
      this.#command(hash, kind);
    } catch (error) {
      if (!this.#isLost) throw error;
    }
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
    this.#waitWhile(read => ((this.#written - read) | 0) >= SLOTS);
  }

  /** `isAhead`, of how much is read: whether the reader has to go on first. It is asked of the very number that is waited on. */
  #waitWhile(isAhead: (read: number) => boolean): void {
    const { control } = this.#memory;
    let [read, waits] = [Atomics.load(control, READ), 0];
    while (isAhead(read)) {
      const most = Atomics.load(control, READER) === NOBODY ? WAITS_TO_BEGIN : WAITS_TO_GO_ON;
      if (waits === most) this.lose();
      if (this.#isLost) throw new Error('the thread that computes checksums does not answer');
      if (this.#own !== null) this.#own.read();
      else Atomics.wait(control, READ, read, this.#waitMs);
      const now = Atomics.load(control, READ);
      waits = now === read ? waits + 1 : 0;
      read = now;
    }
  }
}

/** The reading end: hashes what comes until it is told to end, unless the writer reads already. */
export function serve(memory: RingMemory): void {
  const { control } = memory;
  if (Atomics.compareExchange(control, READER, NOBODY, THREAD) !== NOBODY) return;
  const reader = new RingReader(memory);
  for (let written = 0; !reader.hasEnded; written = Atomics.load(control, WRITTEN)) {
    if (written === Atomics.load(control, READ)) Atomics.wait(control, WRITTEN, written);
    reader.read();
  }
}

class RingReader {
  readonly #memory: RingMemory;
  readonly #hashes = new Map<number, Hash>();
  hasEnded = false;

  constructor(memory: RingMemory) {
    this.#memory = memory;
  }

  /** Reads what there is. */
  read(): void {
    const { control } = this.#memory;
    for (let read = Atomics.load(control, READ); Atomics.load(control, WRITTEN) !== read; ) {
      this.#take(read & (SLOTS - 1));
      read = (read + 1) | 0;
      Atomics.store(control, READ, read);
      Atomics.notify(control, READ);
    }
  }

  #take(slot: number): void {
    const { control, data, digest } = this.#memory;
    const [kind, number = 0, length = 0] = control.subarray(HEADS + slot * HEAD_WORDS);
    const hash = this.#hashes.get(number) ?? createHash('sha256');
    if (kind === UPDATE) {
      hash.update(data.subarray(slot * SLOT_BYTES, slot * SLOT_BYTES + length));
      this.#hashes.set(number, hash);
    } else this.#hashes.delete(number);
    if (kind === DIGEST) digest.set(hash.digest());
    if (kind === END) this.hasEnded = true;
  }
}

import { type RingMemory, RingWriter, ringMemory } from './hash-ring.ts';
import { startThread } from './thread.ts';

export interface ThreadHash {
  /** Copies the bytes before it returns. */
  update(bytes: Uint8Array): void;
  /** Ends the hash. */
  digest(): Uint8Array;
}

/** Hashes on a thread of its own, which there is as long as there are any. */
export class HashThread {
  static #running: HashThread | null = null;
  readonly #ring: RingWriter;
  readonly #abandoned = new FinalizationRegistry<number>(number => {
    this.#ring.drop(number);
    this.#end();
  });
  #next = 0;
  #open = 0;

  private constructor(start: (memory: RingMemory) => void) {
    const memory = ringMemory();
    start(memory);
    this.#ring = new RingWriter(memory);
  }

  static get isRunning(): boolean {
    return HashThread.#running !== null;
  }

  /** A new hash; null where no thread can be had. */
  static hash(start: (memory: RingMemory) => void = startWorker): ThreadHash | null {
    try {
      HashThread.#running ??= new HashThread(start);
    } catch {
      return null;
    }
    return HashThread.#running.#begin();
  }

  #begin(): ThreadHash {
    const number = this.#next++;
    this.#open += 1;
    const hash: ThreadHash = {
      update: bytes => this.#ring.update(number, bytes),
      digest: () => {
        this.#abandoned.unregister(hash);
        this.#ring.finish(number);
        const digest = this.#ring.result();
        this.#end();
        return digest;
      },
    };
    this.#abandoned.register(hash, number, hash);
    return hash;
  }

  #end(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    this.#ring.end();
    HashThread.#running = null;
  }
}

function startWorker(memory: RingMemory): void {
  // Who waits for the thread sees that it makes no progress; nobody else needs to know.
  startThread(import.meta.url, 'hash-ring', memory).on('error', () => {});
}

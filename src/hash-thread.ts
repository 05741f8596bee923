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

  private constructor(start: StartThread) {
    const memory = ringMemory();
    this.#ring = new RingWriter(memory);
    start(memory, () => this.#ring.lose());
  }

  static get isRunning(): boolean {
    return HashThread.#running !== null;
  }

  /** A new hash; null where no thread can be had. */
  static hash(start: StartThread = startWorker): ThreadHash | null {
    try {
      HashThread.#running ??= new HashThread(start);
    } catch {
      return null;
    }
    const running = HashThread.#running;
    return running.#ring.isAlone ? null : running.#begin();
  }

  #begin(): ThreadHash {
    const number = this.#next++;
    this.#open += 1;
    const hash: ThreadHash = {
      update: bytes => this.#ring.update(number, bytes),
      digest: () => {
        this.#abandoned.unregister(hash);
        try {
          this.#ring.finish(number);
          return this.#ring.result();
        } finally {
          this.#end();
        }
      },
    };
    this.#abandoned.register(hash, number, hash);
    return hash;
  }

  #end(): void {
    this.#open -= 1;
    if (this.#open > 0) return;
    if (HashThread.#running === this) HashThread.#running = null;
    this.#ring.end();
  }
}

/** Starts what reads the ring, and tells when it ends of an error. */
type StartThread = (memory: RingMemory, onError: () => void) => void;

function startWorker(memory: RingMemory, onError: () => void): void {
  startThread(import.meta.url, 'hash-ring', memory).on('error', onError);
}

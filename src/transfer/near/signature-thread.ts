import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { startThread } from '../../thread.ts';
import type { Found, VectorBatch } from './signature-space.ts';

/** A batch for the space of a number. */
export interface Request {
  readonly space: number;
  readonly dimensions: number;
  readonly batch: VectorBatch;
  readonly limit: number;
}

export type Answer = { readonly found: readonly Found[] } | { readonly error: string };

/** A thread that has not begun by then is done without. */
const PATIENCE_MS = 5000;

interface Waiting {
  resolve(found: readonly Found[]): void;
  reject(error: Error): void;
}

/** Signature spaces on a thread of their own, which answers in the order in which it is asked. */
export class SignatureThread implements Disposable {
  readonly #port: MessagePort;
  readonly #waiting: Waiting[] = [];

  private constructor(port1: MessagePort) {
    this.#port = port1;
    port1.on('message', (answer: Answer) => {
      const asked = this.#waiting.shift();
      if (this.#waiting.length === 0) port1.unref();
      if ('found' in answer) asked?.resolve(answer.found);
      else asked?.reject(new Error(answer.error));
    });
    port1.on('close', () => this.#fail(new Error('the thread that compares memories has ended')));
    port1.unref();
  }

  /** Resolves once the thread is there; to null where none can be had, also one that never begins. */
  static async start(
    begin: (port: MessagePort) => void = beginThread,
    patienceMs = PATIENCE_MS,
  ): Promise<SignatureThread | null> {
    const { port1, port2 } = new MessageChannel();
    try {
      begin(port2);
    } catch {
      port1.close();
      return null;
    }
    if (await isReady(port1, patienceMs)) return new SignatureThread(port1);
    port1.close();
    return null;
  }

  /** Takes the memory of the vectors over. */
  async take(request: Request): Promise<readonly Found[]> {
    this.#port.ref();
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#port.postMessage(request, [request.batch.vectors.buffer as ArrayBuffer]);
    });
  }

  /** Ends the thread. */
  [Symbol.dispose](): void {
    this.#port.close();
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}

/** The first message says so. */
function isReady(port: MessagePort, patienceMs: number): Promise<boolean> {
  return new Promise(resolve => {
    const timer = setTimeout(() => resolve(false), patienceMs);
    for (const event of ['message', 'close']) {
      port.once(event, () => {
        clearTimeout(timer);
        resolve(event === 'message');
      });
    }
  });
}

/** When the thread ends, of an error too, it closes its port, and whoever waits is told. */
function beginThread(port: MessagePort): void {
  startThread(import.meta.url, 'signature-server', port, [port]).on('error', () => {});
}

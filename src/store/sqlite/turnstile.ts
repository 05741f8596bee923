import { MemportError } from '../../errors.ts';
import { interruption, type Patience, throwIfAborted } from './busy.ts';

/** Lets one caller of this process through at a time, in the order of arrival. */
export class Turnstile {
  #last: Promise<void> = Promise.resolve();

  /** Waits for the turn; disposing of what it resolves to ends it. Throws `locked` or `interrupted` when patience is over. */
  async enter(location: string, patience: Patience): Promise<Disposable> {
    throwIfAborted(patience.signal);
    const before = this.#last;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last = before.then(() => promise);
    try {
      await inTime(before, location, patience);
    } catch (error) {
      resolve();
      throw error;
    }
    return { [Symbol.dispose]: resolve };
  }

  /** Resolves when all who have entered or wait have left. */
  async idle(): Promise<void> {
    await this.#last;
  }
}

async function inTime(turn: Promise<void>, location: string, { timeoutMs, signal }: Patience): Promise<void> {
  const { promise: end, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    const hint = 'Wait until the write that is going on has ended.';
    reject(new MemportError('locked', `${location}: this process is still writing to it`, { hint }));
  }, timeoutMs);
  const abort = () => signal && reject(interruption(signal));
  signal?.addEventListener('abort', abort, { once: true });
  try {
    await Promise.race([turn, end]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}

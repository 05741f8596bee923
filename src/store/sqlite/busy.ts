import { setTimeout as pause } from 'node:timers/promises';
import { MemportError } from '../../errors.ts';
import { isBusy } from './store-error.ts';

export interface Patience {
  /** How long to go on trying, in ms. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const LONGEST_PAUSE_MS = 32;

/**
 * Tries until nobody else holds the lock, without blocking the process. Throws the last SQLITE_BUSY when the time is over,
 * `interrupted` when the signal aborts, and any other error at once.
 */
export async function retryWhileBusy<T>(attempt: () => T, patience: Patience): Promise<T> {
  const deadline = performance.now() + patience.timeoutMs;
  for (let ms = 1; ; ms = Math.min(ms * 2, LONGEST_PAUSE_MS)) {
    throwIfAborted(patience.signal);
    try {
      return attempt();
    } catch (error) {
      if (!isBusy(error) || performance.now() >= deadline) throw error;
    }
    await pause(ms);
  }
}

export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw interruption(signal);
}

/** What an aborted piece of work rejects with: the reason, when it is ours (`terminated`), else `interrupted`. */
export function interruption(signal: AbortSignal): MemportError {
  if (signal.reason instanceof MemportError) return signal.reason;
  return new MemportError('interrupted', 'interrupted', { cause: signal.reason });
}

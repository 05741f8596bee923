import { open } from 'node:fs/promises';
import { MemportError } from '../../errors.ts';
import { unwritable } from '../../file-target.ts';
import { retryWhileBusy } from './busy.ts';
import { Connection } from './connection.ts';
import { isBusy } from './store-error.ts';

/**
 * Takes a lock that one holder at a time has, in this process or any other, by the name of a file, which is made where it
 * is missing and stays. The system takes the lock away with the process, however that ends; nobody takes it from one that
 * lives. Waits up to `timeoutMs`, then throws `locked` with the words of `what`. Disposing gives it back.
 *
 * It is a lock of SQLite's on an empty file, to which nothing is ever written: that of a writer, which one of several that
 * come at the same moment gets. An exclusive one none of them may get, for each begins as a reader, who keeps out the others.
 */
export async function takeFileLock(
  path: string,
  options: { readonly timeoutMs: number; readonly what: string; readonly signal?: AbortSignal | undefined },
): Promise<AsyncDisposable> {
  const { timeoutMs, what, signal } = options;
  try {
    await (await open(path, 'a', 0o600)).close();
  } catch (error) {
    throw unwritable(path, error);
  }
  const connection = new Connection(path, { readonly: false });
  try {
    // Without a journal, nothing is left beside it by a process that is killed.
    await retryWhileBusy(() => connection.execute('PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE'), {
      timeoutMs,
      signal,
    });
  } catch (error) {
    connection.close();
    if (!isBusy(error)) throw error;
    throw new MemportError('locked', what, {
      hint: 'wait until it is done, then try again',
      cause: error,
    });
  }
  return {
    async [Symbol.asyncDispose]() {
      connection.close();
    },
  };
}

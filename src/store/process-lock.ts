import Database from 'better-sqlite3';
import { toMemportError } from '../errors.ts';

/**
 * Takes the lock of this file for this process, or resolves to null while another holds it; never waits. It dies with its
 * owner, since the system gives the locks of a process back: nothing is ever stolen from a slow owner, and a crash blocks
 * nobody. Two locks of one process exclude each other too. The empty file stays. Not for folders on a network.
 */
export function tryProcessLock(path: string): Disposable | null {
  const db = new Database(path, { timeout: 0 });
  try {
    db.exec('BEGIN EXCLUSIVE');
    return { [Symbol.dispose]: () => db.close() };
  } catch (error) {
    db.close();
    if (toMemportError(error).code === 'locked') return null;
    throw error;
  }
}

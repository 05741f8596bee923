import { accessSync, constants } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { type ErrorCode, MemportError, toMemportError } from '../../errors.ts';
import { unwritable } from '../../file-target.ts';

const HINTS: Readonly<Partial<Record<ErrorCode, string>>> = {
  locked: 'Another process is writing to it. Try again when it is done.',
  no_space: 'Free some space on the disk and run the command again; nothing was changed.',
  integrity: 'Keep the file as it is and restore a backup: memport restore latest',
};

/** Gives an error of SQLite or of the file system its code and a message that names the store. Others pass unchanged. */
export function storeError(error: unknown, path: string): unknown {
  if (error instanceof MemportError || !isSystemError(error)) return error;
  if (/^SQLITE_(CANTOPEN|READONLY)/.test(error.code)) {
    const reason = whyUnwritable(path);
    if (reason !== null) return reason;
  }
  const { message } = error;
  // SQLite has no code of its own for a disk that is too full to hold the index of the write-ahead log.
  const code = error.code === 'SQLITE_IOERR_SHMSIZE' ? 'no_space' : toMemportError(error).code;
  const hint = HINTS[code];
  return new MemportError(code, `${path}: ${message}`, { cause: error, ...(hint !== undefined && { hint }) });
}

/** SQLite does not say why it can't open or write its files, of which two are beside the store's; the system does. */
function whyUnwritable(path: string): unknown {
  try {
    accessSync(dirname(path), constants.W_OK);
    return null;
  } catch (error) {
    return unwritable(path, error);
  }
}

export function isBusy(error: unknown): boolean {
  return error instanceof Database.SqliteError && toMemportError(error).code === 'locked';
}

function isSystemError(error: unknown): error is Error & { readonly code: string } {
  return (
    error instanceof Error && 'code' in error && typeof error.code === 'string' && !isProgrammingError(error)
  );
}

/** Node's own checks of arguments: a fault of the caller, not of the file. */
function isProgrammingError(error: Error & { readonly code?: unknown }): boolean {
  return typeof error.code === 'string' && error.code.startsWith('ERR_');
}

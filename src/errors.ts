/** Every way in which memport can fail, with the exit code of the command line that goes with it. */
export const EXIT_CODES = {
  failed: 1,
  usage: 2,
  unknown_format: 2,
  partial: 3,
  not_found: 10,
  locked: 11,
  no_key: 12,
  integrity: 20,
  newer_version: 21,
  safety_stop: 23,
  no_space: 24,
  network: 26,
  hung_up: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** An error that says what happened, to what, and what to do next. `message` and `hint` are for people and hold no secrets. */
export class MemportError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MemportError';
    this.code = code;
    this.hint = options.hint ?? null;
  }

  get exitCode(): number {
    return EXIT_CODES[this.code];
  }
}

const SYSTEM_CODES: Readonly<Record<string, ErrorCode>> = {
  ENOENT: 'not_found',
  ENOSPC: 'no_space',
  EDQUOT: 'no_space',
  SQLITE_FULL: 'no_space',
  SQLITE_BUSY: 'locked',
  SQLITE_BUSY_SNAPSHOT: 'locked',
  SQLITE_BUSY_RECOVERY: 'locked',
  SQLITE_BUSY_TIMEOUT: 'locked',
  SQLITE_LOCKED: 'locked',
  SQLITE_CORRUPT: 'integrity',
  SQLITE_CORRUPT_VTAB: 'integrity',
  SQLITE_CORRUPT_INDEX: 'integrity',
  SQLITE_NOTADB: 'integrity',
};

/** Gives any thrown value the shape of a MemportError. Idempotent. System errors keep their text and gain a code. */
export function toMemportError(error: unknown): MemportError {
  if (error instanceof MemportError) return error;
  if (!(error instanceof Error)) return new MemportError('failed', String(error));
  if (error.name === 'AbortError') return new MemportError('interrupted', 'interrupted', { cause: error });
  return new MemportError(codeOfSystem(error), error.message, { cause: error });
}

function codeOfSystem(error: Error): ErrorCode {
  const code = 'code' in error ? error.code : undefined;
  return (typeof code === 'string' && Object.hasOwn(SYSTEM_CODES, code) && SYSTEM_CODES[code]) || 'failed';
}

/** What a thrown value says. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

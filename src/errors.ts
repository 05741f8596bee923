/** Every way in which memport can fail: the exit code of the command line, and what an MCP client is told to do next. */
const FAILURES = {
  failed: { exitCode: 1, next: 'Tell the user what happened; the same call may fail again.' },
  usage: { exitCode: 2, next: 'Correct the arguments and call again; nothing was touched.' },
  unknown_format: { exitCode: 2, next: 'Give the path of a file that memport or the original system wrote.' },
  partial: { exitCode: 3, next: 'Look at what was left out, and tell the user.' },
  not_found: { exitCode: 10, next: 'Call list_memories or search_memories to see what there is.' },
  locked: { exitCode: 11, next: 'Another program is writing. Wait a few seconds and call again.' },
  no_key: { exitCode: 12, next: 'Ask the user for the key; it is given on the command line, never here.' },
  integrity: { exitCode: 20, next: 'Nothing was changed. Tell the user, and try an older backup.' },
  newer_version: { exitCode: 21, next: 'Tell the user to bring memport up to date; nothing was touched.' },
  safety_stop: { exitCode: 23, next: 'Nothing was changed. Ask the user how to go on.' },
  no_space: { exitCode: 24, next: 'Nothing was changed. Ask the user to make room on the disk.' },
  network: { exitCode: 26, next: 'Call again later; tell the user if it fails again.' },
  hung_up: { exitCode: 129, next: 'Call again; what was under way has been taken back.' },
  interrupted: { exitCode: 130, next: 'Call again; what was under way has been taken back.' },
  terminated: { exitCode: 143, next: 'Call again; what was under way has been taken back.' },
} as const;

export type ErrorCode = keyof typeof FAILURES;

const codes = Object.keys(FAILURES) as readonly ErrorCode[];

/** The exit codes of the command line. */
export const EXIT_CODES = Object.fromEntries(codes.map(code => [code, FAILURES[code].exitCode])) as {
  readonly [C in ErrorCode]: (typeof FAILURES)[C]['exitCode'];
};

/** What an MCP client is told to do next, where nothing better is known. */
export function nextStep(code: ErrorCode): string {
  return FAILURES[code].next;
}

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

import { CommanderError } from 'commander';
import { type ErrorCode, EXIT_CODES, MemportError, toMemportError } from '../errors.ts';
import { type Io, tell } from './io.ts';
import { createProgram } from './program.ts';
import { styled, visible } from './ui/text.ts';

/** Runs one command line (without `node` and the script) and resolves to its exit code. Never rejects for a failing command. */
export async function run(args: readonly string[], io: Io): Promise<number> {
  let exitCode = 0;
  const program = createProgram(io, code => {
    exitCode = code;
  });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    // The reader of our output went away: no failure. What the work came to still counts.
    if (isBrokenPipe(error)) return exitCode;
    if (error instanceof CommanderError && error.code === 'commander.help' && !args.includes('--json')) {
      await tell(io.stderr, program.helpInformation({ error: true }));
      return EXIT_CODES.usage;
    }
    return await fail(error, args, io);
  }
}

async function fail(thrown: unknown, args: readonly string[], io: Io): Promise<number> {
  if (thrown instanceof CommanderError && thrown.exitCode === 0) return 0;
  const error =
    thrown instanceof CommanderError ? usageError(thrown) : endedBySignal(toMemportError(thrown), io.signal);
  if (args.includes('--json')) {
    const { code, exitCode, message, hint } = error;
    await tell(
      io.stderr,
      `${JSON.stringify({ message_type: 'error', code, exit_code: exitCode, message, hint })}\n`,
    );
    return exitCode;
  }
  await tell(io.stderr, `${styled(io.stderr, io.env, 'red', 'memport:')} ${visible(error.message)}\n`);
  if (error.hint !== null) await tell(io.stderr, `  ${visible(error.hint)}\n`);
  if (args.includes('--verbose')) await tell(io.stderr, `${stacks(thrown)}\n`);
  return error.exitCode;
}

function usageError(error: CommanderError): MemportError {
  const message =
    error.code === 'commander.help' ? 'a command is missing' : error.message.replace(/^error: /, '');
  return new MemportError('usage', message, { hint: 'memport --help, or memport <command> --help' });
}

const CODES_OF_SIGNALS: Readonly<Record<string, ErrorCode>> = { SIGTERM: 'terminated', SIGHUP: 'hung_up' };

/** What was aborted because the process was asked to end says so with its exit code. */
function endedBySignal(error: MemportError, signal: AbortSignal): MemportError {
  if (!signal.aborted || (error.code !== 'interrupted' && error.code !== 'failed')) return error;
  const code = CODES_OF_SIGNALS[String(signal.reason)] ?? 'interrupted';
  return new MemportError(code, 'interrupted; what was under way has been taken back', { cause: error });
}

/** Whether the reader of our output went away, however deep that lies. */
function isBrokenPipe(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : null;
  return code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED' || isBrokenPipe(error.cause);
}

function stacks(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stacks(error.cause)}`;
  return (error.stack ?? error.message) + cause;
}

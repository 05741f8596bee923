import { describe, expect, it } from 'vitest';
import { type ErrorCode, EXIT_CODES, MemportError, nextStep, toMemportError } from '../src/errors.ts';

function systemError(code: unknown): Error {
  return Object.assign(new Error('it broke'), { code });
}

describe('errors', () => {
  // Frozen: scripts of users go by these numbers.
  it('have these exit codes', () => {
    expect(EXIT_CODES).toEqual({
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
    });
  });

  it('each tell an MCP client what to do next', () => {
    const steps = (Object.keys(EXIT_CODES) as readonly ErrorCode[]).map(nextStep);
    for (const step of steps) expect(step).toMatch(/^[A-Z].{20,}\.$/);
    expect(nextStep('not_found')).toContain('list_memories');
  });

  it('say what happened, what to do, and why', () => {
    const cause = new Error('why');
    const error = new MemportError('integrity', 'it is damaged', { hint: 'memport verify', cause });
    expect(error).toMatchObject({
      name: 'MemportError',
      message: 'it is damaged',
      code: 'integrity',
      exitCode: 20,
      cause,
    });
    expect(error.hint).toBe('memport verify');
    expect(new MemportError('usage', 'x').hint).toBeNull();
    expect('cause' in new MemportError('usage', 'x')).toBe(false);
  });

  it.each([
    ['ENOENT', 'not_found'],
    ['ENOSPC', 'no_space'],
    ['EDQUOT', 'no_space'],
    ['SQLITE_FULL', 'no_space'],
    ['SQLITE_BUSY', 'locked'],
    ['SQLITE_BUSY_SNAPSHOT', 'locked'],
    ['SQLITE_LOCKED', 'locked'],
    ['SQLITE_CORRUPT', 'integrity'],
    ['SQLITE_NOTADB', 'integrity'],
    ['EACCES', 'failed'],
    ['constructor', 'failed'],
    ['__proto__', 'failed'],
    [7, 'failed'],
  ])('of the system with code %s become %s', (code, expected) => {
    const error = systemError(code);
    const made = toMemportError(error);
    expect(made).toMatchObject({ code: expected, message: 'it broke', cause: error });
  });

  it('of an aborted signal are interruptions', () => {
    const controller = new AbortController();
    controller.abort();
    expect(toMemportError(controller.signal.reason).code).toBe('interrupted');
  });

  it('stay as they are when they are ours, and take anything thrown', () => {
    const error = new MemportError('locked', 'x');
    expect(toMemportError(error)).toBe(error);
    expect(toMemportError('text')).toMatchObject({ code: 'failed', message: 'text' });
    expect(toMemportError(undefined)).toMatchObject({ code: 'failed', message: 'undefined' });
  });
});

import { MemportError } from '../../errors.ts';

/** The error of an encrypted file that is not what was written. */
export function damagedAge(message: string, cause?: unknown): MemportError {
  return new MemportError('integrity', message, {
    hint: 'Take another copy of it.',
    ...(cause !== undefined && { cause }),
  });
}

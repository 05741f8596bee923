import { MemportError } from '../../errors.ts';

/** The error of an archive that is damaged, or is not what it says. `what` is a sentence about the archive. */
export function damaged(what: string, cause?: unknown): MemportError {
  return new MemportError('integrity', what, {
    hint: 'Nothing of it was used. Take another copy of the file, or make the export again.',
    ...(cause !== undefined && { cause }),
  });
}

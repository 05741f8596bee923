import { MemportError } from '../errors.ts';
import { inMib, MAX_RECORD_BYTES } from '../model/limits.ts';

/** The error of an export that meets a record which no file takes. */
export function recordTooLong(id: string): MemportError {
  return new MemportError(
    'failed',
    `the record ${id} is longer than ${inMib(MAX_RECORD_BYTES)} as JSON, the most that an export takes`,
    { hint: 'Make it shorter or delete it, then export again.' },
  );
}

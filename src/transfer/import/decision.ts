import type { Entry } from '../../model/record.ts';
import type { Near } from '../near/near-memories.ts';

/** What becomes of one record of an import, and why. `entry` is what is to be written, null when nothing is. */
export interface Decision {
  readonly action: 'created' | 'updated' | 'unchanged' | 'skipped' | 'kept_both' | 'duplicates';
  readonly entry: Entry | null;
  /** For people; null where the action says it all. */
  readonly reason: string | null;
  /** For a new memory that is near to another one. */
  readonly near?: Near;
}

/** `unchanged` where both are the same record, `skipped` where the stored one stays. */
export function leave(action: 'unchanged' | 'skipped', reason: string | null): Decision {
  return { action, entry: null, reason };
}

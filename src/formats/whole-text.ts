import { canonicalJson } from '../model/canonical.ts';
import { withKeys } from '../model/json.ts';
import type { SourceRecord } from './source.ts';

/** A record as it stands in the file, its vector included: what is kept of one that can't be stored. */
export function wholeText({ line, value, vector }: Pick<SourceRecord, 'line' | 'value' | 'vector'>): string {
  if (vector === null && line !== null) return line;
  const whole = vector === null ? value : withKeys(value, { embedding: [...vector] });
  // Whatever is wrong with it, also its depth: the text must not fail.
  return canonicalJson(whole, Number.POSITIVE_INFINITY);
}

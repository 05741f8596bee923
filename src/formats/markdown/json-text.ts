import { canonicalJson } from '../../model/canonical.ts';
import type { JsonValue } from '../../model/json.ts';

/** What canonical JSON leaves as it is, and a line of a text file better does not hold. */
const UNSEEN = /[\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g;

/** JSON on one line that shows every character: the same value as the canonical text, and printable throughout. */
export function jsonText(value: JsonValue): string {
  return canonicalJson(value).replace(
    UNSEEN,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

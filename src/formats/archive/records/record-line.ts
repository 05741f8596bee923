import { canonicalJson } from '../../../model/canonical.ts';
import { isJsonObject, type JsonObject, type JsonValue, MAX_JSON_DEPTH } from '../../../model/json.ts';
import { checkValues, parseExactJson } from '../../../model/json-parse.ts';

export interface ReadLine {
  readonly value: JsonObject;
  /** Whether the text is the canonical one of the value. */
  readonly isCanonical: boolean;
}

/** Parses a record's line without losing a digit. Throws SyntaxError when it is no JSON object, or one of too many values. */
export function readRecordLine(text: string): ReadLine {
  checkValues(text);
  const quick = parseCanonical(text);
  if (quick !== null) return { value: quick, isCanonical: true };
  const value = parseExactJson(text);
  if (!isJsonObject(value)) throw new SyntaxError('not a JSON object');
  return { value, isCanonical: isCanonical(value, text) };
}

function parseCanonical(text: string): JsonObject | null {
  try {
    const value = JSON.parse(text) as JsonValue;
    return isJsonObject(value) && JSON.stringify(value) === text && hasSortedKeys(value, 1) ? value : null;
  } catch {
    return null;
  }
}

/** With it, what JSON.stringify writes is canonical; much cheaper than to write it sorted. */
function hasSortedKeys(value: JsonValue, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (depth > MAX_JSON_DEPTH) return false;
  if (Array.isArray(value)) return value.every((item: JsonValue) => hasSortedKeys(item, depth + 1));
  let last: string | null = null;
  const object = value as JsonObject;
  for (const key of Object.keys(object)) {
    if ((last !== null && key <= last) || !hasSortedKeys(object[key] ?? null, depth + 1)) return false;
    last = key;
  }
  return true;
}

function isCanonical(value: JsonValue, text: string): boolean {
  return canonicalJson(value) === text;
}

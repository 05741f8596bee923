import { type JsonObject, type JsonValue, MAX_JSON_DEPTH, NumberToken } from './json.ts';

/**
 * The one spelling of a JSON value: keys sorted by UTF-16 code units, no white space, strings as JSON.stringify
 * escapes them (lone surrogates as \uXXXX, so the result is always valid UTF-8 without NUL or newline), numbers as stored.
 * Throws RangeError on a number that is not finite and on nesting deeper than `maxDepth`.
 */
export function canonicalJson(value: JsonValue, maxDepth: number = MAX_JSON_DEPTH): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value);
    case 'number':
      return canonicalNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
  }
  if (value === null) return 'null';
  if (value instanceof NumberToken) return value.text;
  if (maxDepth <= 0) throw new RangeError('JSON nested too deep');
  return isArray(value) ? canonicalArray(value, maxDepth - 1) : canonicalObject(value, maxDepth - 1);
}

function isArray(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

// The two below run for every record of every import: loops and string building, where map and join take twice as long.

function canonicalArray(items: readonly JsonValue[], depth: number): string {
  let text = '[';
  for (const item of items) text += (text === '[' ? '' : ',') + canonicalJson(item, depth);
  return `${text}]`;
}

function canonicalObject(object: JsonObject, depth: number): string {
  let text = '{';
  for (const key of sortedKeys(object)) {
    text += `${(text === '{' ? '' : ',') + JSON.stringify(key)}:${canonicalJson(object[key] ?? null, depth)}`;
  }
  return `${text}}`;
}

/** What is already in order, as canonical lines are, is not sorted again. */
function sortedKeys(object: JsonObject): readonly string[] {
  const keys = Object.keys(object);
  let last = '';
  for (const key of keys) {
    if (key < last) return keys.sort(byCodeUnits);
    last = key;
  }
  return keys;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : 1;
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('JSON has no NaN or Infinity');
  return String(value);
}

import { type JsonValue, MAX_JSON_DEPTH, NumberToken } from './json.ts';

/**
 * The one spelling of a JSON value: keys sorted by UTF-16 code units, no white space, strings as JSON.stringify
 * escapes them (lone surrogates as \uXXXX, so the result is always valid UTF-8 without NUL or newline), numbers as stored.
 * Throws RangeError on a number that is not finite and on nesting deeper than `maxDepth`.
 */
export function canonicalJson(value: JsonValue, maxDepth: number = MAX_JSON_DEPTH): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return canonicalNumber(value);
  if (value === null || typeof value === 'boolean') return String(value);
  if (value instanceof NumberToken) return value.text;
  if (maxDepth <= 0) throw new RangeError('JSON nested too deep');
  if (Array.isArray(value))
    return `[${value.map((item: JsonValue) => canonicalJson(item, maxDepth - 1)).join(',')}]`;
  const members = Object.entries(value as Readonly<Record<string, JsonValue>>);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item, maxDepth - 1)}`).join(',')}}`;
}

function canonicalNumber(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError('JSON has no NaN or Infinity');
  return String(value);
}

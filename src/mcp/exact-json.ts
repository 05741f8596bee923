import { type JsonValue, NumberToken } from '../model/json.ts';

declare global {
  interface JSON {
    /** A number that is written with exactly these digits; in V8, and not yet in the compiler's library. */
    rawJSON(text: string): unknown;
  }
}

/** A value as JSON.stringify writes it digit for digit, also numbers that a JavaScript number can't hold. */
export function exactJson(value: JsonValue): unknown {
  if (value instanceof NumberToken) return JSON.rawJSON(value.text);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(exactJson);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, exactJson(member)]));
}

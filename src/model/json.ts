/** A number whose digits a JavaScript number would not give back: 9007199254740993, 1.0, 1e400. `text` is its JSON spelling. */
export class NumberToken {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type JsonValue = null | boolean | number | string | NumberToken | readonly JsonValue[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

export const MAX_JSON_DEPTH = 64;

export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof NumberToken)
  );
}

/** The keys of both; those of `override` win. Unlike a literal with `__proto__` in it, every key stays a plain key. */
export function withKeys(base: JsonObject, override: JsonObject): JsonObject {
  return Object.fromEntries([...Object.entries(base), ...Object.entries(override)]);
}

/** The fields and, where there are any, the members of `extra` that they do not name. */
export function withExtra(extra: JsonObject, fields: JsonObject): JsonObject {
  return Object.keys(extra).length === 0 ? fields : withKeys(extra, fields);
}

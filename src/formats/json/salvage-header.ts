import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseExactJson } from '../../model/json-parse.ts';

const SCALAR = /"([a-z_]{1,40})"\s*:\s*("(?:[^"\\\n]|\\.){0,400}"|-?\d{1,15}(?![\d.eE]))/g;

/** The top-level members beside the records, as far as the texts around them can be read; else what looks like one. */
export function salvagedHeader(around: readonly Buffer[]): JsonObject {
  const members = new Map<string, JsonValue>();
  for (const bytes of around) {
    const text = bytes
      .toString('utf8')
      .replace(/^\ufeff/, '')
      .trim();
    const whole = [`${text}]}`, `{"memories":[${text}`, text].map(parseObject).find(value => value !== null);
    for (const [name, value] of Object.entries(whole ?? scalars(text)))
      if (!members.has(name) && !Array.isArray(value)) members.set(name, value);
  }
  return Object.fromEntries(members);
}

function parseObject(text: string): JsonObject | null {
  try {
    const value = parseExactJson(text, { onNonFinite: () => {} });
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

function scalars(text: string): JsonObject {
  const found = [...text.matchAll(SCALAR)].flatMap(([, name = '', value = '']): [string, JsonValue][] => {
    const parsed = parseObject(`{"value":${value}}`)?.value;
    return parsed === undefined ? [] : [[name, parsed]];
  });
  return Object.fromEntries(found);
}

/** A count as the header has it; undefined where it has none. */
export function declaredCount(header: JsonObject, ...names: readonly string[]): number | undefined {
  for (const name of names) {
    const count = Object.hasOwn(header, name) ? header[name] : undefined;
    if (typeof count === 'number' && Number.isSafeInteger(count) && count >= 0) return count;
  }
  return undefined;
}

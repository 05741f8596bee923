import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { jsonText } from './json-text.ts';

/** The shape of keys and texts that are written without quotes. Also what yaml-lines.ts reads. */
export const KEY = /^[A-Za-z_][\w.-]{0,63}$/;
export const PLAIN = /^[\p{L}][\p{L}\p{N}_./@+-]*(?: [\p{L}\p{N}_./@+-]+)*$/u;
/** Dates, and ids of 36 characters. */
export const TOKEN =
  /^(?:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{3,6})?Z|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** Words that some reader of YAML takes for more than text. */
export const RESERVED = /^(?:true|false|null|yes|no|on|off|y|n|nan|inf|infinity)$/i;

const MAX_PLAIN = 100;
/** Longer lists and objects stand on one line, as JSON. */
const MAX_BLOCK = 2000;
const MAX_DEPTH = 3;
const INDENTS = Array.from({ length: MAX_DEPTH + 1 }, (_, depth) => '  '.repeat(depth));

/**
 * Fields as YAML that reads well: short texts without quotes, small objects on lines of their own; all else as JSON, which
 * is YAML too. Where a field's name is not plain, the whole is one JSON object on one line. Every value reads back as
 * it is, numbers digit for digit.
 */
export function yamlBlock(fields: readonly (readonly [string, JsonValue])[]): string {
  if (!fields.every(([key]) => KEY.test(key))) return jsonText(Object.fromEntries(fields));
  const lines: string[] = [];
  addLines(lines, fields, 0);
  return lines.join('\n');
}

function addLines(lines: string[], fields: readonly (readonly [string, JsonValue])[], depth: number): void {
  for (const [key, value] of fields) {
    const head = `${INDENTS[depth] ?? ''}${key}:`;
    if (isJsonObject(value) && isSmall(value, depth)) {
      lines.push(head);
      addLines(lines, Object.entries(value).sort(byKey), depth + 1);
    } else lines.push(`${head} ${valueText(value)}`);
  }
}

/** Whether an object is to stand on lines of its own. */
function isSmall(value: JsonObject, depth: number): boolean {
  const keys = Object.keys(value);
  if (keys.length === 0 || depth >= MAX_DEPTH || !keys.every(key => KEY.test(key))) return false;
  return jsonText(value).length <= MAX_BLOCK;
}

function valueText(value: JsonValue): string {
  if (typeof value === 'string') return textOf(value);
  if (!Array.isArray(value) || !value.every(item => typeof item === 'string')) return jsonText(value);
  const list = `[${value.map(textOf).join(', ')}]`;
  return list.length <= MAX_BLOCK ? list : jsonText(value);
}

function textOf(text: string): string {
  const isPlain =
    text.length <= MAX_PLAIN && (TOKEN.test(text) || (PLAIN.test(text) && !RESERVED.test(text)));
  return isPlain ? text : jsonText(text);
}

function byKey([a]: readonly [string, JsonValue], [b]: readonly [string, JsonValue]): number {
  return a < b ? -1 : 1;
}

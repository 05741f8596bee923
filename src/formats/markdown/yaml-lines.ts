import { isJsonObject, type JsonObject, type JsonValue } from '../../model/json.ts';
import { parseExactJson } from '../../model/json-parse.ts';
import { PLAIN, RESERVED, TOKEN } from './yaml-text.ts';

/** Longer lists are written as JSON. */
const MAX_LIST = 4000;
const LINE = /^( *)([A-Za-z_][\w.-]{0,63}):(?: (.+))?$/;
const ITEM = /("(?:[^"\\]|\\.)*"|[^",[\]]+)(?:, |$)/y;

/**
 * Reads what yamlBlock writes, at many times the speed of a reader of all YAML. Gives null for anything else, and never a
 * value that such a reader would not give: what people write by hand goes there.
 */
export function readYamlLines(text: string): JsonObject | null {
  try {
    if (text.startsWith('{')) {
      const value = parseExactJson(text);
      return isJsonObject(value) ? value : null;
    }
    return new Lines(text.split('\n')).document();
  } catch {
    return null;
  }
}

/** Thrown where the text is not of the kind that is read here. */
class OtherYaml extends Error {}

class Lines {
  readonly #lines: readonly string[];
  #at = 0;

  constructor(lines: readonly string[]) {
    this.#lines = lines;
  }

  document(): JsonObject {
    const value = this.#object(0);
    if (this.#at < this.#lines.length) throw new OtherYaml();
    return value;
  }

  #object(indent: number): JsonObject {
    const object: Record<string, JsonValue> = {};
    for (; this.#at < this.#lines.length; ) {
      const found = LINE.exec(this.#lines[this.#at] ?? '');
      if (found === null) throw new OtherYaml();
      const { 1: space = '', 2: key = '', 3: text } = found;
      if (key === '__proto__' || Object.hasOwn(object, key)) throw new OtherYaml();
      if (space.length < indent) break;
      if (space.length > indent) throw new OtherYaml();
      this.#at += 1;
      object[key] = text === undefined ? this.#object(indent + 2) : readValue(text);
    }
    if (Object.keys(object).length === 0) throw new OtherYaml();
    return object;
  }
}

function readValue(text: string): JsonValue {
  if (text.startsWith('[') && text !== '[]') return listOf(text);
  if (TOKEN.test(text)) return text;
  if (/^(?:["{[\d-]|(?:true|false|null)$)/.test(text)) return parseExactJson(text);
  if (!PLAIN.test(text) || RESERVED.test(text)) throw new OtherYaml();
  return text;
}

function listOf(text: string): JsonValue {
  if (text.length > MAX_LIST) return parseExactJson(text);
  const items: string[] = [];
  const inner = text.slice(1, -1);
  if (!text.endsWith(']')) throw new OtherYaml();
  for (ITEM.lastIndex = 0; ITEM.lastIndex < inner.length; ) {
    const item = ITEM.exec(inner)?.[1];
    if (item === undefined) return parseExactJson(text);
    const value = item.startsWith('"') || TOKEN.test(item) || PLAIN.test(item) ? readValue(item) : null;
    if (typeof value !== 'string') return parseExactJson(text);
    items.push(value);
  }
  return items;
}

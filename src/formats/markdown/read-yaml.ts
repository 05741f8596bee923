import { isAlias, isMap, isScalar, isSeq, type Node, parseDocument, Scalar } from 'yaml';
import { type JsonObject, type JsonValue, MAX_JSON_DEPTH, NumberToken } from '../../model/json.ts';
import { readYamlLines } from './yaml-lines.ts';

/** YAML written by hand is parsed whole, which takes many times its size. */
const MAX_BYTES = 256 * 1024;

/** YAML that can't be taken. `line` counts from 0 within the text. */
export class YamlError extends Error {
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

/**
 * Reads a YAML mapping as the values of JSON: numbers keep their digits, and only what JSON takes for a number, a truth
 * value or null is one; dates are text. Members of `tags` are text however they are written. Anchors, aliases and tags of
 * YAML are refused, and nesting beyond that of JSON. Throws YamlError.
 */
export function readYaml(text: string): JsonObject {
  const usual = readYamlLines(text);
  if (usual !== null) return usual;
  if (text.length > MAX_BYTES) throw new YamlError(`it is longer than ${MAX_BYTES / 1024} KiB`, 0);
  const value = new Reader(text).document();
  return value;
}

class Reader {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  document(): JsonObject {
    const contents = this.#parse();
    if (contents === null) return {};
    if (!isMap(contents)) throw new YamlError('it is no list of names with values', 0);
    return this.#object(contents, 1);
  }

  #parse(): Node | null {
    try {
      const { errors, contents } = parseDocument(this.#text, { schema: 'failsafe', prettyErrors: false });
      const [error] = errors;
      if (error === undefined) return contents;
      // The parser goes down as deep as the text does, and takes the end of its stack for an error of the text.
      const message = /call stack/.test(error.message) ? 'it is nested too deep' : error.message;
      throw this.#error(message, error.pos[0]);
    } catch (error) {
      if (error instanceof RangeError) throw new YamlError('it is nested too deep', 0);
      throw error;
    }
  }

  #value(node: unknown, depth: number): JsonValue {
    if (node === null) return null;
    if (isAlias(node) || hasProperties(node))
      throw this.#error('anchors, aliases and tags are not read', startOf(node));
    if (isScalar(node)) return scalarValue(node);
    if (depth > MAX_JSON_DEPTH)
      throw this.#error(`it is nested deeper than ${MAX_JSON_DEPTH}`, startOf(node));
    if (isMap(node)) return this.#object(node, depth);
    if (isSeq(node)) return node.items.map(item => this.#value(item, depth + 1));
    throw this.#error('it is no value', startOf(node));
  }

  #object(
    map: { readonly items: readonly { readonly key: unknown; readonly value: unknown }[] },
    depth: number,
  ): JsonObject {
    return Object.fromEntries(
      map.items.map(({ key, value }) => {
        if (!isScalar(key) || hasProperties(key)) throw this.#error('a name is no text', startOf(key));
        const name = String(key.value);
        if (depth === 1 && name === 'tags' && isSeq(value))
          return [
            name,
            value.items.map(item =>
              isScalar(item) && !hasProperties(item) ? String(item.value) : this.#value(item, 2),
            ),
          ];
        return [name, this.#value(value, depth + 1)];
      }),
    );
  }

  #error(message: string, place: number): YamlError {
    return new YamlError(message.replace(/\s+/g, ' '), this.#text.slice(0, place).split('\n').length - 1);
  }
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

function scalarValue({ type, value }: Scalar): JsonValue {
  const text = String(value);
  if (type !== Scalar.PLAIN) return text;
  if (text === '' || text === '~' || text === 'null') return null;
  if (text === 'true' || text === 'false') return text === 'true';
  if (!NUMBER.test(text)) return text;
  const number = Number(text);
  return String(number) === text ? number : new NumberToken(text);
}

function hasProperties(node: unknown): boolean {
  const { anchor, tag } = node as { readonly anchor?: unknown; readonly tag?: unknown };
  return anchor !== undefined || tag !== undefined;
}

function startOf(node: unknown): number {
  const range = (node as { readonly range?: readonly number[] | null } | null)?.range;
  return range?.[0] ?? 0;
}

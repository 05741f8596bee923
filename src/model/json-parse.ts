import { canonicalJson } from './canonical.ts';
import { isJsonObject, type JsonObject, type JsonValue, MAX_JSON_DEPTH, NumberToken } from './json.ts';
import { hasMoreValues } from './json-values.ts';
import { MAX_RECORD_VALUES } from './limits.ts';

export interface JsonParseOptions {
  /** Nesting allowed, the outermost value being 1. */
  readonly maxDepth?: number;
  /** Values allowed, nested ones too; MAX_RECORD_VALUES without it. */
  readonly maxValues?: number;
  /** Called for each bare `NaN`, `Infinity` or `-Infinity` (Python writes them); the value becomes that word as a string. Without it they are syntax errors. */
  readonly onNonFinite?: (token: string) => void;
}

/**
 * Parses JSON without losing a digit: a number that JavaScript would write differently becomes a NumberToken.
 * `__proto__` is a plain key. Throws SyntaxError with the offset on anything that is not JSON, too deep, or of more
 * values than are allowed: that is told before anything is parsed.
 */
export function parseExactJson(text: string, options: JsonParseOptions = {}): JsonValue {
  checkValues(text, options.maxValues);
  return new Parser(text, options).document();
}

/** Throws SyntaxError for a text of more values than are allowed. For those who parse it natively. */
export function checkValues(text: string, maxValues: number = MAX_RECORD_VALUES): void {
  if (hasMoreValues(text, maxValues)) throw new SyntaxError(`more than ${maxValues} values`);
}

/** As parseExactJson for a text that must be an object; the usual canonical line takes a path at native speed. */
export function parseRecordLine(line: string, options: JsonParseOptions = {}): JsonObject {
  let value: JsonValue;
  checkValues(line, options.maxValues);
  try {
    value = JSON.parse(line) as JsonValue;
    if (canonicalJson(value, options.maxDepth) !== line) value = parseExactJson(line, options);
  } catch {
    value = parseExactJson(line, options);
  }
  if (!isJsonObject(value)) throw new SyntaxError('not a JSON object');
  return value;
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WHITE = /[ \t\n\r]*/y;
const STRING_END = /["\\]/g;
const WORDS: readonly (readonly [string, JsonValue])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];
const NON_FINITE = ['NaN', 'Infinity', '-Infinity'];

class Parser {
  readonly #text: string;
  readonly #maxDepth: number;
  readonly #onNonFinite: ((token: string) => void) | undefined;
  #at = 0;

  constructor(text: string, options: JsonParseOptions) {
    this.#text = text;
    this.#maxDepth = options.maxDepth ?? MAX_JSON_DEPTH;
    this.#onNonFinite = options.onNonFinite;
  }

  document(): JsonValue {
    const value = this.#value(1);
    this.#white();
    if (this.#at < this.#text.length) throw this.#error('text after the end of the value');
    return value;
  }

  #value(depth: number): JsonValue {
    this.#white();
    const c = this.#text[this.#at];
    if (c === '{') return this.#object(depth);
    if (c === '[') return this.#array(depth);
    if (c === '"') return this.#string();
    for (const [word, value] of WORDS) if (this.#take(word)) return value;
    for (const word of NON_FINITE) {
      if (this.#onNonFinite && this.#take(word)) {
        this.#onNonFinite(word);
        return word;
      }
    }
    return this.#number();
  }

  #object(depth: number): JsonObject {
    this.#enter(depth);
    const entries: [string, JsonValue][] = [];
    if (this.#close('}')) return {};
    for (;;) {
      this.#white();
      if (this.#text[this.#at] !== '"') throw this.#error('a key expected');
      const key = this.#string();
      this.#white();
      if (!this.#take(':')) throw this.#error('":" expected');
      entries.push([key, this.#value(depth + 1)]);
      if (this.#close('}')) return Object.fromEntries(entries);
      if (!this.#take(',')) throw this.#error('"," or "}" expected');
    }
  }

  #array(depth: number): JsonValue[] {
    this.#enter(depth);
    const items: JsonValue[] = [];
    if (this.#close(']')) return items;
    for (;;) {
      items.push(this.#value(depth + 1));
      if (this.#close(']')) return items;
      if (!this.#take(',')) throw this.#error('"," or "]" expected');
    }
  }

  #string(): string {
    const start = this.#at;
    STRING_END.lastIndex = start + 1;
    for (;;) {
      const found = STRING_END.exec(this.#text);
      if (!found) throw this.#error('unfinished string');
      if (found[0] === '"') break;
      STRING_END.lastIndex += 1;
    }
    this.#at = STRING_END.lastIndex;
    try {
      return JSON.parse(this.#text.slice(start, this.#at)) as string;
    } catch {
      this.#at = start;
      throw this.#error('bad escape or control character in a string');
    }
  }

  #number(): number | NumberToken {
    NUMBER.lastIndex = this.#at;
    const found = NUMBER.exec(this.#text);
    if (!found) throw this.#error('a value expected');
    this.#at = NUMBER.lastIndex;
    const number = Number(found[0]);
    return String(number) === found[0] ? number : new NumberToken(found[0]);
  }

  #enter(depth: number): void {
    if (depth > this.#maxDepth) throw this.#error(`nested deeper than ${this.#maxDepth}`);
    this.#at += 1;
  }

  #close(bracket: string): boolean {
    this.#white();
    return this.#take(bracket);
  }

  #take(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  #white(): void {
    WHITE.lastIndex = this.#at;
    WHITE.exec(this.#text);
    this.#at = WHITE.lastIndex;
  }

  #error(what: string): SyntaxError {
    return new SyntaxError(`not JSON at character ${this.#at}: ${what}`);
  }
}

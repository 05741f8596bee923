import { MemportError } from '../../errors.ts';
import type { JsonValue } from '../../model/json.ts';
import { parseExactJson } from '../../model/json-parse.ts';
import { hasMoreValues } from '../../model/json-values.ts';
import { MAX_DIMENSIONS, MAX_DOCUMENT_VALUES, MAX_RECORD_BYTES } from '../../model/limits.ts';
import { printable } from '../printable.ts';
import { MAX_FLOAT32_BYTES } from './float32-text.ts';
import { Utf8Check } from './utf8.ts';
import { isWhite, ValueScan } from './value-scan.ts';

/** The largest record, with room for its vector. */
export const MAX_ELEMENT_BYTES = MAX_RECORD_BYTES + MAX_DIMENSIONS * (MAX_FLOAT32_BYTES + 1);
/** What all names and values outside the record arrays may have together. */
export const MAX_HEADER_BYTES = 1024 * 1024;

export type JsonEvent = JsonMember | JsonArray | JsonElement;

/** A top-level member that is no record array. */
export interface JsonMember {
  readonly type: 'member';
  readonly name: string;
  /** undefined when it was too large to be kept, or of too many values. Bare NaN and Infinity are strings here. */
  readonly value: JsonValue | undefined;
}

/** A record array begins. */
export interface JsonArray {
  readonly type: 'array';
  readonly name: string;
}

/** One element of a record array: delimited, not parsed. */
export interface JsonElement {
  readonly type: 'element';
  readonly array: string;
  /** Counted from 0 within its array. */
  readonly position: number;
  /** Of its first byte in the stream. */
  readonly offset: number;
  /** UTF-8, without white space around it; valid until the next batch is asked for. */
  readonly bytes: Buffer;
  /** Deepest nesting of brackets, 1 for a flat object. */
  readonly depth: number;
  /** Larger than MAX_ELEMENT_BYTES: `bytes` has its beginning only. */
  readonly cut: boolean;
}

/**
 * Reads ONE JSON object from a stream of UTF-8 bytes (a byte order mark is passed over), in flat memory: the elements
 * of the top-level arrays in `arrays` one by one, all else as whole members, in the order of the stream. Such a name
 * with a value that is no array comes as a member. Yields a batch per chunk that completed something. Throws MemportError
 * `integrity`, with the offset, when the stream is not UTF-8, ends early, goes on after the object, is no object or
 * names a member twice. What is wrong inside an element is left to the reader of that element.
 */
export async function* scanJson(
  chunks: AsyncIterable<Uint8Array>,
  arrays: readonly string[],
): AsyncGenerator<readonly JsonEvent[]> {
  const scanner = new Scanner(arrays);
  for await (const chunk of chunks) {
    const events = scanner.push(chunk);
    if (events.length > 0) yield events;
  }
  scanner.end();
}

type Position =
  | 'start'
  | 'first-key'
  | 'key'
  | 'colon'
  | 'value'
  | 'after-value'
  | 'first-element'
  | 'element'
  | 'after-element'
  | 'end';

const EXPECTED: Readonly<Record<Position, string>> = {
  start: 'an object',
  'first-key': 'a key or "}"',
  key: 'a key',
  colon: '":"',
  value: 'a value',
  'after-value': '"," or "}"',
  'first-element': 'a value or "]"',
  element: 'a value',
  'after-element': '"," or "]"',
  end: 'the end of the text',
};
/** Where a byte between values leads. */
const NEXT: Readonly<Record<Position, Readonly<Record<string, Position>>>> = {
  start: { '{': 'first-key' },
  'first-key': { '}': 'end' },
  key: {},
  colon: { ':': 'value' },
  value: {},
  'after-value': { ',': 'key', '}': 'end' },
  'first-element': { ']': 'after-value' },
  element: {},
  'after-element': { ',': 'element', ']': 'after-value' },
  end: {},
};
const KEYS: ReadonlySet<Position> = new Set<Position>(['first-key', 'key']);
const ELEMENTS: ReadonlySet<Position> = new Set<Position>(['first-element', 'element']);
const TERMINATORS: ReadonlySet<string> = new Set([',', ']', '}', ':']);
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

class Scanner {
  readonly #arrays: ReadonlySet<string>;
  readonly #utf8 = new Utf8Check();
  readonly #names = new Set<string>();
  #events: JsonEvent[] = [];
  #position: Position = 'start';
  #scan: ValueScan | null = null;
  #scanOffset = 0;
  /** Of the chunk at hand. */
  #offset = 0;
  #name = '';
  #count = 0;
  #headerRoom = MAX_HEADER_BYTES;

  constructor(arrays: readonly string[]) {
    this.#arrays = new Set(arrays);
  }

  push(chunk: Uint8Array): readonly JsonEvent[] {
    this.#utf8.push(chunk);
    this.#events = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.#scan !== null) {
        at = this.#scan.take(chunk, at);
        if (this.#scan.ended) this.#finish(this.#scan);
      } else if (isWhite(chunk[at] ?? 0)) {
        at += 1;
      } else {
        at += this.#step(String.fromCharCode(chunk[at] ?? 0), at);
      }
    }
    this.#offset += chunk.length;
    return this.#events;
  }

  end(): void {
    this.#utf8.end();
    if (this.#position !== 'end') throw this.#damage(this.#offset, 'it ends early');
  }

  /** Acts on one byte between values; returns how many bytes it took: 0 when a value begins with it. */
  #step(byte: string, at: number): 0 | 1 {
    const offset = this.#offset + at;
    const next = NEXT[this.#position][byte];
    if (next !== undefined) this.#position = next;
    else if (this.#position === 'value' && byte === '[' && this.#arrays.has(this.#name)) this.#beginArray();
    else if (this.#position === 'start' && byte.charCodeAt(0) === BYTE_ORDER_MARK[offset]) return 1;
    else return this.#begin(byte, offset);
    return 1;
  }

  #beginArray(): void {
    this.#events.push({ type: 'array', name: this.#name });
    this.#count = 0;
    this.#position = 'first-element';
  }

  #begin(byte: string, offset: number): 0 {
    const isKey = KEYS.has(this.#position);
    const isElement = ELEMENTS.has(this.#position);
    const fits = isKey ? byte === '"' : (isElement || this.#position === 'value') && !TERMINATORS.has(byte);
    if (!fits) throw this.#damage(offset, `${EXPECTED[this.#position]} expected`);
    this.#scan = new ValueScan(isElement ? MAX_ELEMENT_BYTES : MAX_HEADER_BYTES, isKey);
    this.#scanOffset = offset;
    return 0;
  }

  #finish(scan: ValueScan): void {
    this.#scan = null;
    if (KEYS.has(this.#position)) {
      this.#finishKey(scan);
    } else if (this.#position === 'value') {
      this.#events.push({ type: 'member', name: this.#name, value: this.#memberValue(scan) });
      this.#position = 'after-value';
    } else {
      this.#events.push({
        type: 'element',
        array: this.#name,
        position: this.#count,
        offset: this.#scanOffset,
        bytes: scan.bytes(),
        depth: scan.deepest,
        cut: scan.cut,
      });
      this.#count += 1;
      this.#position = 'after-element';
    }
  }

  #finishKey(scan: ValueScan): void {
    const bytes = scan.bytes();
    const name = this.#parse(bytes.toString('utf8'));
    if (scan.cut || typeof name !== 'string') throw this.#damage(this.#scanOffset, 'a key expected');
    const isArray = this.#arrays.has(name);
    if (this.#names.has(name)) throw this.#damage(this.#scanOffset, `${printable(name)} is there twice`);
    // Names that there is no room for are not remembered: a hostile file must not fill the memory with them.
    if (isArray || this.#spend(bytes.length)) this.#names.add(name);
    this.#name = name;
    this.#position = 'colon';
  }

  #memberValue(scan: ValueScan): JsonValue | undefined {
    const bytes = scan.bytes();
    if (scan.cut || !this.#spend(bytes.length)) return undefined;
    const text = bytes.toString('utf8');
    return hasMoreValues(text, MAX_DOCUMENT_VALUES) ? undefined : this.#parse(text);
  }

  #parse(text: string): JsonValue {
    try {
      return parseExactJson(text, { onNonFinite: () => {} });
    } catch (cause) {
      const what = cause instanceof Error ? cause.message : String(cause);
      throw this.#damage(this.#scanOffset, `in the value that begins there: ${what}`);
    }
  }

  #spend(size: number): boolean {
    if (size > this.#headerRoom) return false;
    this.#headerRoom -= size;
    return true;
  }

  #damage(offset: number, what: string): MemportError {
    return new MemportError('integrity', `the JSON is damaged at byte ${offset}: ${what}`);
  }
}

import { type JsonValue, NumberToken } from '../../model/json.ts';
import { isFinite32 } from '../../model/vector.ts';
import { isWhite, nestingAt } from './value-scan.ts';

const KEY = Buffer.from('"embedding"');
const [OPEN_BRACE, CLOSE_BRACE, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
const [COMMA, COLON, QUOTE] = [0x2c, 0x3a, 0x22];

/** Where the list of numbers stands in a record's bytes, and what to cut so that the record is as if it had none. */
export interface EmbeddingSpan {
  readonly listStart: number;
  readonly listEnd: number;
  readonly cutStart: number;
  readonly cutEnd: number;
}

/**
 * Finds the top-level member `embedding` of a record without parsing the record, where that can be done beyond doubt:
 * the key occurs once, at the top level, and its value looks like a flat list. Else null: parse it all and look.
 */
export function findEmbedding(record: Buffer): EmbeddingSpan | null {
  const key = record.indexOf(KEY);
  if (key < 0 || record.indexOf(KEY, key + KEY.length) >= 0) return null;
  const nesting = nestingAt(record, key);
  if (nesting.inString || nesting.depth !== 1) return null;
  const before = skipBack(record, key - 1);
  const colon = skip(record, key + KEY.length);
  const listStart = skip(record, colon + 1);
  if (record[colon] !== COLON || record[listStart] !== OPEN_LIST) return null;
  const listEnd = record.indexOf(CLOSE_LIST, listStart) + 1;
  if (listEnd === 0) return null;
  const after = skip(record, listEnd);
  const isLater = record[before] === COMMA && record[skipBack(record, before - 1)] !== OPEN_BRACE;
  if (isLater && (record[after] === COMMA || record[after] === CLOSE_BRACE))
    return { listStart, listEnd, cutStart: before, cutEnd: listEnd };
  if (record[before] !== OPEN_BRACE) return null;
  if (record[after] === CLOSE_BRACE) return { listStart, listEnd, cutStart: key, cutEnd: after };
  const next = skip(record, after + 1);
  if (record[after] !== COMMA || record[next] !== QUOTE) return null;
  return { listStart, listEnd, cutStart: key, cutEnd: next };
}

/** Whether the word occurs at all. */
export function mayHaveEmbedding(record: Buffer): boolean {
  return record.includes(KEY);
}

/** Whether the text of a list has something in it, and neither NaN nor Infinity. */
export function hasNumbers(list: Buffer): boolean {
  return list[skip(list, 1)] !== CLOSE_LIST && !list.includes('N') && !list.includes('I');
}

/** A vector as a file has it: null for none, with a warning where there was one that can't be used. */
export interface ReadVector {
  readonly vector: Float32Array | null;
  readonly warnings: readonly string[];
  /** How many of its numbers were words: NaN, Infinity. */
  readonly words: number;
}

/** Whether a list, `[` to `]`, has neither texts nor lists nor objects in it: then each value of it is one number at most. */
export function isFlatList(list: string): boolean {
  return !list.includes('{') && !list.includes('"') && !list.includes('[', 1);
}

/** Reads the text of a list at native speed. Null when it is anything but numbers: readVector tells what. */
export function readVectorText(text: string): ReadVector | null {
  try {
    const list: unknown = JSON.parse(text);
    return isNumbers(list) ? vectorOf(list, 0) : null;
  } catch {
    return null;
  }
}

/** The vector of a parsed `embedding`, in which bare NaN and Infinity are words. Null when it is no list of numbers. */
export function readVector(value: JsonValue): ReadVector | null {
  if (value === null) return vectorOf([], 0);
  if (!Array.isArray(value)) return null;
  const list = (value as readonly JsonValue[]).map(readNumber);
  return isNumbers(list) ? vectorOf(list, value.filter(item => typeof item === 'string').length) : null;
}

function vectorOf(numbers: readonly number[], words: number): ReadVector {
  if (numbers.length === 0) return { vector: null, warnings: [], words };
  const vector = Float32Array.from(numbers);
  if (isFinite32(vector)) return { vector, warnings: [], words };
  return { vector: null, warnings: ['the embedding has a number that is not finite: left out'], words };
}

function isNumbers(list: unknown): list is readonly number[] {
  return Array.isArray(list) && list.every(item => typeof item === 'number');
}

function readNumber(value: JsonValue): number | null {
  if (typeof value === 'number') return value;
  if (value instanceof NumberToken) return Number(value.text);
  return value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : null;
}

function skip(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && isWhite(bytes[at] ?? 0)) at += 1;
  return at;
}

function skipBack(bytes: Buffer, from: number): number {
  let at = from;
  while (at >= 0 && isWhite(bytes[at] ?? 0)) at -= 1;
  return at;
}

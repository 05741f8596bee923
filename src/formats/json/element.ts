import { canonicalJson } from '../../model/canonical.ts';
import { isJsonObject, type JsonValue, MAX_JSON_DEPTH } from '../../model/json.ts';
import { checkValues, parseExactJson } from '../../model/json-parse.ts';
import { hasMoreValues } from '../../model/json-values.ts';
import { inMib, MAX_DIMENSIONS, MAX_RECORD_BYTES, MAX_RECORD_VALUES } from '../../model/limits.ts';
import type { RecordKind } from '../../model/record.ts';
import { rejectText } from '../reject-text.ts';
import type { SourceRecord, SourceReject } from '../source.ts';
import {
  findEmbedding,
  hasNumbers,
  isFlatList,
  mayHaveEmbedding,
  readVector,
  readVectorText,
} from './embedding.ts';
import type { JsonElement } from './scanner.ts';

/**
 * Reads one element of a record array. Digits of numbers stay as they are; a bare NaN or Infinity becomes that word as
 * a string, with a warning; of a member named twice the last one counts. `embedding` becomes float32, each number
 * rounded to the nearest. An element that is no record becomes a reject, whatever is wrong with it: nothing is thrown.
 */
export function readElement(element: JsonElement, kind: RecordKind): SourceRecord | SourceReject {
  const reject = (reason: string): SourceReject => rejectElement(element, kind, reason);
  if (element.cut) return reject(TOO_LARGE);
  if (element.depth > MAX_JSON_DEPTH) return reject(`nested deeper than ${MAX_JSON_DEPTH}`);
  try {
    const read = readCut(element.bytes) ?? readWhole(element.bytes);
    if (typeof read === 'string') return reject(read);
    return { type: 'record', kind, position: element.position, ...read };
  } catch (error) {
    if (error instanceof SyntaxError) return reject(error.message);
    throw error;
  }
}

/** The reject that an element becomes, with its text as it stands. */
export function rejectElement(element: JsonElement, kind: RecordKind, reason: string): SourceReject {
  const { text, note } = rejectText(element.bytes);
  const { position } = element;
  return { type: 'reject', kind, position, id: findId(text), reason: reason + note, text };
}

const TOO_LARGE = `larger than ${inMib(MAX_RECORD_BYTES)}`;

/** Whether `readElement` will find a vector, told without parsing the numbers; overflow beyond float32 goes unseen. */
export function hasVector(element: JsonElement): boolean {
  const span = findEmbedding(element.bytes);
  if (span !== null) return hasNumbers(element.bytes.subarray(span.listStart, span.listEnd));
  if (!mayHaveEmbedding(element.bytes)) return false;
  const read = readElement(element, 'memory');
  return read.type === 'record' && read.vector !== null;
}

type Read = Pick<SourceRecord, 'value' | 'line' | 'vector' | 'warnings'>;

/** With the vector cut out beforehand, so that its numbers are parsed at native speed. Null where that can't be done. */
function readCut(bytes: Buffer): Read | string | null {
  const span = findEmbedding(bytes);
  if (span === null) return null;
  const list = bytes.toString('latin1', span.listStart, span.listEnd);
  if (!isFlatList(list)) return null;
  if (hasMoreValues(list, MAX_DIMENSIONS)) return `embedding has more than ${MAX_DIMENSIONS} numbers`;
  const found = readVectorText(list);
  if (found === null) return null;
  if (bytes.length - (span.cutEnd - span.cutStart) > MAX_RECORD_BYTES) return TOO_LARGE;
  const rest = readText(bytes.toString('utf8', 0, span.cutStart) + bytes.toString('utf8', span.cutEnd));
  // A second embedding, spelled with escapes, hides in what is left.
  if (typeof rest === 'string' || rest.vector !== null) return null;
  return { ...rest, vector: found.vector, warnings: [...rest.warnings, ...found.warnings] };
}

/** As it stands. Its vector may have as many numbers as any, where it is plain that they are one. */
function readWhole(bytes: Buffer): Read | string {
  const span = findEmbedding(bytes);
  const list = span === null ? '' : bytes.toString('latin1', span.listStart, span.listEnd);
  if (bytes.length - list.length > MAX_RECORD_BYTES) return TOO_LARGE;
  const isVector = list !== '' && isFlatList(list);
  return readText(bytes.toString('utf8'), MAX_RECORD_VALUES + (isVector ? MAX_DIMENSIONS : 0));
}

/** A text is the reason why it is no record. Throws SyntaxError. */
function readText(text: string, maxValues = MAX_RECORD_VALUES): Read | string {
  const words: string[] = [];
  checkValues(text, maxValues);
  const native = readCanonical(text);
  const record = native ?? parseExactJson(text, { maxValues, onNonFinite: word => words.push(word) });
  if (!isJsonObject(record)) return 'not a JSON object';
  if (!Object.hasOwn(record, 'embedding')) {
    const isLine = native !== null || (mayBeCanonical(text) && canonicalJson(record) === text);
    return { value: record, line: isLine ? text : null, vector: null, warnings: wordWarnings(words.length) };
  }
  const found = readVector(record.embedding ?? null);
  if (found === null) return 'embedding is not a list of numbers';
  const value = Object.fromEntries(Object.entries(record).filter(([name]) => name !== 'embedding'));
  const warnings = [...wordWarnings(words.length - found.words), ...found.warnings];
  const isCanonical = mayBeCanonical(text) && canonicalJson(record) === text;
  return { value, line: isCanonical ? canonicalJson(value) : null, vector: found.vector, warnings };
}

/** The value of a canonical line that native numbers can hold; null for any other text. */
function readCanonical(text: string): JsonValue | null {
  if (!mayBeCanonical(text)) return null;
  try {
    const value = JSON.parse(text) as JsonValue;
    return canonicalJson(value) === text ? value : null;
  } catch {
    return null;
  }
}

/** Told from two characters, to spare the usual indented file a second parsing. */
function mayBeCanonical(text: string): boolean {
  return text.startsWith('{"');
}

function wordWarnings(count: number): readonly string[] {
  return count > 0 ? [`${count} NaN or Infinity became text, which JSON has no number for`] : [];
}

/** For the report only: the first `id` in the text. */
function findId(text: string): string | null {
  const found = /"id"\s*:\s*("(?:[^"\\]|\\.){0,200}")/.exec(text)?.[1];
  if (found === undefined) return null;
  try {
    const id: unknown = JSON.parse(found);
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

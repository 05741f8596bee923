import { checkValues } from '../../../model/json-parse.ts';

const FIRST = '{"id":"';
const LATER = ',"id":"';
/** A member that is an object or an array, also of a line that is not canonical. In a string only `\\"` can look like it. */
const OPENING = /"[ \t\r\n]*:[ \t\r\n]*[{[]/;
const ID_LENGTH = 36;

/**
 * The value of the member `id` of a record's line (one character for each byte), which need not be a UUID; null where
 * there is none as text. Canonical lines are not parsed: inside a JSON string no quote stands without a backslash
 * before it, so the first `,"id":"` is a member's name, and it is the record's own unless an object or array began before.
 */
export function recordId(line: string): string | null {
  if (line.startsWith(FIRST)) return quickId(line, FIRST.length);
  const at = line.indexOf(LATER);
  if (at === -1 || OPENING.test(line.slice(0, at))) return parsedId(line);
  return quickId(line, at + LATER.length);
}

/** The id of the usual length that begins at `start`; anything else is parsed. */
function quickId(line: string, start: number): string | null {
  const id = line.slice(start, start + ID_LENGTH);
  const isPlain = line.indexOf('"', start) === start + ID_LENGTH && !id.includes('\\');
  return isPlain ? id : parsedId(line);
}

function parsedId(line: string): string | null {
  try {
    const text = textOf(line);
    checkValues(text);
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('id' in value)) return null;
    return typeof value.id === 'string' ? value.id : null;
  } catch {
    return null;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const ASCII = /^[\0-\x7f]*$/;

/** The text of a line that has one character for each byte. Throws TypeError where the bytes are not UTF-8. */
export function textOf(line: string): string {
  return ASCII.test(line) ? line : decoder.decode(Buffer.from(line, 'latin1'));
}

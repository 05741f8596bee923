/** The text of a file, and where its characters stand in the file's bytes. */
export interface SourceText {
  readonly text: string;
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'latin1';
  /** The byte offsets of places in the text, given in UTF-16 code units in ascending order. */
  readonly byteOffsets: (places: readonly number[]) => readonly number[];
}

const UTF8_MARK = [0xef, 0xbb, 0xbf];
/** Control characters that no text has; bell, escape and the ends of pages occur. */
const CONTROL = /[\0-\x06\x0e-\x1a\x1c-\x1f]/;

/**
 * Reads UTF-8, or UTF-16 where its mark says so. What is neither is read as Latin-1, in which every byte is a character:
 * code in an older encoding is ASCII but for its comments, and those few characters are all that is read wrongly. null
 * for what is no text.
 */
export function readText(bytes: Buffer): SourceText | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return readUtf16(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return readUtf16(bytes, 'utf-16be');
  if (bytes.includes(0)) return null;
  const mark = UTF8_MARK.every((byte, n) => bytes[n] === byte) ? UTF8_MARK.length : 0;
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes.subarray(mark));
    return { text, encoding: 'utf-8', byteOffsets: places => utf8Offsets(text, mark, bytes.length, places) };
  } catch {
    const text = bytes.toString('latin1');
    return CONTROL.test(text) ? null : { text, encoding: 'latin1', byteOffsets: places => places };
  }
}

function readUtf16(bytes: Buffer, encoding: 'utf-16le' | 'utf-16be'): SourceText | null {
  if (bytes.length % 2 !== 0) return null;
  const text = (encoding === 'utf-16be' ? Buffer.from(bytes).swap16() : bytes).toString('utf16le', 2);
  if (CONTROL.test(text) || !text.isWellFormed()) return null;
  return { text, encoding, byteOffsets: places => places.map(place => 2 + 2 * place) };
}

function utf8Offsets(text: string, mark: number, size: number, places: readonly number[]): readonly number[] {
  if (text.length === size - mark) return places.map(place => place + mark);
  let [read, offset] = [0, mark];
  return places.map(place => {
    offset += Buffer.byteLength(text.slice(read, place));
    read = place;
    return offset;
  });
}

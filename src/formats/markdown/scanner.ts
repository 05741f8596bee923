import { giveBack } from '../../given-back.ts';
import { closesFence, type Fence, opensFence } from './fence.ts';
import { RECORDS_COMMENT } from './layout.ts';

/**
 * A part of a Markdown file: what stands before its first heading, a heading of level 1 or 2 with what follows it up to
 * the next, or a list of records. Headings in fences and in comments are none.
 */
export interface Part {
  readonly type: 'head' | 'group' | 'section' | 'records';
  /** Number of its first line in the file, from 1. */
  readonly line: number;
  /** Its bytes, valid until the next part is asked for; only the beginning where it is too long. */
  readonly bytes: Buffer;
  readonly isTooLong: boolean;
}

/** The longest section that a record can have, which is as JSON strings and with its metadata. */
export const MAX_PART_BYTES = 96 * 1024 * 1024;
/** Lines beyond this are no heading and no fence, whatever they begin with. */
const LOOKED_AT = 4096;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Divides a file into its parts, in flat memory: by headings at the left edge, of `#` or `##`, as CommonMark reads them in
 * all that memport writes. Where the first line of the file ends in CRLF, another program has changed the line ends of
 * the whole file, and they are changed back.
 */
export async function* scanParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Part> {
  const scanner = new Scanner();
  for await (const block of blocksOf(chunks)) yield* scanner.block(block);
  yield scanner.end();
}

class Scanner {
  #type: Part['type'] = 'head';
  #start = 1;
  #number = 0;
  #pieces: Buffer[] = [];
  #size = 0;
  #isTooLong = false;
  #fence: Fence | null = null;
  #until: RegExp | null = null;
  #isCrlf = false;

  /** Takes whole lines; gives the parts that end in them. */
  *block(bytes: Buffer): Generator<Part> {
    const newline = bytes.indexOf(NEWLINE);
    const isOneLine = newline === -1 || newline === bytes.length - 1;
    // A character for each byte: in a string the next line end is found at many times the speed. One line may be very long.
    const text = (isOneLine ? bytes.subarray(0, LOOKED_AT) : bytes).toString('latin1');
    let begun = 0;
    for (let start = 0; start < text.length; ) {
      const end = text.indexOf('\n', start) + 1 || text.length;
      this.#number += 1;
      if (this.#number === 1) this.#isCrlf = endsInCrlf(isOneLine ? bytes : bytes.subarray(0, end));
      if (this.#mayMatter(text.charCodeAt(start))) {
        const line = this.#look(text, start, end);
        const type = this.#typeOf(line);
        if (type !== null) {
          this.#keep(bytes.subarray(begun, start));
          yield this.end();
          this.#begin(type);
          begun = start;
        }
        this.#follow(line, type);
      }
      start = end;
    }
    // A copy: the chunk that this lies in is overwritten by the next.
    this.#keep(Buffer.from(bytes.subarray(begun)));
  }

  end(): Part {
    const bytes = this.#pieces.length === 1 ? this.#pieces[0] : Buffer.concat(this.#pieces);
    return {
      type: this.#type,
      line: this.#start,
      bytes: bytes ?? Buffer.alloc(0),
      isTooLong: this.#isTooLong,
    };
  }

  /** Whether a line that begins so may be a heading, or begin or end what headings can't be in. */
  #mayMatter(first: number): boolean {
    if (this.#number === 1 || this.#until !== null) return true;
    return this.#fence === null ? BEGINNINGS.has(first) : FENCE_BEGINNINGS.has(first);
  }

  /** The beginning of a line, as far as it takes to tell what it is. */
  #look(text: string, start: number, end: number): string {
    const line = text.slice(start, Math.min(end, start + LOOKED_AT)).replace(/\r?\n$/, '');
    return this.#number === 1 ? line.replace(/^\u00ef\u00bb\u00bf/, '') : line;
  }

  #typeOf(text: string): Part['type'] | null {
    if (this.#fence !== null || this.#until !== null) return null;
    if (text === RECORDS_COMMENT) return 'records';
    const level = /^ {0,3}(##?)(?:[ \t]|$)/.exec(text)?.[1]?.length;
    return level === undefined ? null : level === 1 ? 'group' : 'section';
  }

  #begin(type: Part['type']): void {
    this.#type = type;
    this.#start = this.#number;
    this.#pieces = [];
    this.#size = 0;
    this.#isTooLong = false;
  }

  /** Whether the lines that follow are of a fence, a comment or front matter, in which nothing is a heading. */
  #follow(text: string, type: Part['type'] | null): void {
    if (this.#fence !== null) {
      if (closesFence(text, this.#fence)) this.#fence = null;
    } else if (this.#until !== null) {
      if (this.#until.test(text)) this.#until = null;
    } else if (this.#number === 1 && /^---[ \t]*$/.test(text)) {
      this.#until = /^(?:---|\.\.\.)[ \t]*$/;
    } else if (type === 'records' || (/^ {0,3}<!--/.test(text) && !/^ {0,3}<!--.*-->/.test(text))) {
      this.#until = /-->/;
    } else this.#fence = opensFence(text);
  }

  #keep(lines: Buffer): void {
    const bytes = this.#isCrlf ? withoutReturns(lines) : lines;
    if (bytes.length === 0) return;
    this.#size += bytes.length;
    if (this.#size > MAX_PART_BYTES) this.#isTooLong = true;
    else this.#pieces.push(bytes);
  }
}

/** First characters of lines that begin a heading, a fence or a comment. */
const BEGINNINGS = codesOf(' #`~<');
/** Of those that end a fence. */
const FENCE_BEGINNINGS = codesOf(' `~');

function codesOf(characters: string): ReadonlySet<number> {
  return new Set([...characters].map(character => character.charCodeAt(0)));
}

function endsInCrlf(bytes: Buffer): boolean {
  return bytes.at(-1) === NEWLINE && bytes.at(-2) === RETURN;
}

function withoutReturns(lines: Buffer): Buffer {
  return Buffer.from(lines.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
}

/**
 * Whole lines with their ends, many at a time, valid until the next are asked for; of a line that no part could hold only
 * the beginning.
 */
export async function* blocksOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let pieces: Buffer[] = [];
  let size = 0;
  const add = (piece: Buffer): void => {
    if (piece.length > 0 && size <= MAX_PART_BYTES) pieces.push(Buffer.from(piece));
    size += piece.length;
  };
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    const first = bytes.indexOf(NEWLINE) + 1;
    if (first === 0) {
      add(bytes);
      continue;
    }
    const last = bytes.lastIndexOf(NEWLINE) + 1;
    const start = size > 0 ? first : 0;
    if (start > 0) {
      add(bytes.subarray(0, start));
      yield joined(pieces);
    }
    if (start < last) yield bytes.subarray(start, last);
    pieces = [];
    size = 0;
    add(bytes.subarray(last));
  }
  if (size > 0) yield joined(pieces);
}

/** Frees the pieces. */
function joined(pieces: readonly Buffer[]): Buffer {
  const all = Buffer.concat(pieces);
  for (const piece of pieces) giveBack(piece);
  return all;
}

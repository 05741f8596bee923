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
  /** Its bytes; only the beginning where it is too long. */
  readonly bytes: Buffer;
  readonly isTooLong: boolean;
}

/** The longest section that a record can have, which is as JSON strings and with its metadata. */
export const MAX_PART_BYTES = 96 * 1024 * 1024;
/** Lines beyond this are no heading and no fence, whatever they begin with. */
const LOOKED_AT = 4096;
const [NEWLINE, RETURN] = [0x0a, 0x0d];

/**
 * Divides a file into its parts, in flat memory: by headings at the left edge, of `#` or `##`, as CommonMark reads them in
 * all that memport writes. Where the first line of the file ends in CRLF, another program has changed the line ends of
 * the whole file, and they are changed back.
 */
export async function* scanParts(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Part> {
  const scanner = new Scanner();
  for await (const line of linesOf(chunks)) {
    const part = scanner.line(line);
    if (part !== null) yield part;
  }
  yield scanner.end();
}

type Line = Buffer;

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

  /** Takes a line with its end; gives the part that it ends. */
  line(bytes: Line): Part | null {
    this.#number += 1;
    if (this.#number === 1) this.#isCrlf = bytes.at(-2) === RETURN && bytes.at(-1) === NEWLINE;
    const text = this.#look(bytes);
    const type = this.#typeOf(text);
    const ended = type === null ? null : this.end();
    if (type !== null) this.#begin(type);
    this.#follow(text, type);
    this.#keep(this.#isCrlf ? withoutReturn(bytes) : bytes);
    return ended;
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

  /** The beginning of a line as text, as far as it takes to tell what it is. */
  #look(bytes: Line): string {
    const text = bytes.toString('latin1', 0, LOOKED_AT).replace(/\r?\n$/, '');
    return this.#number === 1 ? text.replace(/^\u00ef\u00bb\u00bf/, '') : text;
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

  #keep(bytes: Line): void {
    this.#size += bytes.length;
    if (this.#size > MAX_PART_BYTES) this.#isTooLong = true;
    else this.#pieces.push(bytes);
  }
}

function withoutReturn(bytes: Line): Line {
  if (bytes.at(-1) !== NEWLINE || bytes.at(-2) !== RETURN) return bytes;
  const copy = Buffer.from(bytes.subarray(0, -1));
  copy[copy.length - 1] = NEWLINE;
  return copy;
}

/** Lines with their ends; of one that no part could hold only the beginning. */
async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  let pieces: Buffer[] = [];
  let size = 0;
  const add = (piece: Buffer): void => {
    if (piece.length > 0 && size <= MAX_PART_BYTES) pieces.push(piece);
    size += piece.length;
  };
  const take = (): Line => {
    const line = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
    pieces = [];
    size = 0;
    return line;
  };
  for await (const chunk of chunks) {
    // A copy: the chunk is overwritten by the next.
    const bytes = Buffer.from(chunk);
    let start = 0;
    for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
      add(bytes.subarray(start, end + 1));
      start = end + 1;
      yield take();
    }
    add(bytes.subarray(start));
  }
  if (size > 0) yield take();
}

import { objectEnd } from './object-end.ts';

/** A text that should be one record, cut out of a file that may be damaged. */
export interface Fragment {
  /** From its `{` on: the object, or all there is when it has no end. */
  readonly bytes: Buffer;
  /** Deepest nesting of brackets. */
  readonly depth: number;
  /** Whether the brackets close. */
  readonly isWhole: boolean;
  /** Larger than a record can be: `bytes` has its beginning. */
  readonly isCut: boolean;
  /** Whether it came in several chunks. */
  readonly isPieced: boolean;
}

/** Cuts records out of chunks; `null` stands for bytes that are missing. */
export interface Splitter {
  push(chunk: Uint8Array | null): readonly Fragment[];
  end(): readonly Fragment[];
  /** Texts that stand beside the records, at most 1 MiB of them. */
  readonly around: readonly Buffer[];
}

const [NEWLINE, OPEN, CLOSE, COMMA, QUOTE] = [0x0a, 0x7b, 0x7d, 0x2c, 0x22];
/** So far behind a record the next one is looked for, when the line break between them is damaged. */
const NEAR = 16;
const MAX_AROUND = 1024 * 1024;

/**
 * For a JSON text in which each record begins on its own line, indented alike. JSON has no line break within a string,
 * so such a line begins a record whatever stands before it: damage spoils the records that it lies in and no other.
 * What follows a gap begins with the next such line, or with a whole object: the rest of a record is never one, since
 * its brackets don't close.
 */
export class RecordSplitter implements Splitter {
  readonly around: Buffer[] = [];
  readonly #mark: Buffer;
  readonly #limit: number;
  #state: 'head' | 'record' | 'gap';
  #pieces: Buffer[] = [];
  #size = 0;
  #isCut = false;
  #pushes = 0;
  /** Bytes at the end of the last chunk in which a mark may begin. */
  #carry: Buffer = Buffer.alloc(0);
  #room = MAX_AROUND;

  constructor(indent: string, limit: number, state: 'head' | 'gap' = 'head') {
    this.#mark = Buffer.from(`\n${indent}{`);
    this.#limit = limit;
    this.#state = state;
  }

  push(chunk: Uint8Array | null): readonly Fragment[] {
    if (chunk === null) {
      const fragments = this.#flush();
      this.#state = 'gap';
      return fragments;
    }
    this.#pushes += 1;
    // A copy: the memory of a chunk may be used again for the next one.
    const bytes = Buffer.concat([this.#carry, chunk]);
    this.#carry = Buffer.alloc(0);
    const fragments: Fragment[] = [];
    let from = 0;
    for (let at = bytes.indexOf(this.#mark); at !== -1; at = bytes.indexOf(this.#mark, from)) {
      this.#keep(bytes.subarray(from, at));
      fragments.push(...this.#flush());
      this.#pushes = 1;
      this.#state = 'record';
      from = at + this.#mark.length - 1;
    }
    const newline = bytes.lastIndexOf(NEWLINE);
    const mayBegin = newline >= from && newline > bytes.length - this.#mark.length;
    this.#keep(bytes.subarray(from, mayBegin ? newline : bytes.length));
    if (mayBegin) this.#carry = bytes.subarray(newline);
    return fragments;
  }

  end(): readonly Fragment[] {
    return this.#flush();
  }

  #keep(piece: Buffer): void {
    const room = this.#limit - this.#size;
    if (piece.length > room) this.#isCut = true;
    if (room <= 0 || piece.length === 0) return;
    this.#pieces.push(piece.subarray(0, room));
    this.#size += Math.min(room, piece.length);
  }

  #flush(): readonly Fragment[] {
    this.#keep(this.#carry);
    const bytes = Buffer.concat(this.#pieces);
    const isCut = this.#isCut;
    const isPieced = this.#pushes > 1;
    this.#carry = Buffer.alloc(0);
    this.#pieces = [];
    this.#size = 0;
    this.#isCut = false;
    this.#pushes = 0;
    if (this.#state === 'record') return this.#fragments(bytes, isCut, isPieced);
    const whole =
      this.#state === 'gap' && bytes[0] === OPEN
        ? this.#fragments(bytes, isCut, isPieced).filter(({ isWhole }) => isWhole)
        : [];
    if (whole.length === 0) this.#note(bytes);
    return whole;
  }

  /** Usually one; two and more where a line break between records is damaged. */
  #fragments(bytes: Buffer, isCut: boolean, isPieced: boolean): readonly Fragment[] {
    const fragments: Fragment[] = [];
    for (let rest = bytes; ; ) {
      const { end, depth } = objectEnd(rest);
      if (end === null || goesOnInside(rest, end)) {
        fragments.push({ bytes: rest, depth, isWhole: false, isCut, isPieced });
        return fragments;
      }
      fragments.push({ bytes: rest.subarray(0, end), depth, isWhole: true, isCut: false, isPieced });
      rest = rest.subarray(end);
      const next = rest.subarray(0, NEAR + this.#mark.length).indexOf(OPEN);
      if (next === -1 || /[\]"]/.test(rest.toString('latin1', 0, next))) {
        this.#note(rest);
        return fragments;
      }
      rest = rest.subarray(next);
    }
  }

  #note(bytes: Buffer): void {
    if (bytes.length <= 2 || bytes.length > this.#room) return;
    this.#room -= bytes.length;
    this.around.push(bytes);
  }
}

/** What goes on like the members of an object is only a part of a record, which damage has broken in two. */
function goesOnInside(bytes: Buffer, end: number): boolean {
  return bytes[end] === CLOSE || (bytes[end] === COMMA && bytes[end + 1] === QUOTE);
}

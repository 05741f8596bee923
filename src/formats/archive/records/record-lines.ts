import { inMib, MAX_RECORD_BYTES } from '../../../model/limits.ts';
import { damaged } from '../damage.ts';
import { CLOSING, type RecordArray, type RecordFileName } from './record-files.ts';

export interface RecordLineSink {
  /** `line` has one character for each byte; no separator. `position` counts within the array. */
  line(array: RecordArray, line: string, position: number): void;
  /** The bytes that the content digest covers, as they come, with the number of lines that ended in them. */
  bytes(array: RecordArray, bytes: Buffer, count: number): void;
}

const NEWLINE = '\n';
/** Text of so many bytes is made at a time. Of a whole chunk it would lie outside of the heap, and tens of them would be collected late. */
const PIECE = 64 * 1024;

/**
 * Splits a file of records (record-files.ts) into lines. Throws `integrity` where the lines between the records are not
 * exactly as they must be, or a count is not the manifest's.
 */
export class RecordLines {
  readonly #file: RecordFileName;
  readonly #arrays: readonly RecordArray[];
  readonly #sink: RecordLineSink;
  /** Pieces of the line that has not ended. */
  #begun: string[] = [];
  #begunBytes = 0;
  #next = 0;
  #array: RecordArray | null = null;
  #count = 0;
  #counted = 0;
  /** What may come: the line after an array; that or a first record; a record, because there was a comma. */
  #expected: 'frame' | 'any' | 'record' | 'nothing' = 'frame';
  #digesting = false;

  constructor(file: RecordFileName, arrays: readonly RecordArray[], sink: RecordLineSink) {
    this.#file = file;
    this.#arrays = arrays;
    this.#sink = sink;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += PIECE) this.#push(chunk.subarray(at, at + PIECE));
  }

  #push(chunk: Buffer): void {
    const text = chunk.toString('latin1');
    let digestFrom = 0;
    for (let at = 0; at < text.length; ) {
      if (this.#expected === 'any' && !this.#digesting && this.#begun.length === 0 && text[at] !== ']') {
        this.#digesting = true;
        digestFrom = at;
      }
      const end = text.indexOf(NEWLINE, at);
      if (end === -1) {
        this.#begin(text.slice(at));
        break;
      }
      const array = this.#array;
      this.#end(text.slice(at, end));
      if (this.#digesting && this.#expected !== 'record') {
        this.#digest(array, chunk.subarray(digestFrom, end));
        this.#digesting = false;
      }
      at = end + 1;
    }
    if (this.#digesting) this.#digest(this.#array, chunk.subarray(digestFrom));
  }

  /** The file has ended. */
  end(): void {
    if (this.#expected !== 'nothing' || this.#begun.length > 0) throw this.#odd('ends too early');
  }

  #begin(piece: string): void {
    this.#begun.push(piece);
    this.#begunBytes += piece.length;
    this.#checkSize(0);
  }

  /** A line may have one byte more: its comma. */
  #checkSize(more: number): void {
    if (this.#begunBytes + more > MAX_RECORD_BYTES + 1)
      throw this.#odd(`holds a record that is larger than ${inMib(MAX_RECORD_BYTES)}`);
  }

  #end(piece: string): void {
    this.#checkSize(piece.length);
    const line = this.#begun.length === 0 ? piece : this.#begun.join('') + piece;
    this.#begun = [];
    this.#begunBytes = 0;
    const isFrame = line.startsWith(']') || this.#array === null;
    if (isFrame ? this.#expected === 'record' : this.#expected !== 'any' && this.#expected !== 'record')
      throw this.#odd('is not laid out as it must be');
    if (isFrame) this.#frame(line);
    else this.#record(line);
  }

  #record(line: string): void {
    const more = line.endsWith(',');
    if (this.#array !== null) this.#sink.line(this.#array, more ? line.slice(0, -1) : line, this.#count);
    this.#count += 1;
    this.#expected = more ? 'record' : 'frame';
  }

  #frame(line: string): void {
    if (this.#expected === 'nothing') throw this.#odd('goes on after its end');
    if (this.#array !== null && this.#count !== this.#array.count)
      throw this.#odd(`holds ${this.#count} ${this.#array.name}, but the manifest says ${this.#array.count}`);
    const array = this.#arrays[this.#next];
    if (line !== (array?.opening ?? CLOSING)) throw this.#odd('is not laid out as it must be');
    this.#next += 1;
    this.#array = array ?? null;
    this.#count = 0;
    this.#counted = 0;
    this.#expected = array === undefined ? 'nothing' : 'any';
  }

  #digest(array: RecordArray | null, bytes: Buffer): void {
    if (array !== null) this.#sink.bytes(array, bytes, this.#count - this.#counted);
    this.#counted = this.#count;
  }

  #odd(what: string) {
    return damaged(`${this.#file} ${what}.`);
  }
}

import { vectorFromBytes } from '../../../model/vector.ts';
import { ByteReader } from '../container/byte-reader.ts';
import type { Container } from '../container/container.ts';
import { rowSize, type VectorGroup } from './vector-group.ts';

/**
 * Rows are taken together up to this many bytes: memory of their own for each would cost more than the copying. A cursor
 * keeps them when it must give up its place in the file: 32 MiB for the most groups.
 */
const ROWS_BYTES = 32 * 1024;
/** Blocks beside the one at hand: with many cursors that is memory, not speed. */
const AHEAD = 1;
const NO_ROWS = new Float32Array(0);

/** Reads the vectors of one group, row after row, beside other readers of the same archive. */
export class VectorCursor {
  readonly #container: Container;
  readonly #dimensions: number;
  readonly #rowSize: number;
  readonly #signal: AbortSignal | undefined;
  /** Place in the tar of the next row that is to be read from the file. */
  #place: number;
  readonly #end: number;
  #reader: ByteReader | null = null;
  /** Rows that were read together, and where the next of them begins. */
  #rows: Float32Array = NO_ROWS;
  #at = 0;

  /** `start`: place of the first row in the tar. Nothing is read before the first row is asked for. */
  constructor(container: Container, group: VectorGroup, start: number, signal: AbortSignal | undefined) {
    this.#container = container;
    this.#dimensions = group.dimensions;
    this.#rowSize = rowSize(group);
    this.#signal = signal;
    this.#place = start;
    this.#end = start + group.count * this.#rowSize;
  }

  /** Whether it holds blocks of the file in memory. */
  get isOpen(): boolean {
    return this.#reader !== null;
  }

  /** The next row where that needs no file; else null. */
  ready(): Float32Array | null {
    if (this.#at === this.#rows.length) return null;
    this.#at += this.#dimensions;
    return this.#rows.subarray(this.#at - this.#dimensions, this.#at);
  }

  async next(): Promise<Float32Array> {
    const ready = this.ready();
    if (ready !== null) return ready;
    this.#reader ??= new ByteReader(this.#open(), this.#place);
    if (!this.#takeRows(this.#reader)) this.#keep(await this.#reader.exactly(this.#rowSize));
    if (this.#place === this.#end) await this.close();
    return this.next();
  }

  /** Gives up its place in the file, and keeps the next rows as far as they are at hand. */
  async park(): Promise<void> {
    if (this.#at === this.#rows.length && this.#reader !== null) this.#takeRows(this.#reader);
    await this.close();
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    this.#reader = null;
  }

  #open(): AsyncIterable<Buffer> {
    return this.#container.bytes(this.#place, { signal: this.#signal, ahead: AHEAD, passing: true });
  }

  /** Takes what whole rows are at hand; `false` where there is none. */
  #takeRows(reader: ByteReader): boolean {
    const most = Math.max(1, Math.floor(ROWS_BYTES / this.#rowSize));
    const missing = (this.#end - this.#place) / this.#rowSize;
    const rows = reader.wholeAtHand(this.#rowSize, Math.min(most, missing));
    if (rows === null) return false;
    this.#keep(rows);
    return true;
  }

  #keep(bytes: Buffer): void {
    this.#rows = vectorFromBytes(bytes);
    this.#at = 0;
    this.#place += bytes.length;
  }
}

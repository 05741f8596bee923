import { vectorFromBytes } from '../../../model/vector.ts';
import { ByteReader } from '../container/byte-reader.ts';
import type { Container } from '../container/container.ts';
import { rowSize, type VectorGroup } from './vector-group.ts';

/** What a cursor keeps of its block when it must give up its place in the file: 32 MiB for the most groups. */
const PARKED_BYTES = 32 * 1024;
/** Blocks beside the one at hand: with many cursors that is memory, not speed. */
const AHEAD = 1;

/** Reads the vectors of one group, row after row, beside other readers of the same archive. */
export class VectorCursor {
  readonly #container: Container;
  readonly #rowSize: number;
  readonly #signal: AbortSignal | undefined;
  /** Place in the tar of the next row that is to be read from the file. */
  #place: number;
  readonly #end: number;
  #reader: ByteReader | null = null;
  #parked: Buffer = Buffer.alloc(0);

  /** `start`: place of the first row in the tar. Nothing is read before the first row is asked for. */
  constructor(container: Container, group: VectorGroup, start: number, signal: AbortSignal | undefined) {
    this.#container = container;
    this.#rowSize = rowSize(group);
    this.#signal = signal;
    this.#place = start;
    this.#end = start + group.count * this.#rowSize;
  }

  /** Whether the next row comes from an open reader, or would open one. */
  get needsFile(): boolean {
    return this.#parked.length === 0;
  }

  /** Whether it holds blocks of the file in memory. */
  get isOpen(): boolean {
    return this.#reader !== null;
  }

  async next(): Promise<Float32Array> {
    if (!this.needsFile) {
      const row = this.#parked.subarray(0, this.#rowSize);
      this.#parked = this.#parked.subarray(this.#rowSize);
      return vectorFromBytes(row);
    }
    this.#reader ??= new ByteReader(this.#container.bytes(this.#place, this.#signal, AHEAD), this.#place);
    const row = this.#reader.atHand(this.#rowSize) ?? (await this.#reader.exactly(this.#rowSize));
    this.#place += this.#rowSize;
    const vector = vectorFromBytes(row);
    if (this.#place === this.#end) await this.close();
    return vector;
  }

  /** Gives up its place in the file, and keeps the next rows as far as they are at hand. */
  async park(): Promise<void> {
    const rows = Math.floor(PARKED_BYTES / this.#rowSize);
    const missing = (this.#end - this.#place) / this.#rowSize;
    for (let count = Math.min(rows, missing); count > 0 && this.#parked.length === 0; count >>= 1)
      this.#parked = Buffer.from(this.#reader?.atHand(count * this.#rowSize) ?? []);
    this.#place += this.#parked.length;
    await this.close();
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    this.#reader = null;
  }
}

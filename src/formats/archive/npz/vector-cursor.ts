import { vectorFromBytes } from '../../../model/vector.ts';
import { ByteReader } from '../container/byte-reader.ts';
import type { Container } from '../container/container.ts';
import { rowSize, type VectorGroup } from './vector-group.ts';

/** Reads the vectors of one group, row after row, beside other readers of the same archive. */
export class VectorCursor {
  readonly #open: () => ByteReader;
  readonly #rowSize: number;
  #reader: ByteReader | null = null;

  /** `start`: place of the first row in the tar. Nothing is read before the first row is asked for. */
  constructor(container: Container, group: VectorGroup, start: number, signal: AbortSignal | undefined) {
    this.#open = () => new ByteReader(container.bytes(start, signal), start);
    this.#rowSize = rowSize(group);
  }

  async next(): Promise<Float32Array> {
    this.#reader ??= this.#open();
    return vectorFromBytes(this.#reader.atHand(this.#rowSize) ?? (await this.#reader.exactly(this.#rowSize)));
  }

  async close(): Promise<void> {
    await this.#reader?.close();
  }
}

import { hash } from 'node:crypto';
import type { Entry } from '../model/record.ts';
import { vectorBytes, vectorFromBytes } from '../model/vector.ts';
import { type NamelessFile, openNameless } from '../nameless-file.ts';

const ID_BYTES = 36;
const HASH_BYTES = 32;

/**
 * Vectors in a temporary file until they are wanted, so that memory stays flat: rows of id, SHA-256 of the text that the
 * vector was made of, and the vector, in ascending order of id. Written once, then read once, both in that order.
 */
export class SpooledVectors implements AsyncDisposable {
  readonly #spool: NamelessFile;
  readonly #dimensions: number;
  #size = 0;
  #read = 0;
  #row: Buffer | null = null;

  private constructor(spool: NamelessFile, dimensions: number) {
    this.#spool = spool;
    this.#dimensions = dimensions;
  }

  static async create(dimensions: number): Promise<SpooledVectors> {
    return new SpooledVectors(await openNameless(), dimensions);
  }

  /** The entries' ids must be greater than those before. */
  async add(entries: readonly Entry[], vectors: readonly Float32Array[]): Promise<void> {
    const rows = entries.flatMap((entry, i) => {
      const vector = vectors[i];
      if (vector?.length !== this.#dimensions)
        throw new RangeError(`a vector of ${vector?.length} in place of ${this.#dimensions} dimensions`);
      return [Buffer.from(entry.record.id, 'latin1'), textHash(entry), vectorBytes(vector)];
    });
    const bytes = Buffer.concat(rows);
    await this.#spool.handle.write(bytes, 0, bytes.length, this.#size);
    this.#size += bytes.length;
  }

  /** For each of the entries, the vector that was made of its text, or null. Their ids must be greater than those before. */
  async of(entries: readonly Entry[]): Promise<readonly (Float32Array | null)[]> {
    const vectors: (Float32Array | null)[] = [];
    for (const entry of entries) vectors.push(await this.#of(entry));
    return vectors;
  }

  async #of(entry: Entry): Promise<Float32Array | null> {
    const { id } = entry.record;
    let row = await this.#peek();
    while (row !== null && idOf(row) < id) {
      this.#row = null;
      row = await this.#peek();
    }
    if (row === null || idOf(row) !== id) return null;
    const isSameText = row.subarray(ID_BYTES, ID_BYTES + HASH_BYTES).equals(textHash(entry));
    return isSameText ? vectorFromBytes(row.subarray(ID_BYTES + HASH_BYTES)) : null;
  }

  async #peek(): Promise<Buffer | null> {
    if (this.#row !== null || this.#read >= this.#size) return this.#row;
    const row = Buffer.alloc(ID_BYTES + HASH_BYTES + 4 * this.#dimensions);
    await this.#spool.handle.read(row, 0, row.length, this.#read);
    this.#read += row.length;
    this.#row = row;
    return row;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#spool[Symbol.asyncDispose]();
  }
}

function idOf(row: Buffer): string {
  return row.toString('latin1', 0, ID_BYTES);
}

function textHash(entry: Entry): Buffer {
  return hash('sha256', entry.record.content, 'buffer');
}

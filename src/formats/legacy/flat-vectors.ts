import { MAX_DIMENSIONS } from '../../model/limits.ts';
import { isFinite32 } from '../../model/vector.ts';
import { damaged } from '../archive/damage.ts';
import { readNpyHeader } from '../archive/npz/npy.ts';
import { ZipReader } from '../archive/npz/zip-reader.ts';
import type { MemberReader } from '../archive/tar/member-reader.ts';

const ARRAY = 'embeddings.npy';
const SIZES: Readonly<Record<string, number>> = { '<f8': 8, '<f4': 4 };

export interface FlatVector {
  /** null where the row has a number that is not finite. */
  readonly vector: Float32Array | null;
}

/**
 * The one array of the original's embeddings.npz (reference/claude-memory-server-formats.md, 2.1), row by row: doubles,
 * each rounded to the nearest float32. Throws `integrity`.
 */
export class FlatVectors {
  readonly rows: number;
  readonly dimensions: number;
  readonly #zip: ZipReader;
  readonly #itemSize: number;

  private constructor(zip: ZipReader, rows: number, dimensions: number, itemSize: number) {
    this.rows = rows;
    this.dimensions = dimensions;
    this.#zip = zip;
    this.#itemSize = itemSize;
  }

  static async open(member: MemberReader): Promise<FlatVectors> {
    const zip = new ZipReader(member);
    const { size } = await zip.begin(ARRAY);
    let headerSize = 0;
    const { descr, shape } = await readNpyHeader(length => {
      headerSize += length;
      return zip.exactly(length);
    });
    const [rows = 0, dimensions = 0] = shape;
    const itemSize = SIZES[descr];
    if (itemSize === undefined || shape.length !== 2 || dimensions < 1 || dimensions > MAX_DIMENSIONS)
      throw damaged(`${member.name} holds another array than vectors.`);
    if (size !== null && size !== headerSize + rows * dimensions * itemSize)
      throw damaged(`${member.name} has another length than its vectors need.`);
    return new FlatVectors(zip, rows, dimensions, itemSize);
  }

  async next(): Promise<FlatVector> {
    const bytes = await this.#zip.exactly(this.dimensions * this.#itemSize);
    const copy = Uint8Array.from(bytes).buffer;
    const vector = this.#itemSize === 8 ? Float32Array.from(new Float64Array(copy)) : new Float32Array(copy);
    return { vector: isFinite32(vector) ? vector : null };
  }

  /** Reads all rows and what follows them, and proves checksum, sizes and directory. */
  async verify(signal?: AbortSignal): Promise<void> {
    for (let missing = this.rows * this.dimensions * this.#itemSize; missing > 0; ) {
      signal?.throwIfAborted();
      missing -= (await this.#zip.some(missing)).length;
    }
    await this.#zip.end();
    await this.#zip.finish();
  }
}

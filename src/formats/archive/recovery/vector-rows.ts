import { MemportError } from '../../../errors.ts';
import { isFinite32, vectorFromBytes } from '../../../model/vector.ts';
import { ByteReader } from '../container/byte-reader.ts';
import { MAX_VECTOR_GROUPS } from '../layout.ts';
import { readNpyHeader } from '../npz/npy.ts';
import { arrayNames, ID_SIZE } from '../npz/vector-group.ts';
import { ZipReader } from '../npz/zip-reader.ts';
import { MemberReader } from '../tar/member-reader.ts';
import type { SalvageContainer } from './salvage-container.ts';

export interface NpzPlace {
  readonly name: string;
  readonly size: number;
  /** Among the intact data. */
  readonly start: number;
}

/** Vectors that surely belong to the ids in their rows. */
export interface RowGroup {
  readonly number: number;
  readonly dimensions: number;
  /** Ascending, 36 bytes each: of the rows that are there. */
  readonly ids: Buffer;
  /** Of the first row among the intact data. */
  readonly start: number;
}

/**
 * The vectors of an npz whose owners are beyond doubt: the array of ids is whole and its checksum right, and the rows
 * stand before the first gap (in blocks, which prove themselves, and of a file that is damaged rather than cut up: an
 * end without a gap means that blocks are missing without a trace), or the array of vectors is whole and its checksum right.
 */
export async function findRows(
  container: SalvageContainer,
  { name, size, start }: NpzPlace,
  signal?: AbortSignal,
): Promise<readonly RowGroup[]> {
  let isGap = false;
  const reader = new ByteReader(
    container.bytes(start, signal, () => {
      isGap = true;
    }),
    start,
  );
  const zip = new ZipReader(new MemberReader(name, size, reader));
  const groups: RowGroup[] = [];
  try {
    for (let number = 0; number < MAX_VECTOR_GROUPS; number += 1) {
      const group = await readGroup(zip, number, () => container.blocked && isGap);
      if (group === null) break;
      groups.push(group);
    }
  } catch (error) {
    // The rest of the npz is damaged, or there is no other group.
    if (!(error instanceof MemportError) || error.code !== 'integrity') throw error;
  } finally {
    await reader.close();
  }
  return groups;
}

/** null for a group of which nothing is certain. */
async function readGroup(
  zip: ZipReader,
  number: number,
  isBeforeGap: () => boolean,
): Promise<RowGroup | null> {
  const names = arrayNames(number);
  const exactly = (length: number): Promise<Buffer> => zip.exactly(length);
  const { isStored: idsStored } = await zip.begin(`${names.ids}.npy`);
  const idsHeader = await readNpyHeader(exactly);
  const [count = 0] = idsHeader.shape;
  if (!idsStored || idsHeader.descr !== `|S${ID_SIZE}` || idsHeader.shape.length !== 1) return null;
  const ids = await zip.exactly(count * ID_SIZE);
  await zip.end();
  const { isStored } = await zip.begin(`${names.embeddings}.npy`);
  const header = await readNpyHeader(exactly);
  const [rows, dimensions = 0] = header.shape;
  if (!isStored || header.descr !== '<f4' || rows !== count || dimensions < 1 || !ascend(ids)) return null;
  const start = zip.offset;
  const wanted = count * dimensions * 4;
  let read = 0;
  try {
    while (read < wanted) read += (await zip.some(wanted - read)).length;
  } catch (error) {
    if (!isBeforeGap() || !(error instanceof MemportError)) throw error;
    return { number, dimensions, ids: ids.subarray(0, Math.floor(read / (dimensions * 4)) * ID_SIZE), start };
  }
  await zip.end();
  return { number, dimensions, ids, start };
}

function ascend(ids: Buffer): boolean {
  for (let at = ID_SIZE; at < ids.length; at += ID_SIZE)
    if (ids.compare(ids, at - ID_SIZE, at, at, at + ID_SIZE) <= 0) return false;
  return true;
}

/** Reads the rows of a group by the ids of records, best in their order. */
export class RowCursor {
  readonly #container: SalvageContainer;
  readonly #group: RowGroup;
  readonly #signal: AbortSignal | undefined;
  #reader: ByteReader | null = null;
  #row = 0;

  constructor(container: SalvageContainer, group: RowGroup, signal: AbortSignal | undefined) {
    this.#container = container;
    this.#group = group;
    this.#signal = signal;
  }

  get number(): number {
    return this.#group.number;
  }

  /** null where the group has no usable vector of it. */
  async find(id: string): Promise<Float32Array | null> {
    const row = this.#rowOf(id);
    if (row === -1) return null;
    const size = this.#group.dimensions * 4;
    if (this.#reader === null || row < this.#row) {
      await this.close();
      const start = this.#group.start + row * size;
      this.#reader = new ByteReader(this.#container.bytes(start, this.#signal), start);
      this.#row = row;
    }
    for (; this.#row < row; this.#row += 1) await this.#reader.exactly(size);
    this.#row += 1;
    const vector = vectorFromBytes(await this.#reader.exactly(size));
    return isFinite32(vector) ? vector : null;
  }

  async close(): Promise<void> {
    await this.#reader?.close();
    this.#reader = null;
  }

  #rowOf(id: string): number {
    const { ids } = this.#group;
    let [low, high] = [0, ids.length / ID_SIZE];
    while (low < high) {
      const middle = (low + high) >>> 1;
      const found = ids.toString('latin1', middle * ID_SIZE, (middle + 1) * ID_SIZE);
      if (found === id) return middle;
      if (found < id) low = middle + 1;
      else high = middle;
    }
    return -1;
  }
}

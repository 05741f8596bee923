import { damaged } from '../damage.ts';

/** What the header of a numpy array file (.npy) says. */
export interface NpyHeader {
  /** Element type: `<f4`, `<f8`, `|S36`, … */
  readonly descr: string;
  readonly shape: readonly number[];
}

const MAGIC = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
const PREFIX_SIZE = MAGIC.length + 2;
const ALIGNMENT = 64;
const MAX_HEADER = 4096;

/** A version 1.0 header for an array in C order, padded so that the data is aligned. */
export function encodeNpyHeader({ descr, shape }: NpyHeader): Buffer {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const length = Math.ceil((PREFIX_SIZE + text.length + 1) / ALIGNMENT) * ALIGNMENT - PREFIX_SIZE;
  const size = Buffer.alloc(2);
  size.writeUInt16LE(length);
  return Buffer.concat([MAGIC, size, Buffer.from(`${text.padEnd(length - 1)}\n`)]);
}

/** Reads a header from the front of a stream. Nothing is ever evaluated: an object array (pickle) is refused. */
export async function readNpyHeader(exactly: (length: number) => Promise<Buffer>): Promise<NpyHeader> {
  const prefix = await exactly(PREFIX_SIZE);
  const length = prefix.readUInt16LE(MAGIC.length);
  if (!prefix.subarray(0, MAGIC.length).equals(MAGIC) || length > MAX_HEADER)
    throw damaged('An npz of the archive holds something that is not a numpy array.');
  const text = (await exactly(length)).toString('latin1');
  const found =
    /^\{'descr': '([<|][a-zA-Z]\d{1,4})', 'fortran_order': False, 'shape': \((\d+,|\d+, \d+)\), ?\} *\n$/.exec(
      text,
    );
  const shape = (found?.[2] ?? '').match(/\d+/g)?.map(Number) ?? [];
  if (!found || !shape.every(Number.isSafeInteger))
    throw damaged('An npz of the archive holds an array of another kind than numbers and ids in rows.');
  return { descr: found[1] ?? '', shape };
}

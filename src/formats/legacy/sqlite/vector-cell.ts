import { parseExactJson } from '../../../model/json-parse.ts';
import { isFinite32 } from '../../../model/vector.ts';
import { readVector, readVectorText } from '../../json/embedding.ts';
import type { Cell } from './database.ts';

export interface CellVector {
  readonly vector: Float32Array | null;
  readonly warnings: readonly string[];
}

const NOT_FINITE = 'its vector has a number that is not finite: left out';
const UNREADABLE = 'its vector can not be read: left out';
/** Numpy's array file, version 1.0, of one row of floats; an object array (a pickle) is not among them. */
const NPY_PREFIX = Buffer.from('\x93NUMPY\x01\x00', 'latin1');
const NPY_HEADER =
  /^\{'descr': '<f([48])', 'fortran_order': (?:False|True), 'shape': \((?:1, )?(\d{1,7}),?\), ?\} *\n$/;

/** The vector in a column: the bytes of an array file of numpy, or JSON text. Nothing is ever evaluated. */
export function readVectorCell(cell: Cell): CellVector {
  if (cell === null) return { vector: null, warnings: [] };
  if (typeof cell === 'string') return readText(cell);
  const vector = Buffer.isBuffer(cell) ? readNpy(cell) : null;
  if (vector === null) return { vector: null, warnings: [UNREADABLE] };
  return isFinite32(vector) ? { vector, warnings: [] } : { vector: null, warnings: [NOT_FINITE] };
}

function readText(text: string): CellVector {
  const read = readVectorText(text) ?? readWords(text);
  if (read === null) return { vector: null, warnings: [UNREADABLE] };
  return { vector: read.vector, warnings: read.warnings.length > 0 ? [NOT_FINITE] : [] };
}

function readWords(text: string): ReturnType<typeof readVector> {
  try {
    return readVector(parseExactJson(text, { onNonFinite: () => {} }));
  } catch {
    return null;
  }
}

function readNpy(bytes: Buffer): Float32Array | null {
  if (!bytes.subarray(0, NPY_PREFIX.length).equals(NPY_PREFIX) || bytes.length < NPY_PREFIX.length + 2)
    return null;
  const start = NPY_PREFIX.length + 2;
  const end = start + bytes.readUInt16LE(NPY_PREFIX.length);
  const [, size = '', length = ''] = NPY_HEADER.exec(bytes.toString('latin1', start, end)) ?? [];
  const data = Uint8Array.from(bytes.subarray(end)).buffer;
  if (length === '' || Number(length) === 0 || data.byteLength !== Number(size) * Number(length)) return null;
  return size === '4' ? new Float32Array(data) : Float32Array.from(new Float64Array(data));
}

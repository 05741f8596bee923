import { endianness } from 'node:os';

if (endianness() !== 'LE')
  throw new Error('memport keeps vectors as little-endian float32 and runs on little-endian machines only');

/** The float32 bytes of a vector, little-endian, sharing its memory. */
export function vectorBytes(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}

/** The vector held by little-endian float32 bytes; copies, so the bytes may be reused. Their length must divide by 4. */
export function vectorFromBytes(bytes: Uint8Array): Float32Array {
  if (bytes.byteLength % 4 !== 0)
    throw new RangeError(`a float32 vector can't have ${bytes.byteLength} bytes`);
  const copy = new Float32Array(bytes.byteLength / 4);
  vectorBytes(copy).set(bytes);
  return copy;
}

/** Whether every component is a finite number; other vectors are not kept. */
export function isFinite32(vector: Float32Array): boolean {
  for (const component of vector) if (!Number.isFinite(component)) return false;
  return true;
}

/** Whether both are the same to the bit; two nulls are. */
export function sameVector(a: Float32Array | null, b: Float32Array | null): boolean {
  if (a === null || b === null) return a === b;
  return Buffer.compare(vectorBytes(a), vectorBytes(b)) === 0;
}

import {
  CENTRAL_SIGNATURE,
  CENTRAL_SIZE,
  END_SIGNATURE,
  END_SIZE,
  END64_SIGNATURE,
  END64_SIZE,
  LOCATOR64_SIGNATURE,
  LOCATOR64_SIZE,
  type ReadEntry,
  readZip64,
  U16_MAX,
  U32_MAX,
} from './zip-format.ts';

/** Whether the end of a zip, from `offset` on, is a central directory of exactly these entries, and nothing more. */
export function checkCentralDirectory(bytes: Buffer, offset: number, entries: readonly ReadEntry[]): boolean {
  let at = 0;
  for (const entry of entries) {
    const size = matchEntry(bytes.subarray(at), entry);
    if (size === 0) return false;
    at += size;
  }
  const ends = bytes.subarray(at);
  return matchEnd(ends, { count: entries.length, size: at, offset });
}

/** The size of the entry's header in the directory; 0 when it is not there or says something else. */
function matchEntry(bytes: Buffer, entry: ReadEntry): number {
  if (bytes.length < CENTRAL_SIZE || bytes.readUInt32LE(0) !== CENTRAL_SIGNATURE) return 0;
  const [nameSize, extraSize, commentSize] = [28, 30, 32].map(place => bytes.readUInt16LE(place));
  const nameEnd = CENTRAL_SIZE + (nameSize ?? 0);
  const end = nameEnd + (extraSize ?? 0);
  if (bytes.length < end || commentSize !== 0) return 0;
  const fields = [24, 20, 42].map(place => bytes.readUInt32LE(place));
  const [size, packedSize, offset] = readZip64(bytes.subarray(nameEnd, end), fields).values;
  const isSame =
    bytes.toString('utf8', CENTRAL_SIZE, nameEnd) === entry.name &&
    bytes.readUInt16LE(10) === entry.method &&
    bytes.readUInt32LE(16) === entry.crc &&
    size === entry.size &&
    packedSize === entry.packedSize &&
    offset === entry.offset;
  return isSame ? end : 0;
}

interface Ends {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

function matchEnd(bytes: Buffer, expected: Ends): boolean {
  const hasEnd64 = bytes.length === END64_SIZE + LOCATOR64_SIZE + END_SIZE;
  if (!hasEnd64 && bytes.length !== END_SIZE) return false;
  const end = bytes.subarray(bytes.length - END_SIZE);
  if (end.readUInt32LE(0) !== END_SIGNATURE || end.readUInt16LE(20) !== 0) return false;
  const long = hasEnd64 ? readEnd64(bytes) : expected;
  const fits = (short: number, max: number, value: number): boolean =>
    short === value || (hasEnd64 && short === max);
  return (
    long !== null &&
    long.count === expected.count &&
    long.size === expected.size &&
    long.offset === expected.offset &&
    fits(end.readUInt16LE(10), U16_MAX, expected.count) &&
    fits(end.readUInt32LE(12), U32_MAX, expected.size) &&
    fits(end.readUInt32LE(16), U32_MAX, expected.offset)
  );
}

function readEnd64(bytes: Buffer): Ends | null {
  if (bytes.readUInt32LE(0) !== END64_SIGNATURE || bytes.readUInt32LE(END64_SIZE) !== LOCATOR64_SIGNATURE)
    return null;
  return {
    count: Number(bytes.readBigUInt64LE(32)),
    size: Number(bytes.readBigUInt64LE(40)),
    offset: Number(bytes.readBigUInt64LE(48)),
  };
}

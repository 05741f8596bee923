/*
 * The parts of a zip file (PKWARE APPNOTE 6.3) that an npz needs: local headers, data descriptors, central directory,
 * all with their ZIP64 forms. Dates are 1980-01-01, as numpy writes them.
 */

export const LOCAL_SIGNATURE = 0x04034b50;
export const DESCRIPTOR_SIGNATURE = 0x08074b50;
export const CENTRAL_SIGNATURE = 0x02014b50;
export const END_SIGNATURE = 0x06054b50;
export const END64_SIGNATURE = 0x06064b50;
export const LOCATOR64_SIGNATURE = 0x07064b50;

export const LOCAL_SIZE = 30;
export const CENTRAL_SIZE = 46;
export const END_SIZE = 22;
export const END64_SIZE = 56;
export const LOCATOR64_SIZE = 20;

export const ZIP64_EXTRA = 1;
export const U16_MAX = 0xffff;
export const U32_MAX = 0xffffffff;
/** Sizes and checksum follow the data in a descriptor. */
export const FLAG_DESCRIPTOR = 8;

const DATE_1980 = 0x21;
const VERSION = 20;
const VERSION_64 = 45;
const MADE_BY_UNIX = 3 << 8;
const MODE = 0o100600;

/** A stored member, of which all but the checksum is known before its data. */
export interface StoredEntry {
  readonly name: string;
  readonly size: number;
  /** Of the local header in the zip. */
  readonly offset: number;
}

/** A member of a zip as its local header and its data give it. */
export interface ReadEntry {
  readonly name: string;
  readonly method: number;
  readonly size: number;
  readonly packedSize: number;
  readonly crc: number;
  /** Of the local header in the zip. */
  readonly offset: number;
}

export function isLarge(entry: Pick<StoredEntry, 'size'>): boolean {
  return entry.size >= U32_MAX;
}

export function localHeader(entry: StoredEntry): Buffer {
  const large = isLarge(entry);
  const name = Buffer.from(entry.name);
  const extra = large ? zip64Extra([0, 0]) : Buffer.alloc(0);
  const header = Buffer.alloc(LOCAL_SIZE);
  header.writeUInt32LE(LOCAL_SIGNATURE, 0);
  header.writeUInt16LE(large ? VERSION_64 : VERSION, 4);
  header.writeUInt16LE(FLAG_DESCRIPTOR, 6);
  header.writeUInt16LE(DATE_1980, 12);
  header.writeUInt32LE(large ? U32_MAX : 0, 18);
  header.writeUInt32LE(large ? U32_MAX : 0, 22);
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, name, extra]);
}

export function dataDescriptor(entry: StoredEntry, crc: number): Buffer {
  const large = isLarge(entry);
  const descriptor = Buffer.alloc(large ? 24 : 16);
  descriptor.writeUInt32LE(DESCRIPTOR_SIGNATURE, 0);
  descriptor.writeUInt32LE(crc, 4);
  if (large) {
    descriptor.writeBigUInt64LE(BigInt(entry.size), 8);
    descriptor.writeBigUInt64LE(BigInt(entry.size), 16);
  } else {
    descriptor.writeUInt32LE(entry.size, 8);
    descriptor.writeUInt32LE(entry.size, 12);
  }
  return descriptor;
}

/** The central directory and the end records of a zip whose directory begins at `offset`. */
export function centralDirectory(
  entries: readonly (StoredEntry & { readonly crc: number })[],
  offset: number,
): Buffer {
  const directory = Buffer.concat(entries.map(centralHeader));
  const end = Buffer.alloc(END_SIZE);
  end.writeUInt32LE(END_SIGNATURE, 0);
  end.writeUInt16LE(Math.min(entries.length, U16_MAX), 8);
  end.writeUInt16LE(Math.min(entries.length, U16_MAX), 10);
  end.writeUInt32LE(Math.min(directory.length, U32_MAX), 12);
  end.writeUInt32LE(Math.min(offset, U32_MAX), 16);
  const large = entries.length >= U16_MAX || directory.length >= U32_MAX || offset >= U32_MAX;
  return Buffer.concat([
    directory,
    large ? end64(entries.length, directory.length, offset) : Buffer.alloc(0),
    end,
  ]);
}

function centralHeader(entry: StoredEntry & { readonly crc: number }): Buffer {
  const sizes = isLarge(entry) ? [entry.size, entry.size] : [];
  const offsets = entry.offset >= U32_MAX ? [entry.offset] : [];
  const large = sizes.length + offsets.length > 0;
  const name = Buffer.from(entry.name);
  const extra = large ? zip64Extra([...sizes, ...offsets]) : Buffer.alloc(0);
  const header = Buffer.alloc(CENTRAL_SIZE);
  header.writeUInt32LE(CENTRAL_SIGNATURE, 0);
  header.writeUInt16LE(MADE_BY_UNIX | (large ? VERSION_64 : VERSION), 4);
  header.writeUInt16LE(large ? VERSION_64 : VERSION, 6);
  header.writeUInt16LE(FLAG_DESCRIPTOR, 8);
  header.writeUInt16LE(DATE_1980, 14);
  header.writeUInt32LE(entry.crc, 16);
  header.writeUInt32LE(Math.min(entry.size, U32_MAX), 20);
  header.writeUInt32LE(Math.min(entry.size, U32_MAX), 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(MODE * 0x10000, 38);
  header.writeUInt32LE(Math.min(entry.offset, U32_MAX), 42);
  return Buffer.concat([header, name, extra]);
}

function end64(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(END64_SIZE + LOCATOR64_SIZE);
  end.writeUInt32LE(END64_SIGNATURE, 0);
  end.writeBigUInt64LE(BigInt(END64_SIZE - 12), 4);
  end.writeUInt16LE(MADE_BY_UNIX | VERSION_64, 12);
  end.writeUInt16LE(VERSION_64, 14);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(size), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.writeUInt32LE(LOCATOR64_SIGNATURE, END64_SIZE);
  end.writeBigUInt64LE(BigInt(offset + size), END64_SIZE + 8);
  end.writeUInt32LE(1, END64_SIZE + 16);
  return end;
}

function zip64Extra(values: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + values.length * 8);
  extra.writeUInt16LE(ZIP64_EXTRA, 0);
  extra.writeUInt16LE(values.length * 8, 2);
  for (const [index, value] of values.entries()) extra.writeBigUInt64LE(BigInt(value), 4 + index * 8);
  return extra;
}

/**
 * Sizes and offsets of a header with its extra fields: those that are all ones stand in the ZIP64 field, in this order.
 * `isZip64` says whether there is one.
 */
export function readZip64(
  extra: Buffer,
  fields: readonly number[],
): { readonly values: readonly number[]; readonly isZip64: boolean } {
  const field = findExtra(extra, ZIP64_EXTRA);
  if (field === null) return { values: fields, isZip64: false };
  let at = 0;
  const values = fields.map(value => {
    if (value !== U32_MAX || at + 8 > field.length) return value;
    at += 8;
    return Number(field.readBigUInt64LE(at - 8));
  });
  return { values, isZip64: true };
}

function findExtra(extra: Buffer, id: number): Buffer | null {
  for (let at = 0; at + 4 <= extra.length; ) {
    const end = at + 4 + extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, end);
    at = end;
  }
  return null;
}

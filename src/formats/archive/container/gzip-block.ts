import { promisify } from 'node:util';
import {
  constants,
  crc32,
  gunzip as gunzipCallback,
  gzip as gzipCallback,
  type InputType,
  type ZlibOptions,
} from 'node:zlib';
import { giveBack } from '../../../given-back.ts';
import { damaged } from '../damage.ts';

/*
 * A block is a gzip member (RFC 1952) of at most 1 MiB of data. Its header is the same 16 bytes always, then, as the
 * value of an extra subfield with the ids `M` and `P`, the length of the whole member and the CRC-32 of all that
 * follows the header, both u32 little-endian. So every bit of a file of blocks is under a check, and blocks can be
 * found, inflated and patched one by one. Other programs see ordinary gzip.
 */

/** Data in every block but the last of a run. */
export const BLOCK_SIZE = 1024 * 1024;
export const BLOCK_HEADER_SIZE = 24;
/** A block is stored rather than deflated to less than this part: so a reader can refuse bombs and never refuses data. */
export const MAX_RATIO = 200;

const FIXED = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 0xff, 12, 0, 0x4d, 0x50, 8, 0]);
const TRAILER_SIZE = 8;
const STORED_MAX = 65_535;
const STORED_HEADER_SIZE = 5;
const MAX_BLOCK_BYTES = BLOCK_SIZE + 64 * 1024;
/** The gzip header that zlib writes. */
const PLAIN_HEADER_SIZE = 10;
/** 3 and more take longer for under 1 % of the size (docs/adr/0003). */
const LEVEL = 2;
/** The most: takes a fifth less time than zlib's own choice, for 256 KiB more of memory. */
const MEMORY_LEVEL = 9;

const gzip = promisify<InputType, ZlibOptions, Buffer>(gzipCallback);
const gunzip = promisify<InputType, ZlibOptions, Buffer>(gunzipCallback);

/** Deflates 1 to 1 MiB of data on the thread pool. `data` must not change before it resolves. */
export async function deflatedBlock(data: Buffer): Promise<readonly Buffer[]> {
  const plain = await gzip(data, {
    level: LEVEL,
    memLevel: MEMORY_LEVEL,
    chunkSize: Math.max(constants.Z_MIN_CHUNK, data.length / 2),
  });
  const payload = plain.subarray(PLAIN_HEADER_SIZE);
  if (payload.length * MAX_RATIO < data.length) return [storedBlock(data)];
  return [blockHeader(payload), payload];
}

/**
 * A block whose length depends on the length of the data alone, so that it can be written again in its place. It is made
 * in the memory of `into` where that is given.
 */
export function storedBlock(data: Buffer, into?: Buffer): Buffer {
  const size = storedBlockSize(data.length);
  const block = into?.subarray(0, size) ?? Buffer.allocUnsafe(size);
  let at = BLOCK_HEADER_SIZE;
  for (let start = 0; start < data.length; start += STORED_MAX) {
    const length = Math.min(STORED_MAX, data.length - start);
    block.writeUInt8(start + length === data.length ? 1 : 0, at);
    block.writeUInt16LE(length, at + 1);
    block.writeUInt16LE(length ^ 0xffff, at + 3);
    data.copy(block, at + STORED_HEADER_SIZE, start, start + length);
    at += STORED_HEADER_SIZE + length;
  }
  block.writeUInt32LE(crc32(data), at);
  block.writeUInt32LE(data.length, at + 4);
  blockHeader(block.subarray(BLOCK_HEADER_SIZE)).copy(block);
  return block;
}

export function storedBlockSize(length: number): number {
  return BLOCK_HEADER_SIZE + length + Math.ceil(length / STORED_MAX) * STORED_HEADER_SIZE + TRAILER_SIZE;
}

function blockHeader(payload: Buffer): Buffer {
  const header = Buffer.allocUnsafe(BLOCK_HEADER_SIZE);
  FIXED.copy(header);
  header.writeUInt32LE(BLOCK_HEADER_SIZE + payload.length, 16);
  header.writeUInt32LE(crc32(payload), 20);
  return header;
}

/** Whether a file that begins so is made of blocks, also when a few bytes of the first header are damaged. */
export function looksLikeBlock(head: Uint8Array): boolean {
  return FIXED.filter((byte, index) => head[index] === byte).length >= FIXED.length - 4;
}

/** The length of the block that begins with this header. Throws `integrity` when it is not the header of a block. */
export function blockLength(header: Buffer): number {
  if (header.length < BLOCK_HEADER_SIZE) throw damaged('The archive ends in the middle of a block.');
  const length = header.readUInt32LE(16);
  const known = header.compare(FIXED, 0, FIXED.length, 0, FIXED.length) === 0;
  if (!known || length < storedBlockSize(0) || length > MAX_BLOCK_BYTES) {
    throw damaged(
      'The archive is damaged, or something was appended to it: a block header is not as it must be.',
    );
  }
  return length;
}

/** How much data a whole block says that it holds. Throws `integrity` where no block can hold that. */
export function blockDataSize(block: Buffer): number {
  const size = block.readUInt32LE(block.length - 4);
  if (size === 0 || size > BLOCK_SIZE || size > block.length * MAX_RATIO)
    throw damaged('The archive is damaged: a block does not say how long its data is.');
  return size;
}

/** The data of a whole block, inflated on the thread pool. The block's memory is changed, and freed or shared. Throws `integrity` when any bit is wrong. */
export async function openBlock(block: Buffer): Promise<Buffer> {
  const size = blockDataSize(block);
  if (crc32(block.subarray(BLOCK_HEADER_SIZE)) !== block.readUInt32LE(20)) {
    throw damaged('The archive is damaged: a block does not match its checksum.');
  }
  const data = openStored(block) ?? (await inflate(block, size));
  if (data.length !== size) throw damaged('The archive is damaged: a block has another length than it says.');
  return data;
}

async function inflate(block: Buffer, size: number): Promise<Buffer> {
  try {
    const data = await gunzip(block, {
      chunkSize: Math.max(size + 1, constants.Z_MIN_CHUNK),
      maxOutputLength: size,
    });
    giveBack(block);
    return data;
  } catch (error) {
    throw damaged('The archive is damaged: a block can not be inflated.', error);
  }
}

/** The data of a block that is stored only, moved together in its place; null for another block. */
function openStored(block: Buffer): Buffer | null {
  const end = block.length - TRAILER_SIZE;
  const parts: { readonly start: number; readonly end: number }[] = [];
  for (let at = BLOCK_HEADER_SIZE, isLast = false; !isLast; ) {
    if (at + STORED_HEADER_SIZE > end) return null;
    const kind = block.readUInt8(at);
    const length = block.readUInt16LE(at + 1);
    if (kind > 1 || block.readUInt16LE(at + 3) !== (length ^ 0xffff)) return null;
    parts.push({ start: at + STORED_HEADER_SIZE, end: at + STORED_HEADER_SIZE + length });
    at += STORED_HEADER_SIZE + length;
    isLast = kind === 1;
    if (isLast && at !== end) return null;
  }
  let to = BLOCK_HEADER_SIZE;
  for (const part of parts) {
    block.copyWithin(to, part.start, part.end);
    to += part.end - part.start;
  }
  const data = block.subarray(BLOCK_HEADER_SIZE, to);
  if (crc32(data) !== block.readUInt32LE(end))
    throw damaged('The archive is damaged: a block does not match its checksum.');
  return data;
}

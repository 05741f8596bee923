import { crc32, gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import {
  BLOCK_SIZE,
  blockDataSize,
  blockLength,
  deflatedBlock,
  openBlock,
  storedBlock,
  storedBlockSize,
} from '../../../../src/formats/archive/container/gzip-block.ts';

const random = Buffer.from(
  Array.from({ length: BLOCK_SIZE }, (_, n) => (Math.imul(n, 2_654_435_761) >>> 13) & 0xff),
);
const text = Buffer.from('all work and no play '.repeat(5000));

describe('gzip blocks', () => {
  test.each([1, 65_534, 65_535, 65_536, 131_070, BLOCK_SIZE])('%d stored bytes', async size => {
    const data = random.subarray(0, size);
    const block = storedBlock(data);
    expect(block).toHaveLength(storedBlockSize(size));
    expect(blockLength(block)).toBe(block.length);
    expect(blockDataSize(block)).toBe(size);
    expect(gunzipSync(block).equals(data)).toBe(true);
    expect((await openBlock(block)).equals(data)).toBe(true);
  });

  test('deflated data, also where it does not get smaller', async () => {
    for (const data of [text, random, Buffer.from('x')]) {
      const block = Buffer.concat(await deflatedBlock(data));
      expect(blockLength(block)).toBe(block.length);
      expect(gunzipSync(block).equals(data)).toBe(true);
      expect((await openBlock(block)).equals(data)).toBe(true);
    }
  });

  test('what would look like a bomb is stored', async () => {
    const data = Buffer.alloc(BLOCK_SIZE);
    const [block = Buffer.alloc(0), ...others] = await deflatedBlock(data);
    expect(others).toEqual([]);
    expect(block).toHaveLength(storedBlockSize(BLOCK_SIZE));
    expect((await openBlock(block)).equals(data)).toBe(true);
  });

  /** A block with this behind its header, and the header made for it. */
  function block(payload: Buffer): Buffer {
    const header = Buffer.from(storedBlock(Buffer.from('x')).subarray(0, 24));
    header.writeUInt32LE(24 + payload.length, 16);
    header.writeUInt32LE(crc32(payload), 20);
    return Buffer.concat([header, payload]);
  }
  const payloadOf = (data: Buffer): Buffer => gzipSync(data).subarray(10);
  const withSize = (payload: Buffer, size: number): Buffer => {
    const copy = Buffer.from(payload);
    copy.writeUInt32LE(size, copy.length - 4);
    return copy;
  };
  const storedPayload = (data: Buffer): Buffer => Buffer.from(storedBlock(data).subarray(24));
  const spoilt = (payload: Buffer, at: number, byte: number): Buffer => {
    const copy = Buffer.from(payload);
    copy[at < 0 ? copy.length + at : at] = byte;
    return copy;
  };

  test('the crafted blocks are right but for their lie', async () => {
    expect(String(await openBlock(block(payloadOf(Buffer.from('hello')))))).toBe('hello');
    expect(String(await openBlock(block(storedPayload(Buffer.from('hello')))))).toBe('hello');
  });

  test.each([
    ['no data', payloadOf(Buffer.alloc(0))],
    ['a size of nothing', withSize(payloadOf(text), 0)],
    ['a smaller size', withSize(payloadOf(text), 3)],
    ['a larger size', withSize(payloadOf(text), text.length + 1)],
    ['a size over a block', withSize(payloadOf(Buffer.alloc(2 * BLOCK_SIZE)), 2 * BLOCK_SIZE)],
    ['a bomb', payloadOf(Buffer.alloc(BLOCK_SIZE))],
    ['a wrong checksum of the data', spoilt(payloadOf(text), -8, 1)],
    ['no deflate', Buffer.alloc(20, 0xff)],
    ['stored data with a wrong checksum', spoilt(storedPayload(text), -8, 1)],
    ['stored data with a wrong length', spoilt(storedPayload(text), 1, 1)],
    ['stored data with no last part', spoilt(storedPayload(Buffer.from('hello')), 0, 0)],
    ['stored data with a size that lies', withSize(storedPayload(text), text.length - 1)],
    [
      'stored data with something behind it',
      withSize(Buffer.concat([storedPayload(text), Buffer.alloc(8)]), 1),
    ],
  ])('%s is refused', async (_, payload) => {
    await expect(openBlock(block(payload))).rejects.toMatchObject({ code: 'integrity' });
  });

  test('a header that is none, too short, or of a block that can not be', () => {
    const good = storedBlock(text);
    const [tooLong, tooShort] = [Buffer.from(good), Buffer.from(good)];
    tooLong.writeUInt32LE(2 * BLOCK_SIZE, 16);
    tooShort.writeUInt32LE(31, 16);
    for (const header of [good.subarray(0, 23), Buffer.alloc(24), tooLong, tooShort])
      expect(() => blockLength(header)).toThrow(expect.objectContaining({ code: 'integrity' }));
  });
});

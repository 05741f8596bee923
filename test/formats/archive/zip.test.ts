import { spawnSync } from 'node:child_process';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { ByteReader } from '../../../src/formats/archive/container/byte-reader.ts';
import {
  centralDirectory,
  dataDescriptor,
  localHeader,
} from '../../../src/formats/archive/npz/zip-format.ts';
import { ZipReader } from '../../../src/formats/archive/npz/zip-reader.ts';
import { MemberReader } from '../../../src/formats/archive/tar/member-reader.ts';
import { temporaryFolder } from './samples.ts';

const GIB = 1024 ** 3;
const DATA = Buffer.from('some data of an array');

function reader(bytes: Buffer, chunkSize = 7): ZipReader {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += chunkSize) yield bytes.subarray(at, at + chunkSize);
  }
  return new ZipReader(new MemberReader('test.npz', bytes.length, new ByteReader(chunks())));
}

/** Reads the one entry `a.npy` of a zip to its end. */
async function readOne(bytes: Buffer, size = DATA.length, chunkSize?: number): Promise<string> {
  const zip = reader(bytes, chunkSize);
  await zip.begin('a.npy');
  const data = await zip.exactly(size);
  await zip.end();
  await zip.finish();
  return String(data);
}

interface Parts {
  method?: number;
  data?: Buffer;
  packed?: Buffer;
  localSizes?: [number, number];
  zip64?: boolean;
  packedSize?: number;
}

/** A zip with one entry as numpy writes it: sizes in a ZIP64 field of the local header, no descriptor. */
function numpyZip({ method = 8, data = DATA, zip64 = true, ...more }: Parts = {}): Buffer {
  const packed = more.packed ?? (method === 8 ? deflateRawSync(data) : data);
  const size = more.packedSize ?? packed.length;
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt16LE(45, 4);
  local.writeUInt16LE(method, 8);
  local.writeUInt32LE(crc32(data), 14);
  local.writeUInt32LE(zip64 ? 0xffffffff : size, 18);
  local.writeUInt32LE(zip64 ? 0xffffffff : data.length, 22);
  local.writeUInt16LE(5, 26);
  local.writeUInt16LE(zip64 ? 24 : 4, 28);
  const other = Buffer.from([0x99, 0x99, 0, 0]);
  const extra = Buffer.alloc(20);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(16, 2);
  extra.writeBigUInt64LE(BigInt(data.length), 4);
  extra.writeBigUInt64LE(BigInt(size), 12);
  const head = Buffer.concat([local, Buffer.from('a.npy'), other, ...(zip64 ? [extra] : [])]);
  const offset = head.length + packed.length;
  const directory = centralDirectory(
    [{ name: 'a.npy', size: data.length, offset: 0, crc: crc32(data) }],
    offset,
  );
  directory.writeUInt16LE(0, 8);
  directory.writeUInt16LE(method, 10);
  directory.writeUInt32LE(packed.length, 20);
  return Buffer.concat([head, packed, directory]);
}

describe('zips of others', () => {
  test.each([
    ['deflated, ZIP64', {}],
    ['stored, ZIP64', { method: 0 }],
    ['deflated', { zip64: false }],
    ['stored', { method: 0, zip64: false }],
  ])('%s', async (_, parts) => {
    for (const chunkSize of [1, 7, 1000])
      expect(await readOne(numpyZip(parts), DATA.length, chunkSize)).toBe(String(DATA));
  });

  test.each([
    ['deflated data that is none', numpyZip({ packed: Buffer.from([0xff, 0xff, 0xff, 0xff]) })],
    [
      'deflated data with something behind it',
      numpyZip({ packed: Buffer.concat([deflateRawSync(DATA), Buffer.alloc(70_000, 1)]) }),
    ],
    ['deflated data that is cut', numpyZip({ packed: deflateRawSync(DATA).subarray(0, 9) })],
    ['a length beyond the zip', numpyZip({ packedSize: 10_000 })],
    ['a directory cut', numpyZip().subarray(0, -40)],
    ['no directory', numpyZip({ method: 0 }).subarray(0, 30 + 5 + 24 + DATA.length)],
    ['a zip cut in its header', numpyZip().subarray(0, 20)],
    ['something behind the zip', Buffer.concat([numpyZip(), Buffer.alloc(76)])],
    ['very much behind the zip', Buffer.concat([numpyZip(), Buffer.alloc(1_100_000)])],
  ])('%s is refused', async (_, bytes) => {
    await expect(readOne(bytes, DATA.length, 1000)).rejects.toMatchObject({ code: 'integrity' });
  });

  test('data longer or shorter than the reader expects', async () => {
    for (const method of [0, 8])
      for (const size of [DATA.length - 1, DATA.length + 1])
        await expect(readOne(numpyZip({ method }), size)).rejects.toMatchObject({ code: 'integrity' });
    await expect(reader(numpyZip()).exactly(1)).rejects.toMatchObject({ code: 'integrity' });
    await expect(reader(numpyZip()).some(1)).rejects.toMatchObject({ code: 'integrity' });
  });
});

describe('ZIP64', () => {
  test('small data with all its ZIP64 parts is read', async () => {
    const small = { name: 'a.npy', size: DATA.length, offset: 0 };
    const large = { ...small, size: 5 * GIB };
    const local = localHeader(large);
    const descriptor = dataDescriptor(large, crc32(DATA));
    descriptor.writeBigUInt64LE(BigInt(DATA.length), 8);
    descriptor.writeBigUInt64LE(BigInt(DATA.length), 16);
    const before = Buffer.concat([local, DATA, descriptor]);
    const directory = centralDirectory([{ ...large, offset: 6 * GIB, crc: crc32(DATA) }], 7 * GIB);
    const extraAt = 46 + 5 + 4;
    directory.writeBigUInt64LE(BigInt(DATA.length), extraAt);
    directory.writeBigUInt64LE(BigInt(DATA.length), extraAt + 8);
    directory.writeBigUInt64LE(0n, extraAt + 16);
    const endAt = 46 + 5 + 4 + 24;
    directory.writeBigUInt64LE(BigInt(before.length), endAt + 48);
    expect(await readOne(Buffer.concat([before, directory]))).toBe(String(DATA));
    for (const spoil of [endAt, endAt + 56, endAt + 40, endAt + 48]) {
      const broken = Buffer.from(directory);
      broken[spoil] = (broken[spoil] ?? 0) ^ 1;
      await expect(readOne(Buffer.concat([before, broken]))).rejects.toMatchObject({ code: 'integrity' });
    }
  });

  const python = spawnSync('python3', ['--version']).status === 0;
  test.skipIf(!python)('what is written for more than 4 GiB is read by Python', async () => {
    const path = join(await temporaryFolder(), 'large.zip');
    const first = { name: 'large', size: 5 * GIB, offset: 0, crc: 1 };
    const local = localHeader(first);
    const offset = local.length + first.size + 24;
    const second = { name: 'small', size: DATA.length, offset, crc: crc32(DATA) };
    const rest = Buffer.concat([localHeader(second), DATA, dataDescriptor(second, second.crc)]);
    await using file = await open(path, 'wx');
    await file.write(local, 0, local.length, 0);
    await file.write(dataDescriptor(first, 1), 0, 24, local.length + first.size);
    await file.write(rest, 0, rest.length, offset);
    const directory = centralDirectory([first, second], offset + rest.length);
    await file.write(directory, 0, directory.length, offset + rest.length);
    const script = `
import zipfile, sys
z = zipfile.ZipFile(sys.argv[1])
print([(i.filename, i.file_size, i.header_offset) for i in z.infolist()], z.read('small'), z.open('large').read(3))`;
    const ended = spawnSync('python3', ['-W', 'error', '-c', script, path], { encoding: 'utf8' });
    expect(ended.stderr).toBe('');
    expect(ended.stdout.trim()).toBe(
      `[('large', ${5 * GIB}, 0), ('small', ${DATA.length}, ${offset})] b'${DATA}' b'\\x00\\x00\\x00'`,
    );
  });
});

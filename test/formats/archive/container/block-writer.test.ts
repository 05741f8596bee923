import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BlockWriter } from '../../../../src/formats/archive/container/block-writer.ts';
import { storedBlock } from '../../../../src/formats/archive/container/gzip-block.ts';
import { MembersWriter } from '../../../../src/formats/archive/members-writer.ts';
import { Scratch } from '../../../../src/formats/archive/scratch.ts';
import { seeded } from '../../../support/deep.ts';
import { temporaryFolder } from '../samples.ts';

const data = Buffer.from(
  Array.from({ length: 5_300_000 }, (_, n) => (Math.imul(n, 2_654_435_761) >>> 15) & 0x3f),
);

/** The handle, with calls that write replaced. */
function withWrites(file: FileHandle, writev: FileHandle['writev']): FileHandle {
  return new Proxy(file, {
    get(target, name) {
      if (name === 'writev') return writev;
      const value: unknown = Reflect.get(target, name);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

describe('writing blocks', () => {
  test.each(['deflate', 'store'] as const)('%s: pieces of any size give the same file', async packing => {
    const files: Buffer[] = [];
    for (const size of [700_000, 1_048_576, 5_300_000]) {
      await using file = await open(join(await temporaryFolder(), 'blocks'), 'wx+');
      const writer = new BlockWriter(file);
      for (let at = 0; at < data.length; at += size)
        await writer.append(data.subarray(at, at + size), packing);
      const end = await writer.cut(packing);
      expect(await writer.finish()).toBe(end);
      files.push(await file.readFile());
    }
    expect(gunzipSync(files[0] ?? '').equals(data)).toBe(true);
    expect(files.every(bytes => bytes.equals(files[0] ?? Buffer.alloc(0)))).toBe(true);
  });

  test('a file system that writes a part at a time loses nothing', async () => {
    await using file = await open(join(await temporaryFolder(), 'blocks'), 'wx+');
    const slow = withWrites(file, async (buffers, position) => {
      const all = Buffer.concat(
        [...buffers].map(part => Buffer.from(part.buffer, part.byteOffset, part.byteLength)),
      );
      const { bytesWritten } = await file.write(all, 0, Math.min(all.length, 1000), position ?? 0);
      return { bytesWritten, buffers };
    });
    const writer = new BlockWriter(slow);
    await writer.append(data, 'store');
    await writer.cut('store');
    await writer.patch(0, storedBlock(Buffer.alloc(1_048_576, 'p')));
    await writer.finish();
    const expected = Buffer.concat([Buffer.alloc(1_048_576, 'p'), data.subarray(1_048_576)]);
    expect(gunzipSync(await file.readFile()).equals(expected)).toBe(true);
  });

  test.each(['deflate', 'store'] as const)(
    '%s: what a write has been given stays until it is over',
    async packing => {
      await using file = await open(join(await temporaryFolder(), 'blocks'), 'wx+');
      const late = withWrites(file, async (buffers, position) => {
        for (let turn = 0; turn < 5; turn += 1) await setImmediate();
        const { bytesWritten } = await file.writev(buffers, position ?? 0);
        return { bytesWritten, buffers };
      });
      const random = seeded(9);
      // What shrinks to a tenth is too small to be given back.
      const noise = Buffer.from(Array.from({ length: 5_000_000 }, () => Math.floor(random() * 64)));
      const writer = new BlockWriter(late);
      await writer.append(noise, packing);
      await writer.cut(packing);
      await writer.finish();
      expect(gunzipSync(await file.readFile()).equals(noise)).toBe(true);
    },
  );

  test('an error while writing comes out, and nothing is left unhandled', async () => {
    await using file = await open(join(await temporaryFolder(), 'blocks'), 'wx+');
    const full = Object.assign(new Error('no space'), { code: 'ENOSPC' });
    for (const packing of ['deflate', 'store'] as const) {
      const writer = new BlockWriter(withWrites(file, () => Promise.reject(full)));
      const writing = (async () => {
        for (let n = 0; n < 5; n += 1) await writer.append(data, packing);
        await writer.finish();
      })();
      await expect(writing).rejects.toBe(full);
    }
  });
});

test('a manifest of another length than its draft is not written', async () => {
  await using file = await open(join(await temporaryFolder(), 'members'), 'wx+');
  const members = new MembersWriter(file, 0);
  await members.draftManifest('draft');
  await expect(members.finish('longer than the draft')).rejects.toThrow(RangeError);
});

describe('scratch memory', () => {
  test('lays out texts and parts, small and large', () => {
    const scratch = new Scratch();
    expect(scratch.text('é☃').equals(Buffer.from('é☃'))).toBe(true);
    expect(scratch.concat([Buffer.from('a'), Buffer.from('bc')]).toString()).toBe('abc');
    expect(scratch.text('x'.repeat(9_000_000))).toHaveLength(9_000_000);
    expect(scratch.concat([data, data])).toHaveLength(2 * data.length);
    expect(scratch.text('')).toHaveLength(0);
  });
});

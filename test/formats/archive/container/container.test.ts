import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { BLOCK_SIZE, storedBlock } from '../../../../src/formats/archive/container/gzip-block.ts';
import { openContainer } from '../../../../src/formats/archive/container/open-container.ts';
import { blocks } from '../craft.ts';
import { temporaryFolder } from '../samples.ts';

const data = Buffer.from(
  Array.from({ length: 3_500_000 }, (_, n) => (Math.imul(n, 2_654_435_761) >>> 11) & 0xff),
);

async function fileOf(bytes: Uint8Array): Promise<string> {
  const path = join(await temporaryFolder(), 'container');
  await writeFile(path, bytes);
  return path;
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of chunks) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

describe('blocks that hold nothing', () => {
  const junk = (size: number): Buffer => {
    const block = storedBlock(Buffer.from('junk'));
    block.writeUInt32LE(size, block.length - 4);
    return block;
  };

  test.each([
    ['nothing', junk(0)],
    ['more than a block can', junk(BLOCK_SIZE + 1)],
    ['more than 200 times their length', junk(50_000)],
    ['another length than they have', junk(5)],
    ['an empty one that is whole', storedBlock(Buffer.alloc(0))],
  ])('are refused before any data, in between and at the end: %s', async (_, block) => {
    const whole = blocks(data.subarray(0, 2000));
    for (const bytes of [
      [block, whole],
      [block, block, whole],
      [whole, block, whole],
      [whole, block],
    ]) {
      await using file = await open(await fileOf(Buffer.concat(bytes)));
      const container = await openContainer(file);
      await expect(collect(container.bytes(0))).rejects.toMatchObject({ code: 'integrity' });
    }
  });

  test('a million of them are refused at once', async () => {
    const empty = storedBlock(Buffer.alloc(0));
    await using file = await open(await fileOf(Buffer.alloc(empty.length * 1_000_000, empty)));
    const container = await openContainer(file);
    await expect(collect(container.bytes(0))).rejects.toMatchObject({ code: 'integrity' });
  }, 30_000);
});

test('gzip that grows like a bomb is refused on the way', async () => {
  const part = gzipSync(Buffer.alloc(64 * 1024 * 1024));
  await using file = await open(await fileOf(Buffer.concat([part, part, part, part])));
  const container = await openContainer(file);
  let grown = 0;
  const reading = (async () => {
    for await (const chunk of container.bytes(0)) grown += chunk.length;
  })();
  await expect(reading).rejects.toMatchObject({ code: 'integrity' });
  expect(grown).toBeLessThan(128 * 1024 * 1024);
});

describe.each([
  ['blocks', blocks(data)],
  ['gzip', gzipSync(data, { level: 1 })],
  [
    'gzip with several members',
    Buffer.concat([gzipSync(data.subarray(0, 1000)), gzipSync(data.subarray(1000), { level: 1 })]),
  ],
])('%s', (name, bytes) => {
  test('any part can be read, in any order and side by side', async () => {
    await using file = await open(await fileOf(bytes));
    const container = await openContainer(file);
    expect(container.blocked).toBe(name === 'blocks');
    const starts = [0, 1, 3_000_000, 1_048_576, 1_048_575, data.length - 1, data.length, 5];
    for (const start of starts) {
      const [one, two] = await Promise.all([collect(container.bytes(start)), collect(container.bytes(0))]);
      expect(one.equals(data.subarray(start)), `from ${start}`).toBe(true);
      expect(two.equals(data)).toBe(true);
    }
  });

  test('it can be left early, and stopped', async () => {
    await using file = await open(await fileOf(bytes));
    const container = await openContainer(file);
    for await (const chunk of container.bytes(10)) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    const stop = new AbortController();
    const reading = (async () => {
      for await (const chunk of container.bytes(0, { signal: stop.signal }))
        if (chunk.length > 0) stop.abort();
    })();
    await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
    expect((await collect(container.bytes(0))).equals(data)).toBe(true);
  });

  test('an error of the file comes through', async () => {
    const file = await open(await fileOf(bytes));
    const container = await openContainer(file);
    await file.close();
    await expect(collect(container.bytes(0))).rejects.toMatchObject({ code: 'EBADF' });
  });
});

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { blockLength } from '../../../src/formats/archive/container/gzip-block.ts';
import { openArchive } from '../../../src/formats/archive/reader.ts';
import { openFile } from '../../../src/formats/opened-file.ts';
import { archiveOf, smallSample, temporaryFolder } from './samples.ts';

let archive: Buffer;
let path: string;

beforeAll(async () => {
  archive = await archiveOf(smallSample());
  path = join(await temporaryFolder(), 'damaged.tar.gz');
});

/** What verifying these bytes ends with: the code of the error, or `fine`. */
async function outcome(bytes: Uint8Array): Promise<unknown> {
  await using file = await open(path, 'w+');
  await file.writeFile(bytes);
  try {
    await using source = await openArchive(await openFile(file));
    await source.verify();
    return 'fine';
  } catch (error) {
    return error instanceof Error && 'code' in error ? error.code : error;
  }
}

/** The same numbers in each run. */
function* numbers(seed: number, below: number, count: number): Generator<number> {
  let state = seed;
  for (let n = 0; n < count; n += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield Math.floor((state / 2 ** 32) * below);
  }
}

function blockStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at += blockLength(bytes.subarray(at))) starts.push(at);
  return starts;
}

describe('damage is always found', () => {
  test('the archive itself is fine', async () => {
    expect(await outcome(archive)).toBe('fine');
  });

  test('one bit flipped at 500 places', async () => {
    for (const bit of numbers(7, archive.length * 8, 500)) {
      const flipped = Buffer.from(archive);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await outcome(flipped), `bit ${bit}`).toBe('integrity');
    }
  });

  test('every bit of the first block header', async () => {
    for (let bit = 0; bit < 24 * 8; bit += 1) {
      const flipped = Buffer.from(archive);
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await outcome(flipped), `bit ${bit}`).toBe('integrity');
    }
  });

  test('truncated at 200 lengths, and at every block', async () => {
    const lengths = [...numbers(11, archive.length, 200), ...blockStarts(archive), archive.length - 1];
    for (const length of lengths)
      expect(await outcome(archive.subarray(0, length)), `length ${length}`).toBe('integrity');
  });

  test('bytes appended', async () => {
    for (const more of [
      Buffer.from([0]),
      Buffer.alloc(1024),
      Buffer.from('more'),
      archive,
      archive.subarray(0, 600),
    ])
      expect(await outcome(Buffer.concat([archive, more]))).toBe('integrity');
  });

  test('blocks swapped, doubled, left out', async () => {
    const starts = [...blockStarts(archive), archive.length];
    const parts = starts.slice(1).map((end, index) => archive.subarray(starts[index], end));
    for (let n = 0; n + 1 < parts.length; n += 1) {
      const before = parts.slice(0, n);
      const [one = archive, two = archive] = parts.slice(n);
      const after = parts.slice(n + 2);
      for (const middle of [[two, one], [one, one, two], [two]])
        expect(await outcome(Buffer.concat([...before, ...middle, ...after])), `block ${n}`).toBe(
          'integrity',
        );
    }
  });
});

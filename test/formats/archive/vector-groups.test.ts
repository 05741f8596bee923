import { describe, expect, test } from 'vitest';
import { memoryEntry } from '../../../src/model/record.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { pack, unpack } from './craft.ts';
import { archiveOf, readBytes, type Sample } from './samples.ts';

/** Records whose vectors are of so many models by turns, each of its own size. */
function sampleOf(groups: number, rows: number): Sample {
  const entries = Array.from({ length: groups * rows }, (_, n) => {
    const model = `m${n % groups}`;
    const vector = new Float32Array(3 + (n % groups) * 40).fill(n);
    return memoryEntry(aMemory({ id: idOf(n + 1), embeddingModel: model }), vector);
  });
  return { entries };
}

async function expectAll(bytes: Buffer, sample: Sample): Promise<void> {
  const { items } = await readBytes(bytes);
  expect(items.map(item => (item.type === 'record' ? item.vector : null))).toEqual(
    sample.entries.map(({ vector }) => vector),
  );
}

describe('vectors of many models', () => {
  test.each([1, 8, 9, 16, 40])('each record gets its own, of %i by turns', async groups => {
    const sample = sampleOf(groups, 60);
    const archive = await archiveOf(sample);
    await expectAll(archive, sample);
    if (groups <= 16) await expectAll(pack(unpack(archive), { container: 'gzip' }), sample);
  });

  test('more of them than rows', async () => {
    const sample = sampleOf(300, 1);
    await expectAll(await archiveOf(sample), sample);
  });

  test('rows larger than what is kept of them', async () => {
    const entries = Array.from({ length: 27 }, (_, n) =>
      memoryEntry(
        aMemory({ id: idOf(n + 1), embeddingModel: `m${n % 9}` }),
        new Float32Array(10_000).fill(n),
      ),
    );
    await expectAll(await archiveOf({ entries }), { entries });
  });

  test('in one stream at most 16 are read', async () => {
    const archive = await archiveOf(sampleOf(17, 1));
    await expect(readBytes(pack(unpack(archive), { container: 'gzip' }))).rejects.toMatchObject({
      code: 'integrity',
      message: expect.stringContaining('more than 16 models'),
    });
  });
});

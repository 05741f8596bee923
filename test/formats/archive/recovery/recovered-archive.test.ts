import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { blockLength } from '../../../../src/formats/archive/container/gzip-block.ts';
import { memoryEntry } from '../../../../src/model/record.ts';
import { scratch } from '../../../support/cli.ts';
import { aMemory, idOf } from '../../../support/records.ts';
import { flipped, numbers, type Recovered, recover, recovered } from '../../recovery.ts';
import { changed, pack, replaced, unpack } from '../craft.ts';
import { archiveOf, type Sample, smallSample, temporaryFolder } from '../samples.ts';

/** Text that does not compress, so that the records fill several blocks. */
function noise(seed: number, length: number): string {
  return [...numbers(seed, 1_000_000_000, length / 6)].map(n => n.toString(36)).join('');
}

function largeSample(): Sample {
  const entries = Array.from({ length: 700 }, (_, n) => {
    const vector = Float32Array.from({ length: 768 }, (_, i) => Math.fround(n + i / 1000));
    const memory = aMemory({ id: idOf(n), content: noise(n + 1, 3000), embeddingModel: 'm' });
    return memoryEntry(memory, vector);
  });
  return { entries };
}

let small: Buffer;
let large: Buffer;
let wholeSmall: Recovered;
let wholeLarge: Recovered;
beforeAll(async () => {
  small = await archiveOf(smallSample());
  large = await archiveOf(largeSample());
  const folder = await temporaryFolder();
  wholeSmall = await recovered(small, undefined, join(folder, 'small'));
  wholeLarge = await recovered(large, undefined, join(folder, 'large'));
});

function blockStarts(bytes: Buffer): number[] {
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at += blockLength(bytes.subarray(at))) starts.push(at);
  return starts;
}

/** Nothing that was recovered differs from what was there; vectors may be missing. Gives how many have theirs. */
function sameRecords(found: Recovered, whole: Recovered, what: string): number {
  let vectors = 0;
  for (const [id, record] of found.records) {
    const original = whole.records.get(id);
    if (record.line !== original?.line) expect([what, record.line]).toEqual([what, original?.line]);
    if (record.vector === null) continue;
    vectors += 1;
    if (Buffer.compare(bytesOf(record.vector), bytesOf(original?.vector ?? null)) !== 0)
      throw new Error(`${what}: another vector at ${id}`);
  }
  return vectors;
}

function bytesOf(vector: Float32Array | null): Buffer {
  return vector === null ? Buffer.alloc(0) : Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

test('a whole archive is read as ever, and nothing is lost', () => {
  expect([wholeSmall.lost, wholeLarge.lost]).toEqual([null, null]);
  expect(wholeLarge.records.size).toBe(700);
  expect(blockStarts(large).length).toBeGreaterThan(15);
});

describe('archives of blocks', () => {
  test('cut anywhere: nothing altered, nothing invented, and all records before it', async () => {
    const path = join(scratch(), 'cut');
    for (const length of numbers(11, small.length, 40)) {
      const result = await recover(small.subarray(0, length), undefined, path);
      if (typeof result === 'string') continue;
      expect(result.lost).not.toBeNull();
      sameRecords(result, wholeSmall, `cut at ${length}`);
    }
    const cut = await recovered(large.subarray(0, Math.floor(large.length * 0.8)), undefined, path);
    const vectors = sameRecords(cut, wholeLarge, 'cut at 80 %');
    // Records come first; the cut lies among the vectors.
    expect(cut.records.size).toBe(700);
    expect(vectors).toBeGreaterThan(100);
    expect(vectors).toBeLessThan(700);
    expect(cut.lost).toMatchObject({ memories: 0, vectors: 700 - vectors });
    const early = await recovered(large.subarray(0, Math.floor(large.length * 0.2)), undefined, path);
    expect(sameRecords(early, wholeLarge, 'cut at 20 %')).toBe(0);
    expect(early.lost?.memories).toBe(700 - early.records.size - rejects(early));
    expect(early.records.size).toBeGreaterThan(100);
  });

  test('cut in the middle of a block: the records before the cut are there', async () => {
    const path = join(scratch(), 'within');
    const counts: number[] = [];
    for (let length = 0; length < small.length; length += 32) {
      const result = await recover(small.subarray(0, length), undefined, path);
      if (typeof result !== 'string') sameRecords(result, wholeSmall, `cut at ${length}`);
      counts.push(typeof result === 'string' ? 0 : result.records.size);
    }
    expect(counts).toEqual(counts.toSorted((one, other) => one - other));
    // Whole blocks alone would give three: none, the memories, and the code units as well.
    expect(new Set(counts).size).toBeGreaterThan(5);
    for (const length of numbers(21, large.length, 12)) {
      const result = await recover(large.subarray(0, length), undefined, path);
      if (typeof result !== 'string') sameRecords(result, wholeLarge, `cut at ${length}`);
    }
  });

  test('a bit flipped anywhere: no more is gone than what lies in its block', async () => {
    const path = join(scratch(), 'flipped');
    for (const bit of numbers(13, small.length * 8, 60)) {
      const found = await recovered(flipped(small, bit), undefined, path).catch(() => null);
      if (found === null) {
        // All of the small archive's memories lie in one block, and the code units in another.
        throw new Error(`nothing recovered with bit ${bit}`);
      }
      expect(found.lost, `bit ${bit}`).not.toBeNull();
      sameRecords(found, wholeSmall, `bit ${bit}`);
    }
  });

  test('each block in turn: the neighbours of a damaged block are whole', async () => {
    const path = join(scratch(), 'blocks');
    for (const [index, start] of blockStarts(large).entries()) {
      const broken = Buffer.from(large);
      broken.fill(0x55, start + 30, start + 40);
      const found = await recovered(broken, undefined, path);
      const vectors = sameRecords(found, wholeLarge, `block ${index}`);
      // A block of 1 MiB holds at most 350 of these records; only one is in two blocks.
      expect(found.records.size, `block ${index}`).toBeGreaterThan(330);
      const missing = 700 - found.records.size;
      if (missing > 0) expect(found.lost?.memories).toBe(missing - rejects(found));
      else expect(vectors, `block ${index}`).toBeGreaterThanOrEqual(0);
    }
  });

  test('a block that is gone without a trace never joins the halves of two records', async () => {
    const path = join(scratch(), 'gone');
    const starts = blockStarts(large);
    for (const [index, start] of starts.entries()) {
      const end = starts[index + 1] ?? large.length;
      const without = Buffer.concat([large.subarray(0, start), large.subarray(end)]);
      const found = await recovered(without, undefined, path);
      sameRecords(found, wholeLarge, `without block ${index}`);
      expect(found.records.size, `without block ${index}`).toBeGreaterThan(330);
    }
  });

  test('bytes appended, and bytes in between', async () => {
    const end = await recovered(Buffer.concat([large, Buffer.from('x')]));
    expect([end.records.size, sameRecords(end, wholeLarge, 'appended')]).toEqual([700, 700]);
    const at = blockStarts(large)[3] ?? 0;
    const between = await recovered(
      Buffer.concat([large.subarray(0, at), Buffer.alloc(99), large.subarray(at)]),
    );
    expect(between.records.size).toBeGreaterThanOrEqual(699);
    sameRecords(between, wholeLarge, 'between');
  });
});

function rejects(found: Recovered): number {
  return found.items.filter(item => item.type === 'reject').length;
}

describe('what an archive says of itself', () => {
  test.each([
    ['checksums', replaced(/"sha256:[0-9a-f]/, '"sha256:x')],
    ['the digest', replaced(/"content_digest": "sha256:..../, '"content_digest": "sha256:0000')],
    ['a count', replaced('"memory_count": 12', '"memory_count": 15')],
    ['the whole manifest', () => Buffer.from('nonsense')],
  ])('%s: wrong', async (what, change) => {
    for (const container of ['blocks', 'gzip'] as const) {
      const found = await recovered(pack(changed(unpack(small), 'manifest.json', change), { container }));
      expect(found.records.size, what).toBe(wholeSmall.records.size);
      expect(sameRecords(found, wholeSmall, what)).toBe(wholeSmall.verification.vectors);
      expect(found.lost?.memories).toBe(
        what === 'a count' ? 3 : what === 'the whole manifest' ? found.lost?.memories : 0,
      );
    }
  });

  test.each([
    'manifest.json',
    'memories/embeddings.npz',
    'metadata/checksums.sha256',
    'config/export_config.json',
  ])('%s: missing', async name => {
    const found = await recovered(pack(unpack(small).filter(entry => !String(entry.name).endsWith(name))));
    expect(found.records.size).toBe(wholeSmall.records.size);
    sameRecords(found, wholeSmall, name);
    expect(found.items.filter(item => item.type === 'tombstone')).toEqual(
      wholeSmall.items.filter(item => item.type === 'tombstone'),
    );
    expect(found.items.filter(item => item.type === 'project')).toEqual(
      wholeSmall.items.filter(item => item.type === 'project'),
    );
  });

  test('a npz whose ids are damaged gives no vector', async () => {
    const ids = 30 + 7 + 128 + 20;
    // The first digit of the first id, and the last one of each: some are in order all the same.
    for (const at of [0, 35, 71, 107, 143]) {
      const entries = changed(unpack(small), 'memories/embeddings.npz', data =>
        flipped(data, (ids + at) * 8),
      );
      const found = await recovered(pack(entries));
      expect(found.records.size).toBe(wholeSmall.records.size);
      expect([...found.records.values()].filter(r => r.kind === 'memory' && r.vector !== null)).toEqual([]);
      sameRecords(found, wholeSmall, 'ids');
    }
  });

  test('a damaged tar header: its member is still read', async () => {
    for (const container of ['blocks', 'gzip'] as const) {
      const entries = unpack(small);
      const tar = Buffer.from(
        await import('node:zlib').then(zlib => zlib.gunzipSync(pack(entries, { container: 'gzip' }))),
      );
      const at = tar.indexOf('memories/memories.json\0');
      tar[at + 2] = 0x21;
      const broken = container === 'gzip' ? gzipSync(tar) : pack(entries);
      const found = await recovered(
        container === 'gzip' ? broken : Buffer.concat([broken, Buffer.from('x')]),
      );
      expect(found.records.size).toBe(wholeSmall.records.size);
      sameRecords(found, wholeSmall, 'header');
    }
  });
});

describe('another program’s gzip', () => {
  test('cut anywhere: every whole record before the cut', async () => {
    const tar = await import('node:zlib').then(zlib => zlib.gunzipSync(large));
    const plain = gzipSync(tar, { level: 1 });
    const path = join(scratch(), 'plain');
    for (const part of [0.1, 0.3, 0.6, 0.95]) {
      const found = await recovered(plain.subarray(0, Math.floor(plain.length * part)), undefined, path);
      sameRecords(found, wholeLarge, `cut at ${part}`);
      expect(found.lost).not.toBeNull();
      expect(found.records.size).toBeGreaterThan(part === 0.1 ? 100 : 300);
    }
  });

  test('a bit flipped anywhere: no crash, never a vector on the wrong record', async () => {
    const plain = gzipSync(await import('node:zlib').then(zlib => zlib.gunzipSync(small)));
    const path = join(scratch(), 'plain');
    for (const bit of numbers(17, plain.length * 8, 60)) {
      const found = await recover(flipped(plain, bit), undefined, path);
      if (typeof found === 'string') {
        expect(['integrity', 'unknown_format', 'newer_version']).toContain(found);
        continue;
      }
      for (const [id, { vector }] of found.records) {
        if (vector === null) continue;
        expect(
          bytesOf(vector).equals(bytesOf(wholeSmall.records.get(id)?.vector ?? null)),
          `bit ${bit}`,
        ).toBe(true);
      }
    }
  });
});

describe('a hostile archive is refused', () => {
  const hostile = (name: string, type = '0', linkName = '') => [
    ...unpack(small),
    { name, data: Buffer.from('x'), type, linkName },
  ];
  test.each([
    ['../evil', '0'],
    ['/etc/passwd', '0'],
    ['portable_backup/link', '2'],
    ['portable_backup/stranger', '0'],
    ['portable_backup/memories/memories.json', '0'],
  ])('%s (type %s)', async (name, type) => {
    for (const container of ['blocks', 'gzip'] as const)
      expect(await recover(pack(hostile(name, type) as Parameters<typeof pack>[0], { container }))).toBe(
        'integrity',
      );
  });
  test('a bomb', async () => {
    expect(await recover(gzipSync(Buffer.alloc(200 * 1024 * 1024)))).toBe('integrity');
    const tar = await import('node:zlib').then(zlib => zlib.gunzipSync(small));
    expect(await recover(gzipSync(Buffer.concat([tar, Buffer.alloc(200 * 1024 * 1024)])))).toBe('integrity');
  });
});

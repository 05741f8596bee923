import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { memoryEntry } from '../../../src/model/record.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { blocks, changed, type Entry, pack, pax, replaced, TOP, unpack } from './craft.ts';
import { archiveOf, readBytes, smallSample } from './samples.ts';

let entries: Entry[];

beforeAll(async () => {
  entries = unpack(await archiveOf(smallSample()));
});

describe('ends and bombs', () => {
  const tar = (end: Buffer, container: 'blocks' | 'gzip' = 'blocks') => pack(entries, { end, container });

  test('a missing, half or padded end', async () => {
    for (const size of [0, 512, 1536, 10_240])
      await expect(readBytes(tar(Buffer.alloc(size)))).rejects.toMatchObject({ code: 'integrity' });
    await expect(readBytes(tar(Buffer.alloc(512), 'gzip'))).rejects.toMatchObject({ code: 'integrity' });
    await expect(readBytes(tar(Buffer.alloc(2_000_000), 'gzip'))).rejects.toMatchObject({
      code: 'integrity',
    });
    await expect(readBytes(tar(Buffer.from(`${'\0'.repeat(1024)}x`), 'gzip'))).rejects.toMatchObject({
      code: 'integrity',
    });
  });

  test('an archive that others have packed again is read', async () => {
    for (const container of ['blocks', 'gzip'] as const) {
      const folders = [
        { name: './', type: '5', data: Buffer.alloc(0) },
        { name: TOP, type: '5', data: Buffer.alloc(0) },
      ];
      const dotted = entries.map(entry => ({ ...entry, name: `./${entry.name}` }));
      const bare = entries.map(entry => ({ ...entry, name: String(entry.name).slice(TOP.length) }));
      const renamed = entries.map(entry => ({
        ...entry,
        name: `other/${String(entry.name).slice(TOP.length)}`,
      }));
      const withTimes = entries.flatMap(entry => [pax(['mtime', '1.5'], ['SCHILY.xattr.x', 'y']), entry]);
      const withPath = entries.flatMap(entry => [pax(['path', String(entry.name)]), entry]);
      const withComment = [{ ...pax(['comment', 'x']), type: 'g' }, ...entries];
      const gnu = entries.map(entry => ({ ...entry, magic: 'ustar  \0', type: '\0' }));
      for (const all of [[...folders, ...dotted], bare, renamed, withTimes, withPath, withComment, gnu])
        expect((await readBytes(pack(all, { container }))).items).toHaveLength(19);
    }
    expect((await readBytes(tar(Buffer.alloc(10_240), 'gzip'))).items).toHaveLength(19);
  });

  test('gzip of other programs: flips, truncations, garbage and zeros behind it', async () => {
    const good = pack(entries, { container: 'gzip' });
    for (const bytes of [
      good.subarray(0, good.length - 9),
      good.subarray(0, 100),
      Buffer.concat([good, Buffer.from('garbage')]),
      Buffer.concat([good, Buffer.alloc(10)]),
      Buffer.concat([good, gzipSync('x')]),
      flipped(good, good.length - 6),
      flipped(good, 200),
    ])
      await expect(readBytes(bytes)).rejects.toMatchObject({ code: 'integrity' });
  });

  test('a bomb of a gigabyte takes neither its memory nor its time', async () => {
    const [first, ...others] = entries;
    const part = gzipSync(Buffer.alloc(32 * 1024 * 1024, '{}\n'));
    const head = pack(
      [
        first ?? { name: '', data: Buffer.alloc(0) },
        { name: `${TOP}memories/memories.json`, data: Buffer.from('x'), size: 0o7000000000 },
      ],
      {
        container: 'gzip',
        end: Buffer.alloc(0),
      },
    );
    expect(others.length).toBeGreaterThan(0);
    await expect(
      readBytes(Buffer.concat([head, ...Array.from({ length: 32 }, () => part)])),
    ).rejects.toMatchObject({
      code: 'integrity',
    });
  });

  test('a tar that is a bomb of zeros', async () => {
    const zeros = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const bomb = Buffer.concat([
      pack(entries.slice(0, 1), { container: 'gzip', end: Buffer.alloc(0) }),
      zeros,
      zeros,
    ]);
    await expect(readBytes(bomb)).rejects.toMatchObject({ code: 'integrity' });
  });

  test('blocks that do not hold a tar', async () => {
    await expect(readBytes(blocks(Buffer.from('not a tar')))).rejects.toMatchObject({ code: 'integrity' });
    await expect(readBytes(blocks(Buffer.alloc(4096, 'x')))).rejects.toMatchObject({ code: 'integrity' });
  });

  function flipped(bytes: Buffer, at: number): Buffer {
    const copy = Buffer.from(bytes);
    copy[at] = (copy[at] ?? 0) ^ 1;
    return copy;
  }
});

describe('what is odd but whole', () => {
  /** A sample whose second record's line is changed after the fact, digest and all. */
  async function withLine(change: (line: string) => string) {
    const vector = Float32Array.of(1, 2);
    const sample = [1, 2, 3].map(n => memoryEntry(aMemory({ id: idOf(n), embeddingModel: 'm' }), vector));
    const odd = sample.map(entry =>
      entry.record.id === idOf(2) ? { ...entry, line: change(entry.line) } : entry,
    );
    return readBytes(await archiveOf({ entries: odd }));
  }

  test('a line that is no JSON is rejected, the others are read', async () => {
    const { items } = await withLine(line => line.slice(0, -1));
    expect(items.map(({ type }) => type)).toEqual(['record', 'reject', 'record']);
    expect(items[1]).toMatchObject({ kind: 'memory', position: 1, id: idOf(2) });
  });

  test('a line that is not UTF-8, deep or without an id', async () => {
    for (const change of [
      (line: string) => line.replace(/"metadata":\{\}/, `"metadata":${'[1,'.repeat(80)}1${']'.repeat(80)}`),
      (line: string) => line.replace(idOf(2), idOf(2).toUpperCase().replace('0-7', 'A-7')),
      (line: string) => line.replace('"id"', '"ident"'),
      () => '5',
      () => '"text"',
      (line: string) => line.replace(/^\{/, `{"id":"${idOf(1)}",`),
      (line: string) => line.replace(/\}$/, `,"id":"${idOf(3)}"}`),
    ]) {
      const result = withLine(change);
      // Without a readable id its vector belongs to nobody, and the archive lies.
      await result.then(
        ({ items }) => expect(items[1]?.type).toBe('reject'),
        error => expect(error).toMatchObject({ code: 'integrity' }),
      );
    }
  });

  test('a line that is not canonical is read without its line', async () => {
    const { items } = await withLine(line => line.replace('"importance":0.5', '"importance": 0.5'));
    expect(items[1]).toMatchObject({ type: 'record', line: null });
  });

  test('big numbers keep their digits and their line', async () => {
    const { items } = await withLine(line =>
      line.replace('"metadata":{}', '"metadata":{"n":9007199254740993}'),
    );
    expect(items[1]).toMatchObject({ type: 'record', line: expect.stringContaining('9007199254740993') });
  });

  test('an embedding in the line is left out', async () => {
    const { items } = await withLine(line =>
      line.replace('"embedding_model"', '"embedding":[1],"embedding_model"'),
    );
    expect(items[1]).toMatchObject({
      type: 'record',
      line: null,
      warnings: [expect.stringContaining('embedding')],
    });
    expect(items[1]).not.toHaveProperty('value.embedding');
  });

  test('a vector of another model than the record says is left out', async () => {
    const { items } = await withLine(line => line.replace('"embedding_model":"m"', '"embedding_model":"n"'));
    expect(items[1]).toMatchObject({
      type: 'record',
      vector: null,
      warnings: [expect.stringContaining('model')],
    });
    const without = await withLine(line => line.replace('"embedding_model":"m",', ''));
    expect(without.items[1]).toMatchObject({ type: 'record', vector: null });
  });

  test('a vector that is not finite is left out', async () => {
    const entry = memoryEntry(aMemory({ embeddingModel: 'm' }), Float32Array.of(1, Number.NaN));
    const { items } = await readBytes(await archiveOf({ entries: [entry] }));
    expect(items[0]).toMatchObject({ vector: null, warnings: [expect.stringContaining('finite')] });
  });

  test('a newer minor version is read, with a warning', async () => {
    const crafted = changed(entries, 'manifest.json', replaced('"version": "1.0.0"', '"version": "1.7.0"'));
    const { verification } = await readBytes(pack(crafted));
    expect(verification.warnings).toEqual([expect.stringContaining('1.7.0')]);
  });
});

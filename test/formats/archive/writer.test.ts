import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ArchiveWriter } from '../../../src/formats/archive/writer.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { TOP, unpack } from './craft.ts';
import {
  archiveOf,
  headerOf,
  linesOf,
  readBytes,
  smallSample,
  temporaryFolder,
  vectorsOf,
  writeSample,
} from './samples.ts';

const EMPTY = { entries: [] };

async function withWriter(
  work: (writer: ArchiveWriter) => Promise<unknown>,
  header = headerOf(smallSample()),
) {
  await using file = await open(join(await temporaryFolder(), 'x'), 'wx+');
  await work(await ArchiveWriter.create(file, header));
}

describe('the bytes of an archive', () => {
  test('an empty store gives every JSON member, no npz, the manifest first and the checksums last', async () => {
    const entries = unpack(await archiveOf(EMPTY));
    expect(entries.map(({ name }) => name)).toEqual([
      `${TOP}manifest.json`,
      `${TOP}memories/memories.json`,
      `${TOP}code_index/projects.json`,
      `${TOP}code_index/semantic_units.json`,
      `${TOP}config/export_config.json`,
      `${TOP}metadata/statistics.json`,
      `${TOP}metadata/checksums.sha256`,
    ]);
    expect(String(entries[1]?.data)).toBe(
      '{"version":"1.0.0","schema_version":"3.0.0","generator":"memport 0.0.0-test","memory_count":0,"memories":[\n],"tombstones":[\n]}\n',
    );
    expect(String(entries[2]?.data)).toBe(
      '{"version":"1.0.0","schema_version":"3.0.0","generator":"memport 0.0.0-test","project_count":0,"projects":[\n]}\n',
    );
    expect(String(entries[3]?.data)).toBe(
      '{"version":"1.0.0","schema_version":"3.0.0","generator":"memport 0.0.0-test","code_unit_count":0,"semantic_units":[\n]}\n',
    );
  });

  test('a record stands on each line, and the manifest says what is there', async () => {
    const sample = smallSample();
    const entries = unpack(await archiveOf(sample));
    const text = (name: string): string => String(entries.find(entry => entry.name === TOP + name)?.data);
    const lines = text('memories/memories.json').split('\n');
    expect(lines.slice(1, 13)).toEqual(
      linesOf(sample, 'memory').map(({ line }, index) => (index < 11 ? `${line},` : line)),
    );
    expect(lines[13]).toBe('],"tombstones":[');
    expect(JSON.parse(text('memories/memories.json')).tombstones).toHaveLength(2);
    const manifest = JSON.parse(text('manifest.json'));
    expect(manifest).toMatchObject({
      version: '1.0.0',
      schema_version: '3.0.0',
      format: 'portable_backup',
      generator: 'memport 0.0.0-test',
      export_date: '2026-03-04T05:06:07.089Z',
      export_type: 'full',
      filters: {},
      memory_count: 12,
      code_unit_count: 3,
      tombstone_count: 2,
      projects: ['alpha', 'béta'],
      compression: 'gzip',
      encryption: 'none',
    });
    expect(manifest.embeddings).toEqual([
      {
        file: 'memories/embeddings.npz',
        array: 'embeddings',
        ids: 'ids',
        model: 'hashing-8',
        dimensions: 8,
        count: 4,
      },
      {
        file: 'memories/embeddings.npz',
        array: 'embeddings.1',
        ids: 'ids.1',
        model: 'other "model"',
        dimensions: 5,
        count: 4,
      },
      {
        file: 'code_index/embeddings.npz',
        array: 'embeddings',
        ids: 'ids',
        model: 'hashing-8',
        dimensions: 8,
        count: 3,
      },
    ]);
    expect(Object.keys(manifest.checksums)).toEqual(
      entries.slice(1).map(({ name }) => String(name).slice(TOP.length)),
    );
    const statistics = JSON.parse(text('metadata/statistics.json'));
    expect(statistics.by_category).toEqual({ fact: 1 });
    for (const entry of entries.slice(1, 7))
      expect(statistics.member_bytes[String(entry.name).slice(TOP.length)]).toBe(entry.data.length);
  });

  test('the same data gives the same bytes, however the pages are cut', async () => {
    const first = await archiveOf(smallSample(), 1);
    for (const pageSize of [2, 7, 1000])
      expect((await archiveOf(smallSample(), pageSize)).equals(first)).toBe(true);
    const other = { ...headerOf(smallSample()), projects: ['béta', 'alpha'] };
    const reversed = { ...other, memoryVectors: [...other.memoryVectors].reverse() };
    expect((await archiveOf(smallSample(), 3, reversed)).equals(first)).toBe(true);
  });

  test('the content digest does not depend on the date', async () => {
    const digestOf = async (bytes: Buffer) => (await readBytes(bytes)).verification.contentDigest;
    const later = { ...headerOf(smallSample()), exportDate: -5n, exportType: 'filtered' as const };
    const [first, second] = [await archiveOf(smallSample()), await archiveOf(smallSample(), 5, later)];
    expect(first.equals(second)).toBe(false);
    expect(await digestOf(second)).toBe(await digestOf(first));
  });

  test('a manifest larger than a block is patched whole', async () => {
    const projects = Array.from({ length: 8000 }, (_, n) => `project ${n} ${'x'.repeat(150)}`);
    const { verification, items } = await readBytes(await archiveOf({ entries: [], projects }, 500));
    expect(verification.memories).toBe(0);
    expect(items).toHaveLength(8000);
  });

  test('sizes are reported', async () => {
    await using file = await open(join(await temporaryFolder(), 'x'), 'wx+');
    const written = await writeSample(file, smallSample());
    expect(written.bytes).toBe((await file.stat()).size);
    expect([...written.members.keys()]).toContain('memories/embeddings.npz');
    expect(written.contentDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe('what is not as announced is refused', () => {
  const sample = smallSample();
  const lines = linesOf(sample, 'memory');
  const [group = { model: '', dimensions: 0, count: 0 }] = headerOf(sample).memoryVectors;
  const vectors = vectorsOf(sample, 'memory', group);
  const wrong: readonly (readonly [string, (writer: ArchiveWriter) => Promise<unknown>])[] = [
    ['too few memories', async w => w.memories(lines.slice(1)).then(() => w.tombstones([]))],
    [
      'too many memories',
      async w =>
        w
          .memories([...lines, { ...lines[0], id: idOf(90), line: '{}', model: null, dimensions: null }])
          .then(() => w.finish()),
    ],
    ['ids out of order', w => w.memories([...lines].reverse())],
    ['an id twice', async w => w.memories(lines.slice(0, 1)).then(() => w.memories(lines.slice(0, 1)))],
    ['an unknown model', w => w.memories(lines.map(line => ({ ...line, model: 'unknown' })))],
    [
      'more vectors of a group',
      w => w.memories(lines.map(line => ({ ...line, model: group.model, dimensions: 8 }))),
    ],
    [
      'fewer vectors of a group',
      async w =>
        w
          .memories(lines.map(line => ({ ...line, dimensions: null })))
          .then(() => w.memoryVectors(group, vectors)),
    ],
    [
      'too few vectors',
      async w =>
        w
          .memories(lines)
          .then(() => w.tombstones(['{}', '{}']))
          .then(() => w.memoryVectors(group, vectors.slice(1))),
    ],
    [
      'a vector missing at the end',
      async w =>
        w
          .memories(lines)
          .then(() => w.tombstones(['{}', '{}']))
          .then(() => w.memoryVectors(group, vectors.slice(0, 3)))
          .then(() => w.projects([])),
    ],
    [
      'vectors of another length',
      async w =>
        w
          .memories(lines)
          .then(() => w.tombstones(['{}', '{}']))
          .then(() =>
            w.memoryVectors(
              group,
              vectors.map(({ id }) => ({ id, bytes: new Uint8Array(4) })),
            ),
          ),
    ],
    [
      'vectors of an unknown group',
      async w =>
        w
          .memories(lines)
          .then(() => w.tombstones(['{}', '{}']))
          .then(() => w.memoryVectors({ model: 'x', dimensions: 8 }, vectors)),
    ],
    ['too few tombstones', async w => w.memories(lines).then(() => w.projects([]))],
  ];
  test.each(wrong)('%s', async (_, work) => {
    await withWriter(writer => expect(work(writer)).rejects.toMatchObject({ code: 'integrity' }));
  });

  test('parts out of order, or twice, are a mistake of the caller', async () => {
    await withWriter(async writer => {
      await writer.projects([]);
      await expect(writer.memories([])).rejects.toThrow(RangeError);
      await writer.exportConfig({});
      await expect(writer.exportConfig({})).rejects.toThrow(RangeError);
    }, headerOf(EMPTY));
  });

  test('vectors without dimensions, and groups that stand twice, are refused', async () => {
    const header = headerOf(EMPTY);
    for (const memoryVectors of [
      [{ model: null, dimensions: 0, count: 1 }],
      [
        { model: 'a', dimensions: 3, count: 1 },
        { model: 'a', dimensions: 3, count: 2 },
      ],
      Array.from({ length: 1001 }, (_, n) => ({ model: null, dimensions: n + 1, count: 1 })),
    ])
      await expect(withWriter(async () => {}, { ...header, memoryVectors })).rejects.toMatchObject({
        code: 'failed',
      });
  });

  test('a record that no reader takes is not written', async () => {
    const line = `{"content":"${'x'.repeat(113 * 1024 * 1024)}"}`;
    await withWriter(
      writer =>
        expect(writer.memories([{ id: idOf(1), line, model: null, dimensions: null }])).rejects.toMatchObject(
          {
            code: 'failed',
          },
        ),
      { ...headerOf(EMPTY), memoryCount: 1 },
    );
  });

  test('groups that nothing was announced for are left out', async () => {
    const entry = memoryEntry(aMemory({ id: idOf(1) }), null);
    const header = {
      ...headerOf({ entries: [entry] }),
      memoryVectors: [{ model: 'a', dimensions: 3, count: 0 }],
    };
    const { items } = await readBytes(await archiveOf({ entries: [entry] }, 5, header));
    expect(items).toHaveLength(1);
  });

  test('export config and statistics that are left out are there all the same', async () => {
    await using file = await open(join(await temporaryFolder(), 'x'), 'wx+');
    const writer = await ArchiveWriter.create(file, headerOf(EMPTY));
    await writer.finish();
    const entries = unpack(await file.readFile());
    expect(String(entries[4]?.data)).toBe('{}\n');
    expect(JSON.parse(String(entries[5]?.data))).toHaveProperty('member_bytes');
  });
});

describe('what is too large for an archive', () => {
  const long = (id: string) => `{"content":"${'x'.repeat(40 * 1024 * 1024)}","id":"${id}"}`;
  const header = { ...headerOf(EMPTY), memoryCount: 50 };
  const error = { code: 'failed', message: expect.stringMatching(`record ${idOf(5)} is longer than 40 MiB`) };

  test('a record, which the error names', async () => {
    const line = { id: idOf(5), line: long(idOf(5)), model: null, dimensions: null };
    await expect(withWriter(writer => writer.memories([line]), header)).rejects.toMatchObject(error);
    const lines = Buffer.from(`{"id":"${idOf(4)}"},\n${long(idOf(5))},\n{"id":"${idOf(6)}"}`);
    const run = { count: 3, ids: idOf(4) + idOf(5) + idOf(6), lines, vectors: null };
    await expect(withWriter(writer => writer.memoryRuns([run]), header)).rejects.toMatchObject(error);
  });

  test('but not many records that are large together', async () => {
    const numbers = Array.from({ length: 50 }, (_, n) => n + 1);
    const lines = numbers.map(n => `{"content":"${'x'.repeat(1024 * 1024)}","id":"${idOf(n)}"}`);
    const run = {
      count: 50,
      ids: numbers.map(idOf).join(''),
      lines: Buffer.from(lines.join(',\n')),
      vectors: null,
    };
    await withWriter(async writer => {
      await writer.memoryRuns([run]);
      await writer.finish();
    }, header);
  });

  test('projects', async () => {
    const projects = Array.from({ length: 100_001 }, (_, n) => `p${n}`);
    const isTooMany = { code: 'failed', message: expect.stringContaining('at most 100000 projects') };
    await expect(withWriter(async () => {}, { ...headerOf(EMPTY), projects })).rejects.toMatchObject(
      isTooMany,
    );
    const long = Array.from({ length: 100_000 }, (_, n) => `${n}${'é'.repeat(150)}`);
    await expect(withWriter(async () => {}, { ...headerOf(EMPTY), projects: long })).rejects.toMatchObject({
      message: expect.stringContaining('too long'),
    });
  });

  test('statistics, of which what fits is written', async () => {
    const counts = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`t${n}`, n]));
    await using file = await open(join(await temporaryFolder(), 'x'), 'wx+');
    const writer = await ArchiveWriter.create(file, headerOf(EMPTY));
    await writer.statistics({ by_tag: counts(100_001), by_category: { fact: 1 }, by_project: counts(10) });
    await writer.finish();
    const entry = unpack(await file.readFile()).find(({ name }) => name === `${TOP}metadata/statistics.json`);
    expect(JSON.parse(String(entry?.data))).toMatchObject({ by_category: { fact: 1 }, left_out: ['by_tag'] });
  });
});

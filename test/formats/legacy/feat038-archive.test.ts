import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync, gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { encodeNpyHeader } from '../../../src/formats/archive/npz/npy.ts';
import { centralDirectory, localHeader } from '../../../src/formats/archive/npz/zip-format.ts';
import { openSource } from '../../../src/formats/detect.ts';
import { openFeat038Archive } from '../../../src/formats/legacy/feat038-archive.ts';
import { openFile } from '../../../src/formats/opened-file.ts';
import type { SourceItem, Verification } from '../../../src/formats/source.ts';
import type { Progress } from '../../../src/model/progress.ts';
import { type Entry, pack } from '../archive/craft.ts';
import { temporaryFolder } from '../archive/samples.ts';

const FIXTURES = fileURLToPath(new URL('../../fixtures/claude-memory-server/', import.meta.url));

async function read(
  path: string,
): Promise<{ verification: Verification; items: readonly SourceItem[]; header: unknown }> {
  await using source = await openSource(path);
  const verification = await source.verify();
  return { verification, items: await drain(source.read()), header: source.header };
}

async function drain(batches: AsyncIterable<readonly SourceItem[]>): Promise<readonly SourceItem[]> {
  const items: SourceItem[] = [];
  for await (const batch of batches) items.push(...batch);
  return items;
}

async function readBytes(bytes: Uint8Array) {
  const path = join(await temporaryFolder(), 'flat.tar.gz');
  await writeFile(path, bytes);
  await using opened = await openFile(path);
  await using source = await openFeat038Archive(opened);
  const verification = await source.verify();
  return { verification, items: await drain(source.read()) };
}

/** The regular files of a flat archive, pax headers left out. */
function unpackFlat(tarGz: Buffer): Entry[] {
  const tar = gunzipSync(tarGz);
  const entries: Entry[] = [];
  for (let at = 0; tar[at] !== 0; ) {
    const name = tar.toString('latin1', at, tar.indexOf(0, at));
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135), 8);
    if (tar[at + 156] === 0x30) entries.push({ name, data: tar.subarray(at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

function sealed(entries: readonly Entry[]): Entry[] {
  const sums = entries
    .filter(({ name }) => name !== 'checksums.sha256')
    .map(({ name, data }) => `${createHash('sha256').update(data).digest('hex')}  ${name}\n`);
  return entries.map(entry =>
    entry.name === 'checksums.sha256' ? { ...entry, data: Buffer.from(sums.join('')) } : entry,
  );
}

function withData(
  entries: readonly Entry[],
  name: string,
  change: (data: Buffer) => Buffer | string,
): Entry[] {
  return entries.map(entry =>
    entry.name === name ? { ...entry, data: Buffer.from(change(entry.data)) } : entry,
  );
}

/** An npz as the original writes it, with any array in it. */
function npz(descr: string, shape: readonly number[], data: Buffer, name = 'embeddings.npy'): Buffer {
  const npy = Buffer.concat([encodeNpyHeader({ descr, shape }), data]);
  const packed = deflateRawSync(npy);
  const entry = { name, size: npy.length, offset: 0 };
  const local = localHeader(entry);
  local.writeUInt16LE(0, 6);
  local.writeUInt16LE(8, 8);
  local.writeUInt32LE(crc32(npy), 14);
  local.writeUInt32LE(packed.length, 18);
  local.writeUInt32LE(npy.length, 22);
  const directory = centralDirectory([{ ...entry, crc: crc32(npy) }], local.length + packed.length);
  directory.writeUInt16LE(8, 10);
  directory.writeUInt32LE(packed.length, 20);
  return Buffer.concat([local, packed, directory]);
}

let original: Entry[];

beforeAll(async () => {
  original = unpackFlat(await readFile(`${FIXTURES}full.tar.gz`));
});

describe("the original's archive", () => {
  test('gives 28 memories and 3 code units, bit for bit those of its JSON', async () => {
    const fromJson = await read(`${FIXTURES}full.json`);
    for (const name of ['full.tar.gz', 'full_no_embeddings.tar.gz']) {
      const { verification, items, header } = await read(FIXTURES + name);
      expect(verification).toEqual({
        memories: 28,
        codeUnits: 3,
        tombstones: 0,
        vectors: 31,
        contentDigest: null,
        warnings: [],
      });
      expect(header).toMatchObject({ memory_count: 31, export_type: 'full' });
      expect(items).toEqual(fromJson.items);
    }
  });

  test('says nothing of itself before it was verified, and is not read before', async () => {
    await using source = await openSource(`${FIXTURES}full.tar.gz`);
    expect([source.version, source.schemaVersion, source.header]).toEqual(['', '', {}]);
    await expect(drain(source.read())).rejects.toThrow(RangeError);
    await source.verify();
    expect([source.version, source.schemaVersion, source.system]).toEqual([
      '1.0.0',
      '3.0.0',
      'claude-memory-server',
    ]);
  });

  test('tells how far it is, and stops when told to', async () => {
    await using source = await openSource(`${FIXTURES}full.tar.gz`);
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => void seen.push(progress);
    await source.verify({ onProgress });
    await drain(source.read({ onProgress }));
    expect(seen.at(-1)).toEqual({ phase: 'reading', done: 31, total: 31, unit: 'records' });
    expect(seen[0]).toMatchObject({ phase: 'verifying', total: null });
    await expect(source.verify({ signal: AbortSignal.abort() })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });

  test('is read in any order of members, in a folder, and in blocks', async () => {
    const reversed = [...original].reverse();
    const dotted = original.map(entry => ({ ...entry, name: `./${entry.name}` }));
    const inFolder = original.map(entry => ({ ...entry, name: `export/${entry.name}` }));
    for (const entries of [original, reversed, dotted, inFolder])
      for (const container of ['blocks', 'gzip'] as const)
        expect((await readBytes(pack(entries, { container }))).verification).toMatchObject({
          memories: 28,
          vectors: 31,
        });
  });

  test('the vectors of the npz win over those of the JSON', async () => {
    const rows = Buffer.from(new Float64Array(Array.from({ length: 62 }, (_, n) => n / 3)).buffer);
    const changed = sealed(withData(original, 'embeddings.npz', () => npz('<f8', [31, 2], rows)));
    const { items } = await readBytes(pack(changed));
    const first = items[0]?.type === 'record' ? items[0].vector : null;
    expect(first).toEqual(Float32Array.of(0, 1 / 3));
    const floats = Buffer.from(new Float32Array(62).fill(Number.NaN).buffer);
    const single = await readBytes(
      pack(sealed(withData(original, 'embeddings.npz', () => npz('<f4', [31, 2], floats)))),
    );
    expect(single.items[0]).toMatchObject({ vector: null, warnings: [expect.stringContaining('finite')] });
  });

  test('a record that can not be read costs its vector only', async () => {
    const changed = withData(original, 'memories.json', data =>
      String(data).replace('"content":', '"content"!'),
    );
    const { items } = await readBytes(pack(sealed(changed)));
    expect(items.filter(({ type }) => type === 'reject')).toHaveLength(1);
    const whole = await readBytes(pack(original));
    expect(items.slice(1)).toEqual(whole.items.slice(1));
  });

  test('an empty archive that promises embeddings is whole', async () => {
    const json = { version: '1.0.0', schema_version: '3.0.0', memory_count: 0, memories: [] };
    const manifest = { ...json, memories: undefined, includes_embeddings: true };
    const entries = sealed([
      { name: 'memories.json', data: Buffer.from(JSON.stringify(json)) },
      { name: 'manifest.json', data: Buffer.from(JSON.stringify(manifest)) },
      { name: 'checksums.sha256', data: Buffer.alloc(0) },
    ]);
    expect(await readBytes(pack(entries))).toMatchObject({
      verification: { memories: 0, vectors: 0 },
      items: [],
    });
  });
});

describe('an npz that is a bomb', () => {
  /** One that says all the right things but for the number of its rows, and inflates to `size` bytes. */
  async function bomb(rows: number, size: number, change: (npz: Buffer) => void = () => {}): Promise<Buffer> {
    const packed = npz('<f8', [rows, size / rows / 8], Buffer.alloc(size));
    change(packed);
    return pack(sealed(withData(original, 'embeddings.npz', () => packed)), { container: 'gzip' });
  }

  test.each<[string, () => Promise<Buffer>]>([
    ['of more rows than there are memories', () => bomb(64, 2 ** 28)],
    [
      'with another length than its shape needs',
      () => bomb(31, 31 * 8, packed => packed.writeUInt32LE(31, 22)),
    ],
    [
      'with a length that deflate can not give',
      () => bomb(31, 31 * 8, packed => packed.writeUInt32LE(0xfffffff0, 22)),
    ],
    [
      'with a packed length beyond its end',
      () => bomb(31, 31 * 8, packed => packed.writeUInt32LE(2 ** 30, 18)),
    ],
  ])(
    'is refused before it is inflated: %s',
    async (_, make) => {
      const bytes = await make();
      await expect(readBytes(bytes)).rejects.toMatchObject({ code: 'integrity' });
    },
    30_000,
  );

  test('reading it can be stopped', async () => {
    const path = join(await temporaryFolder(), 'large.tar.gz');
    const size = 31 * 8 * 1_000_000;
    await writeFile(path, await bomb(31, size));
    await using source = await openSource(path);
    const stop = new AbortController();
    const verifying = source.verify({ signal: stop.signal });
    setTimeout(() => stop.abort(), 20);
    await expect(verifying).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe("the original's archive is refused", () => {
  const text = (name: string, from: string | RegExp, to: string) => (all: Entry[]) =>
    withData(all, name, data => {
      const changed = data.toString('latin1').replace(from, to);
      expect(changed).not.toBe(data.toString('latin1'));
      return Buffer.from(changed, 'latin1');
    });
  const rows = (count: number) => Buffer.alloc(count * 8);
  const array =
    (...args: Parameters<typeof npz>) =>
    (all: Entry[]) =>
      sealed(withData(all, 'embeddings.npz', () => npz(...args)));

  test.each<[string, (all: Entry[]) => Entry[]]>([
    ['without checksum list', all => all.filter(({ name }) => name !== 'checksums.sha256')],
    [
      'with a checksum list that is too large',
      all => withData(all, 'checksums.sha256', () => 'x'.repeat(2 ** 20 + 1)),
    ],
    ['with an empty checksum list', all => withData(all, 'checksums.sha256', () => '')],
    ['with a partial checksum list', all => withData(all, 'checksums.sha256', data => data.subarray(0, 79))],
    ['with a wrong checksum', text('checksums.sha256', /^..../, '0000')],
    ['with a list of more files', text('checksums.sha256', /$/, `${'0'.repeat(64)}  other\n`)],
    ['with changed memories', text('memories.json', 'billing', 'filling')],
    ['without manifest', all => sealed(all.filter(({ name }) => name !== 'manifest.json'))],
    ['without memories', all => sealed(all.filter(({ name }) => name !== 'memories.json'))],
    ['without the npz that it promises', all => sealed(all.filter(({ name }) => name !== 'embeddings.npz'))],
    ['with a member twice', all => [...all, ...all.slice(0, 1)]],
    ['with an unknown member', all => [...all, { name: 'evil.py', data: Buffer.alloc(1) }]],
    ['with a member elsewhere', all => [...all, { name: 'other/manifest.json', data: Buffer.alloc(1) }]],
    ['with a name that leads out', all => [...all, { name: '../manifest.json', data: Buffer.alloc(1) }]],
    ['with a count that lies in the manifest', all => sealed(text('manifest.json', '31', '32')(all))],
    [
      'with a count that lies in the memories',
      all => sealed(text('memories.json', '"memory_count": 31', '"memory_count": 3')(all)),
    ],
    ['with a manifest that is no JSON', all => sealed(text('manifest.json', '{', '')(all))],
    [
      'with a manifest of too many values',
      all => sealed(withData(all, 'manifest.json', () => `{"a":[${'{},'.repeat(100_000)}1]}`)),
    ],
    ['with a manifest that is a list', all => sealed(withData(all, 'manifest.json', () => '[]'))],
    ['with memories that are no JSON', all => sealed(text('memories.json', '{', '')(all))],
    ['with too few vectors', array('<f8', [30, 1], rows(30))],
    ['with too many vectors', array('<f8', [32, 1], rows(32))],
    ['with rows of nothing', array('<f8', [31, 0], rows(0))],
    ['with a flat array', array('<f8', [31], rows(31))],
    ['with an array of objects', array('|O8', [31, 1], rows(31))],
    ['with an array of another name', array('<f8', [31, 1], rows(31), 'vectors.npy')],
    ['with fewer rows than it says', array('<f8', [31, 2], rows(31))],
    ['with more rows than it says', array('<f8', [31, 1], rows(62))],
  ])('%s', async (_, change) => {
    await expect(readBytes(pack(change(original), { container: 'gzip' }))).rejects.toMatchObject({
      code: 'integrity',
    });
  });

  test('of a newer version', async () => {
    for (const name of ['manifest.json', 'memories.json'])
      await expect(
        readBytes(pack(sealed(text(name, '"schema_version": "3', '"schema_version": "4')(original)))),
      ).rejects.toMatchObject({ code: 'newer_version' });
  });

  test('truncated, appended to, or with a bit flipped in its data', async () => {
    const bytes = await readFile(`${FIXTURES}full.tar.gz`);
    const flips = Array.from({ length: 20 }, (_, n) => 100 + n * 8000);
    const damaged = [
      ...[50, 5000, bytes.length - 1, bytes.length - 9].map(length => bytes.subarray(0, length)),
      ...['x', '\0'].map(more => Buffer.concat([bytes, Buffer.from(more)])),
      Buffer.concat([bytes, gzipSync('x')]),
      ...flips.map(at => {
        const copy = Buffer.from(bytes);
        copy[at] = (copy[at] ?? 0) ^ 4;
        return copy;
      }),
    ];
    for (const [index, spoilt] of damaged.entries())
      await expect(readBytes(spoilt), `${index}`).rejects.toMatchObject({ code: 'integrity' });
  });

  test('when it changes between verifying and reading', async () => {
    const path = join(await temporaryFolder(), 'changing.tar.gz');
    await writeFile(path, pack(original));
    await using source = await openSource(path);
    await source.verify();
    await writeFile(
      path,
      pack(
        withData(original, 'memories.json', data =>
          String(data)
            .padEnd(data.length, ' ')
            .slice(0, data.length - 3000)
            .padEnd(data.length),
        ),
      ),
    );
    await expect(drain(source.read())).rejects.toMatchObject({ code: 'integrity' });
  });
});

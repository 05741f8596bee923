import { open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { openArchive } from '../../../src/formats/archive/reader.ts';
import { openFile } from '../../../src/formats/opened-file.ts';
import type { Progress } from '../../../src/model/progress.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { changed, pack, replaced, resealed, unpack } from './craft.ts';
import { archiveOf, readBytes, smallSample, temporaryFolder } from './samples.ts';

let path: string;
let archive: Buffer;

beforeAll(async () => {
  path = join(await temporaryFolder(), 'a.tar.gz');
  archive = await archiveOf(smallSample());
  await writeFile(path, archive);
});

async function count(items: AsyncIterable<readonly unknown[]>): Promise<number> {
  let sum = 0;
  for await (const batch of items) sum += batch.length;
  return sum;
}

describe('a record without an id', () => {
  const vector = Float32Array.of(1, 2);
  const entryOf = (n: number, line?: string) => {
    const entry = memoryEntry(aMemory({ id: idOf(n), embeddingModel: 'm' }), vector);
    return line === undefined ? entry : { ...entry, line };
  };
  const NIL = '00000000-0000-0000-0000-000000000000';

  test('has no vector, whatever id the npz gives it', async () => {
    const sample = { entries: [entryOf(1), entryOf(2, '{"x":1}'), entryOf(3)] };
    const entries = unpack(await archiveOf(sample));
    for (const id of [idOf(1), idOf(3), NIL])
      await expect(
        readBytes(pack(resealed(changed(entries, 'memories/embeddings.npz', replaced(idOf(2), id))))),
      ).rejects.toMatchObject({ code: 'integrity', message: expect.stringContaining('vector of a record') });
  });

  test('also at the beginning, where the npz has the smallest id', async () => {
    const entries = unpack(await archiveOf({ entries: [entryOf(1, '{"x":1}'), entryOf(2)] }));
    const changedIds = changed(entries, 'memories/embeddings.npz', replaced(idOf(1), NIL));
    await expect(readBytes(pack(resealed(changedIds)))).rejects.toMatchObject({
      message: expect.stringContaining('vector of a record'),
    });
  });

  test('can not hide an id that is there twice', async () => {
    const hidden = `{"a": {"b":1,"id":"${idOf(7)}"},"id":"${idOf(1)}"}`;
    const sample = { entries: [entryOf(1), { ...entryOf(2, hidden), vector: null }] };
    await expect(readBytes(await archiveOf(sample))).rejects.toMatchObject({
      message: expect.stringContaining('an id twice'),
    });
  });
});

describe('batches of an archive', () => {
  test('tombstones come in batches of their own, large records in small ones', async () => {
    const content = 'x'.repeat(1_500_000);
    const entries = [1, 2, 3, 4, 5].map(n => memoryEntry(aMemory({ id: idOf(n), content }), null));
    const file = join(await temporaryFolder(), 'batches.tar.gz');
    await writeFile(file, await archiveOf({ ...smallSample(), entries }));
    await using source = await openArchive(await openFile(file));
    await source.verify();
    const batches: string[][] = [];
    for await (const batch of source.read()) batches.push(batch.map(({ type }) => type));
    expect(batches).toEqual([
      ['record', 'record'],
      ['record', 'record'],
      ['record'],
      ['tombstone', 'tombstone'],
      ['project', 'project'],
    ]);
  });
});

describe('an archive as a source', () => {
  test('says what it is before it is verified', async () => {
    await using source = await openArchive(await openFile(path));
    expect(source).toMatchObject({
      format: 'memport-archive',
      system: 'memport',
      version: '1.0.0',
      schemaVersion: '3.0.0',
      header: { format: 'portable_backup', memory_count: 12 },
    });
    expect(source.manifest.codeUnitCount).toBe(3);
    expect(() => source.read()).toThrow(RangeError);
  });

  test('is read as often as is wanted, also after being left early', async () => {
    await using source = await openArchive(await openFile(path));
    expect(await source.verify()).toMatchObject({
      memories: 12,
      codeUnits: 3,
      tombstones: 2,
      vectors: 11,
      warnings: [],
    });
    for await (const batch of source.read()) {
      expect(batch.length).toBeGreaterThan(0);
      break;
    }
    expect(await count(source.read())).toBe(19);
    expect(await count(source.read())).toBe(19);
  });

  test('comes in the order of the file', async () => {
    await using source = await openArchive(await openFile(path));
    await source.verify();
    const order: string[] = [];
    for await (const batch of source.read())
      order.push(...batch.map(item => (item.type === 'record' ? item.kind : item.type)));
    expect(order.filter((name, index) => name !== order[index - 1])).toEqual([
      'memory',
      'tombstone',
      'project',
      'code_unit',
    ]);
  });

  test('comes in batches, and tells how far it is', async () => {
    const entries = Array.from({ length: 1201 }, (_, n) => memoryEntry(aMemory({ id: idOf(n + 1) }), null));
    const many = join(await temporaryFolder(), 'many.tar.gz');
    await writeFile(many, await archiveOf({ entries }, 100));
    await using source = await openArchive(await openFile(many));
    const seen: Progress[] = [];
    const onProgress = (progress: Progress): void => void seen.push(progress);
    await source.verify({ onProgress });
    const sizes: number[] = [];
    for await (const batch of source.read({ onProgress })) sizes.push(batch.length);
    expect(sizes).toEqual([250, 250, 250, 250, 201]);
    for (const phase of ['verifying', 'reading'])
      expect(seen.findLast(progress => progress.phase === phase)).toEqual({
        phase,
        done: 1201,
        total: 1201,
        unit: 'records',
      });
  });

  test('stops when it is told to', async () => {
    await using source = await openArchive(await openFile(path));
    const stopped = AbortSignal.abort();
    await expect(source.verify({ signal: stopped })).rejects.toMatchObject({ name: 'AbortError' });
    await source.verify();
    await expect(count(source.read({ signal: stopped }))).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('its handle stays open where it was given, and is closed where it was not', async () => {
    await using handle = await open(path);
    const source = await openArchive(await openFile(handle));
    await source.verify();
    await source[Symbol.asyncDispose]();
    expect((await handle.stat()).size).toBe(archive.length);
    const own = await openFile(path);
    await (await openArchive(own))[Symbol.asyncDispose]();
    await expect(own.handle.stat()).rejects.toMatchObject({ code: 'EBADF' });
  });

  test('a file that changes between opening and verifying is refused', async () => {
    const other = join(await temporaryFolder(), 'b.tar.gz');
    await writeFile(other, archive);
    await using source = await openArchive(await openFile(other));
    await writeFile(
      other,
      pack(changed(unpack(archive), 'manifest.json', replaced('0.0.0-test', '0.0.1-test'))),
    );
    await expect(source.verify()).rejects.toMatchObject({ code: 'integrity' });
  });

  test('a file that is damaged between verifying and reading is refused', async () => {
    const other = join(await temporaryFolder(), 'c.tar.gz');
    for (const bytes of [archive, gzipSync(gunzipSync(archive))]) {
      await writeFile(other, bytes);
      await using source = await openArchive(await openFile(other));
      await source.verify();
      await writeFile(other, bytes.subarray(0, bytes.length / 4));
      await expect(count(source.read())).rejects.toMatchObject({ code: 'integrity' });
    }
  });
});

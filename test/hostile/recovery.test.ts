import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { constants, gunzipSync, inflateRawSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { encryptTo } from '../../src/formats/age/encrypt.ts';
import { generateIdentity } from '../../src/formats/age/identity.ts';
import type { Keys } from '../../src/formats/age/keys.ts';
import { RecoverySource } from '../../src/formats/recover.ts';
import type { SourceRecord } from '../../src/formats/source.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { vectorBytes } from '../../src/model/vector.ts';
import { archiveOf } from '../formats/archive/samples.ts';
import { points, reportFigures, seeded } from '../support/deep.ts';
import { folderOfFile } from '../support/folders.ts';
import { aMemory, idOf } from '../support/records.ts';
import { blockStarts, chunkStarts, type Damage, flips, truncations } from './damages.ts';

const RECORDS = 500;
const DIMENSIONS = 768;
const CHUNK = 64 * 1024;

const folder = folderOfFile();
const lines = new Map<string, string>();
const vectors = new Map<string, Buffer>();
let archive: Buffer;
let tar: Buffer;
/** Where each block's data stands in the tar. */
let blocks: readonly Span[];
/** Where each record's line stands in the tar, by id. */
const places = new Map<string, Span>();
/** Of the array of ids, and of that of vectors, in the tar. */
let idArray: Span;
let vectorArray: Span;
let sealed: Buffer;
let keys: Keys;

interface Span {
  readonly start: number;
  readonly end: number;
  /** Of a block that is cut off; its vectors are not taken. */
  readonly isCut?: boolean;
}

beforeAll(async () => {
  const random = seeded(5);
  const entries = Array.from({ length: RECORDS }, (_, n) => {
    const content = Array.from({ length: 5000 }, () => String.fromCharCode(35 + Math.floor(random() * 50)));
    const vector = Float32Array.from({ length: DIMENSIONS }, () => random());
    return memoryEntry(aMemory({ id: idOf(n), content: content.join(''), embeddingModel: 'm' }), vector);
  });
  archive = await archiveOf({ entries });
  tar = gunzipSync(archive);
  for (const { record, line, vector } of entries) {
    const start = tar.indexOf(line);
    places.set(record.id, { start, end: start + Buffer.byteLength(line) });
    lines.set(record.id, line);
    if (vector !== null) vectors.set(record.id, Buffer.from(vectorBytes(vector)));
  }
  blocks = spansOf(archive);
  const idsAt = tar.indexOf(`${idOf(0)}${idOf(1)}`);
  idArray = { start: idsAt, end: idsAt + 36 * RECORDS };
  const vectorsAt = tar.indexOf(vectors.get(idOf(0)) ?? '');
  vectorArray = { start: vectorsAt, end: vectorsAt + 4 * DIMENSIONS * RECORDS };
  const mine = await generateIdentity('x25519');
  keys = { identities: async () => [mine.identity], passphrase: async () => null };
  const parts: Uint8Array[] = [];
  const file = { appendFile: async (part: Uint8Array) => void parts.push(part) };
  const plain = async function* () {
    yield archive;
  };
  await encryptTo(file, plain(), { recipients: [mine.recipient] }, { size: archive.length });
  sealed = Buffer.concat(parts);
});

function spansOf(bytes: Buffer): readonly Span[] {
  let end = 0;
  return blockStarts(bytes).map(place => {
    const length = bytes.readUInt32LE(place + 16);
    const start = end;
    end += bytes.readUInt32LE(place + length - 4);
    return { start, end };
  });
}

/** What of the tar is proven when the archive's bytes are these (or others of the same place), and what is inflated of a block that is cut. */
function surviving(damaged: Buffer): readonly Span[] {
  const starts = blockStarts(archive);
  return starts.flatMap((place, n) => {
    const end = starts[n + 1] ?? archive.length;
    const { start = 0, end: dataEnd = 0 } = blocks[n] ?? {};
    if (damaged.length >= end)
      return archive.compare(damaged, place, end, place, end) === 0 ? [{ start, end: dataEnd }] : [];
    const isSame = archive.compare(damaged, place, damaged.length, place, damaged.length) === 0;
    if (damaged.length <= place + 24 || !isSame) return [];
    const data = inflateRawSync(damaged.subarray(place + 24), { finishFlush: constants.Z_SYNC_FLUSH });
    return [{ start, end: start + Math.min(data.length, dataEnd - start), isCut: true }];
  });
}

/** Neighbours joined. */
function joined(spans: readonly Span[]): readonly Span[] {
  const all: Span[] = [];
  for (const span of spans) {
    const last = all.at(-1);
    if (last?.end === span.start) all[all.length - 1] = { start: last.start, end: span.end };
    else all.push(span);
  }
  return all;
}

async function recovered(bytes: Buffer): Promise<ReadonlyMap<string, SourceRecord> | string> {
  const path = join(folder, 'damaged');
  writeFileSync(path, bytes);
  await using source = new RecoverySource(path, undefined, keys);
  try {
    await source.verify();
    expect(source.format).toBe('memport-archive');
    const found = new Map<string, SourceRecord>();
    for await (const batch of source.read())
      for (const item of batch) if (item.type === 'record') found.set(String(item.value.id), item);
    return found;
  } catch (error) {
    if (error instanceof Error && 'code' in error) return String(error.code);
    throw error;
  }
}

/** Counts what came back; throws where a record is altered, invented, missing, or there though its bytes are gone. */
async function expectExactly(bytes: Buffer, spans: readonly Span[], what: string): Promise<number> {
  const found = await recovered(bytes);
  const whole = joined(spans);
  const uncut = joined(spans.filter(({ isCut }) => isCut !== true));
  const survives = ({ start, end }: Span): boolean =>
    whole.some(span => span.start <= start && end <= span.end);
  const expected = [...places].filter(([, place]) => survives(place)).map(([id]) => id);
  if (typeof found === 'string') {
    expect([found, expected], what).toEqual(['integrity', []]);
    return 0;
  }
  expect([...found.keys()], what).toEqual(expected);
  for (const [id, { line, vector }] of found) {
    if (line !== lines.get(id)) expect([what, line]).toEqual([what, lines.get(id)]);
    if (vector === null && hasRow(id, uncut)) expect(`${what}: no vector of ${id}`).toBe('');
    if (vector !== null && !vectors.get(id)?.equals(vectorBytes(vector)))
      expect(`${what}: the vector of ${id}`).toBe('');
  }
  return found.size;
}

/** Whether the ids are whole, and the vectors up to this one; 1 KiB around each array are headers and checksums of the zip. */
function hasRow(id: string, whole: readonly Span[]): boolean {
  const n = [...places.keys()].indexOf(id);
  const [from, end] = [idArray.start - 1024, idArray.end + 1024];
  const rowEnd = Math.max(vectorArray.start + 4 * DIMENSIONS * (n + 1), end);
  return whole.some(span => span.start <= from && rowEnd <= span.end);
}

async function tryAll(damages: readonly Damage[], spansOfDamaged: (bytes: Buffer) => readonly Span[]) {
  const figures = { tried: damages.length, recovered: 0, least: RECORDS };
  for (const { what, bytes } of damages) {
    const count = await expectExactly(bytes, spansOfDamaged(bytes), what);
    figures.recovered += count;
    figures.least = Math.min(figures.least, count);
  }
  return figures;
}

describe('--recover takes every record whose bytes survive, and no other', () => {
  test('an archive in which a bit is flipped', async context => {
    const damages = flips(archive, points(500, 5), seeded(6));
    reportFigures(context, await tryAll(damages, surviving));
  }, 900_000);

  test('an archive that is cut off', async context => {
    const damages = truncations(archive, points(200, 5), seeded(7));
    reportFigures(context, await tryAll(damages, surviving));
  }, 900_000);

  test('each block in turn is overwritten', async context => {
    const chosen = blockStarts(archive).filter((_, n) => n % points(1, 5) === 0);
    const damages = chosen.map(place => {
      const bytes = Buffer.from(archive);
      bytes.fill(0x55, place + 26, place + 40);
      return { what: `block at ${place}`, bytes };
    });
    reportFigures(context, await tryAll(damages, surviving));
  }, 900_000);

  test('an encrypted archive in which a bit is flipped', async context => {
    const [start = 0] = chunkStarts(sealed);
    const damages = flips(sealed.subarray(start), points(500, 5), seeded(8));
    const whole = damages.map(({ what, bytes }) => ({
      what,
      bytes: Buffer.concat([sealed.subarray(0, start), bytes]),
    }));
    reportFigures(context, await tryAll(whole, bytes => surviving(plainOf(bytes))));
  }, 900_000);

  test('an encrypted archive that is cut off', async context => {
    const [start = 0] = chunkStarts(sealed);
    const damages = truncations(sealed, points(200, 5), seeded(9)).filter(
      ({ bytes }) => bytes.length > start,
    );
    reportFigures(context, await tryAll(damages, bytes => surviving(plainOf(bytes))));
  }, 900_000);
});

/** The archive with zeros for each chunk that was changed, and without the last one that was. */
function plainOf(damaged: Buffer): Buffer {
  const plain = Buffer.from(archive);
  let size = 0;
  for (const [n, place] of chunkStarts(sealed).entries()) {
    if (place >= damaged.length) break;
    const [start, end] = [n * CHUNK, Math.min((n + 1) * CHUNK, plain.length)];
    const sealedEnd = Math.min(place + CHUNK + 16, sealed.length);
    const isSame =
      sealed.compare(damaged, place, Math.min(sealedEnd, damaged.length), place, sealedEnd) === 0;
    const isLast = sealedEnd >= damaged.length;
    if (!isSame) plain.fill(0, start, end);
    size = isSame || !isLast ? end : start;
  }
  return plain.subarray(0, size);
}

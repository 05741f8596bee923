import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { ArchiveHeader } from '../../../src/formats/archive/manifest.ts';
import { openArchive } from '../../../src/formats/archive/reader.ts';
import { ArchiveWriter, type WrittenArchive } from '../../../src/formats/archive/writer.ts';
import { openFile } from '../../../src/formats/opened-file.ts';
import type { SourceItem, Verification } from '../../../src/formats/source.ts';
import { bareProject, projectLine } from '../../../src/model/project.ts';
import { codeUnitEntry, type Entry, memoryEntry, type RecordKind } from '../../../src/model/record.ts';
import { type Tombstone, tombstoneLine } from '../../../src/model/tombstone.ts';
import { vectorBytes } from '../../../src/model/vector.ts';
import { aCodeUnit, aMemory, at, idOf } from '../../support/records.ts';

export interface Sample {
  /** Ascending by kind (memories first) and id. */
  readonly entries: readonly Entry[];
  readonly tombstones?: readonly Tombstone[];
  readonly projects?: readonly string[];
}

const folders: string[] = [];
afterAll(async () => {
  for (const folder of folders) await rm(folder, { recursive: true, force: true });
});

/** A folder that goes away after the test file. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'memport-test-'));
  folders.push(folder);
  return folder;
}

/** A few records of each kind, with and without vectors, of two models. */
export function smallSample(): Sample {
  const vector = (seed: number, size: number): Float32Array =>
    Float32Array.from({ length: size }, (_, index) => Math.sin(seed * 31 + index));
  const memories = Array.from({ length: 12 }, (_, n) => {
    const model = n % 3 === 0 ? null : n % 3 === 1 ? 'hashing-8' : 'other "model"';
    const size = n % 3 === 1 ? 8 : 5;
    return memoryEntry(
      aMemory({ id: idOf(n + 1), content: `Memory ${n}: {"id":"no"}, "id":"x" ☃ 😀`, embeddingModel: model }),
      model === null ? null : vector(n, size),
    );
  });
  const units = Array.from({ length: 3 }, (_, n) =>
    codeUnitEntry(aCodeUnit({ id: idOf(100 + n), embeddingModel: 'hashing-8' }), vector(n, 8)),
  );
  return {
    entries: [...memories, ...units],
    tombstones: [
      { id: idOf(500), kind: 'code_unit', deletedAt: at('2026-02-01T00:00:00Z'), contentHash: 'ab' },
      { id: idOf(400), kind: 'memory', deletedAt: at('2026-02-01T00:00:00.5Z'), contentHash: 'cd' },
    ],
    projects: ['alpha', 'béta'],
  };
}

export function headerOf(sample: Sample): ArchiveHeader {
  const count = (kind: RecordKind): number => sample.entries.filter(entry => entry.kind === kind).length;
  return {
    generator: 'memport 0.0.0-test',
    exportDate: at('2026-03-04T05:06:07.089Z'),
    exportType: 'full',
    filters: {},
    memoryCount: count('memory'),
    codeUnitCount: count('code_unit'),
    tombstoneCount: sample.tombstones?.length ?? 0,
    projects: sample.projects ?? [],
    memoryVectors: groupsOf(sample, 'memory'),
    codeUnitVectors: groupsOf(sample, 'code_unit'),
    encryption: 'none',
  };
}

function groupsOf(sample: Sample, kind: RecordKind): ArchiveHeader['memoryVectors'] {
  const groups = new Map<string, { model: string | null; dimensions: number; count: number }>();
  for (const { kind: its, record, vector } of sample.entries) {
    if (its !== kind || vector === null) continue;
    const key = JSON.stringify([record.embeddingModel, vector.length]);
    const group = groups.get(key) ?? { model: record.embeddingModel, dimensions: vector.length, count: 0 };
    group.count += 1;
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Feeds a sample to a writer, in pages of `pageSize`. */
export async function writeSample(
  file: FileHandle,
  sample: Sample,
  pageSize = 5,
  header = headerOf(sample),
): Promise<WrittenArchive> {
  const writer = await ArchiveWriter.create(file, header);
  for (const page of pages(linesOf(sample, 'memory'), pageSize)) await writer.memories(page);
  for (const page of pages((sample.tombstones ?? []).map(tombstoneLine), pageSize))
    await writer.tombstones(page);
  for (const group of writer.header.memoryVectors)
    for (const page of pages(vectorsOf(sample, 'memory', group), pageSize))
      await writer.memoryVectors(group, page);
  for (const page of pages(projectLines(sample), pageSize)) await writer.projects(page);
  for (const page of pages(linesOf(sample, 'code_unit'), pageSize)) await writer.codeUnits(page);
  for (const group of writer.header.codeUnitVectors)
    for (const page of pages(vectorsOf(sample, 'code_unit', group), pageSize))
      await writer.codeUnitVectors(group, page);
  await writer.exportConfig({ embedder: 'hashing' });
  await writer.statistics({ by_category: { fact: 1 } });
  return writer.finish();
}

export function linesOf(sample: Sample, kind: RecordKind) {
  return sample.entries
    .filter(entry => entry.kind === kind)
    .map(({ record, line, vector }) => ({
      id: record.id,
      line,
      model: record.embeddingModel,
      dimensions: vector?.length ?? null,
    }));
}

export function vectorsOf(
  sample: Sample,
  kind: RecordKind,
  group: { model: string | null; dimensions: number },
) {
  return sample.entries.flatMap(entry =>
    entry.kind === kind &&
    entry.record.embeddingModel === group.model &&
    entry.vector?.length === group.dimensions
      ? [{ id: entry.record.id, bytes: vectorBytes(entry.vector) }]
      : [],
  );
}

function projectLines(sample: Sample): readonly string[] {
  return [...(sample.projects ?? [])]
    .sort()
    .map(name =>
      projectLine({ ...bareProject(name), memoryCount: 0, unitCount: 0, fileCount: 0, languages: {} }),
    );
}

function* pages<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}

/** The bytes of a sample's archive. */
export async function archiveOf(sample: Sample, pageSize?: number, header?: ArchiveHeader): Promise<Buffer> {
  const path = join(await temporaryFolder(), 'sample.tar.gz');
  const file = await open(path, 'wx+', 0o600);
  try {
    await writeSample(file, sample, pageSize, header);
    return await file.readFile();
  } finally {
    await file.close();
  }
}

export interface Read {
  readonly verification: Verification;
  readonly items: readonly SourceItem[];
}

/** Opens, verifies and reads the bytes of an archive. */
export async function readBytes(bytes: Uint8Array): Promise<Read> {
  const path = join(await temporaryFolder(), 'read.tar.gz');
  const file = await open(path, 'wx+', 0o600);
  await file.writeFile(bytes);
  await file.close();
  await using opened = await openFile(path);
  await using source = await openArchive(opened);
  const verification = await source.verify();
  const items: SourceItem[] = [];
  for await (const batch of source.read()) items.push(...batch);
  return { verification, items };
}

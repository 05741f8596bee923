import type { WritableFile } from '../file-access.ts';
import { ArchiveWriter } from '../formats/archive/writer.ts';
import { filterRecord, isEverything } from '../model/filter.ts';
import { formatInstant, type Instant } from '../model/instant.ts';
import type { JsonObject } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import { projectLine } from '../model/project.ts';
import type { RecordKind } from '../model/record.ts';
import { type Tombstone, tombstoneLine } from '../model/tombstone.ts';
import type { LineRun, Reader, Statistics, VectorGroup } from '../store/store.ts';
import type { ExportPlan, Written } from './export-plan.ts';
import { Meter } from './meter.ts';
import { scanRuns, scanVectors } from './scan.ts';

type Groups = readonly (VectorGroup & { readonly count: number })[];

const TOMBSTONE_PAGE = 1000;
const PROJECT_PAGE = 500;

/** Writes the portable archive of what a reader holds to an empty file. The reader must be a snapshot. */
export async function writeArchive(
  reader: Reader,
  file: WritableFile,
  plan: ExportPlan,
  work: WorkOptions,
): Promise<Written> {
  const { filter, code, embeddings } = plan;
  const statistics = await reader.statistics(filter);
  const counts = {
    ...statistics.counts,
    ...(!code && { codeUnits: 0 }),
    ...(!isEverything(filter) && { tombstones: 0 }),
  };
  const projects = (await reader.projects(filter)).filter(
    project => isEverything(filter) || project.memoryCount + project.unitCount > 0,
  );
  const memoryVectors: Groups = embeddings ? await reader.vectorGroups('memory', filter) : [];
  const codeUnitVectors: Groups = embeddings && code ? await reader.vectorGroups('code_unit', filter) : [];
  const vectors = [...memoryVectors, ...codeUnitVectors].reduce((sum, group) => sum + group.count, 0);
  const writer = await ArchiveWriter.create(file, {
    generator: plan.generator,
    exportDate: plan.exportDate,
    exportType: plan.exportType,
    filters: filterRecord(filter),
    memoryCount: counts.memories,
    codeUnitCount: counts.codeUnits,
    tombstoneCount: counts.tombstones,
    projects: projects.map(project => project.name),
    memoryVectors,
    codeUnitVectors,
    encryption: plan.lock === undefined ? 'none' : 'age',
  });
  const meter = new Meter(counts.memories + counts.codeUnits + vectors, work);

  for await (const page of runs('memory')) await writer.memoryRuns(page);
  for await (const page of tombstones(reader, counts.tombstones))
    await writer.tombstones(page.map(tombstoneLine));
  for (const group of writer.header.memoryVectors) {
    for await (const page of metered(scanVectors(reader, 'memory', group, filter, work), meter))
      await writer.memoryVectors(group, page);
  }
  for (let i = 0; i < projects.length; i += PROJECT_PAGE)
    await writer.projects(projects.slice(i, i + PROJECT_PAGE).map(projectLine));
  if (code) for await (const page of runs('code_unit')) await writer.codeUnitRuns(page);
  for (const group of writer.header.codeUnitVectors) {
    for await (const page of metered(scanVectors(reader, 'code_unit', group, filter, work), meter))
      await writer.codeUnitVectors(group, page);
  }
  await writer.exportConfig(plan.config);
  await writer.statistics(statisticsRecord({ ...statistics, counts, ...(!code && { byLanguage: {} }) }));
  const { bytes, contentDigest } = await writer.finish();
  return {
    memories: counts.memories,
    code_units: counts.codeUnits,
    tombstones: counts.tombstones,
    vectors,
    bytes,
    digest: contentDigest,
  };

  async function* runs(kind: RecordKind): AsyncIterable<readonly LineRun[]> {
    for await (const page of scanRuns(reader, kind, filter, work)) {
      yield embeddings ? page : page.map(run => ({ ...run, vectors: null }));
      for (const { count } of page) meter.add(count);
    }
  }
}

async function* tombstones(reader: Reader, count: number): AsyncIterable<readonly Tombstone[]> {
  let after: Tombstone | null = null;
  while (count > 0) {
    const page: readonly Tombstone[] = await reader.tombstones({ after, limit: TOMBSTONE_PAGE });
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last;
  }
}

/** Statistics under the names of the archive; nothing in them differs between two exports of the same data. */
function statisticsRecord(statistics: Statistics): JsonObject {
  const instant = (value: Instant | null): string | null => (value === null ? null : formatInstant(value));
  return {
    memory_count: statistics.counts.memories,
    code_unit_count: statistics.counts.codeUnits,
    tombstone_count: statistics.counts.tombstones,
    by_category: statistics.byCategory,
    by_project: statistics.byProject,
    by_tag: statistics.byTag,
    by_lifecycle_state: statistics.byLifecycle,
    by_language: statistics.byLanguage,
    oldest_created_at: instant(statistics.oldestCreatedAt),
    newest_updated_at: instant(statistics.newestUpdatedAt),
  };
}

async function* metered<T>(pages: AsyncIterable<readonly T[]>, meter: Meter): AsyncIterable<readonly T[]> {
  for await (const page of pages) {
    yield page;
    meter.add(page.length);
  }
}

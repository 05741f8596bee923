import { MemportError } from '../errors.ts';
import type { Source, Verification } from '../formats/source.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import { RECORD_KINDS, type RecordKind } from '../model/record.ts';
import type { Counts, Reader } from '../store/store.ts';
import { compareProjects, compareRecords, compareTombstones } from '../transfer/compare.ts';

/** What a restore does to a store, in numbers of records and of other rows. */
export interface RestorePlan {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly tombstonesAdded: number;
  readonly tombstonesRemoved: number;
  readonly projectsChanged: number;
}

/** Which parts of a store a file speaks of. What it can't hold, a restore leaves alone. */
export interface Coverage {
  /** Own vectors. Where the file holds none, equal records keep theirs and those of the others are made again. */
  readonly vectors: boolean;
  readonly codeUnits: boolean;
  readonly tombstones: boolean;
  readonly projects: boolean;
}

/** Archives hold all there is, other files what they show. Of a source that was verified. */
export function coverageOf(source: Pick<Source, 'format' | 'header'>, found: Verification): Coverage {
  const isWhole = source.format === 'memport-archive';
  return {
    vectors: isWhole || found.vectors > 0,
    codeUnits: isWhole || found.codeUnits > 0 || Object.hasOwn(source.header, 'code_unit_count'),
    tombstones: isWhole || found.tombstones > 0,
    projects: isWhole,
  };
}

export async function planRestore(
  before: Reader,
  after: Reader,
  coverage: Coverage,
  work: WorkOptions,
): Promise<RestorePlan> {
  const records = { added: 0, changed: 0, removed: 0, unchanged: 0 };
  const there = recordCounts(await before.counts());
  for (const kind of RECORD_KINDS) {
    if (there[kind] === 0) {
      records.added += recordCounts(await after.counts())[kind];
      continue;
    }
    const options = { vectors: coverage.vectors, signal: work.signal };
    for await (const { differences, unchanged } of compareRecords(before, after, kind, options)) {
      records.unchanged += unchanged;
      for (const { type } of differences) records[type] += 1;
      const done = records.added + records.changed + records.unchanged;
      work.onProgress?.({ phase: 'comparing', done, total: null, unit: 'records' });
    }
  }
  const tombstones = { added: 0, removed: 0 };
  if (coverage.tombstones) {
    for await (const difference of compareTombstones(before, after, work)) {
      if (difference.after !== null) tombstones.added += 1;
      if (difference.before !== null) tombstones.removed += 1;
    }
  }
  const projects = coverage.projects ? await compareProjects(before, after) : { changed: [], removed: [] };
  return {
    ...records,
    tombstonesAdded: tombstones.added,
    tombstonesRemoved: tombstones.removed,
    projectsChanged: projects.changed.length + projects.removed.length,
  };
}

function recordCounts({ memories, codeUnits }: Counts): Readonly<Record<RecordKind, number>> {
  return { memory: memories, code_unit: codeUnits };
}

export function changesNothing({ unchanged: _, ...changes }: RestorePlan): boolean {
  return Object.values(changes).every(count => count === 0);
}

/** Stops a restore that would lose what its file never held. `before`: the store as it is. Throws `safety_stop`. */
export async function refuseLoss(
  source: Pick<Source, 'header'>,
  coverage: Coverage,
  plan: RestorePlan,
  before: Reader,
): Promise<void> {
  if (isFiltered(source.header)) {
    throw stop('the file is a filtered export: it never held the rest of the store, which would be removed');
  }
  const { codeUnits } = await before.counts();
  if (!coverage.codeUnits && codeUnits > 0) {
    throw stop(`the file does not hold the code index, of which ${codeUnits} units would be removed`);
  }
  if (plan.removed > 0 && plan.added + plan.changed + plan.unchanged === 0) {
    throw stop(`the file holds no records, and all ${plan.removed} of the store would be removed`);
  }
}

function isFiltered({ export_type: type, filters = null }: Source['header']): boolean {
  return type === 'filtered' || (isJsonObject(filters) && Object.values(filters).some(narrows));
}

function narrows(value: JsonValue): boolean {
  return value !== null && value !== '' && !(Array.isArray(value) && value.length === 0);
}

function stop(why: string): MemportError {
  return new MemportError('safety_stop', why, {
    hint: 'to add what the file holds: memport import <file>; to restore all the same: --force',
  });
}

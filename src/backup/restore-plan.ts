import { MemportError } from '../errors.ts';
import type { Source, Verification } from '../formats/source.ts';
import { isJsonObject, type JsonValue } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import { RECORD_KINDS, type RecordKind } from '../model/record.ts';
import type { Counts, Reader } from '../store/store.ts';
import { type Comparison, compareProjects, compareRecords, compareTombstones } from '../transfer/compare.ts';
import type { Staged } from '../transfer/stage.ts';

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

/** What a restore of the staged file would do to what `before` sees. */
export async function planRestore(
  before: Reader,
  staged: Staged,
  coverage: Coverage,
  work: WorkOptions,
): Promise<RestorePlan> {
  const tally = new RestoreTally();
  const there = recordCounts(await before.counts());
  const expected = recordCounts(staged.counts);
  for (const kind of RECORD_KINDS) {
    if (there[kind] === 0) {
      tally.added += expected[kind];
      continue;
    }
    const options = { vectors: coverage.vectors, signal: work.signal };
    for await (const comparison of compareRecords(before, staged.records, kind, options)) {
      tally.records(comparison);
      const done = tally.added + tally.changed + tally.unchanged;
      work.onProgress?.({ phase: 'comparing', done, total: null, unit: 'records' });
    }
  }
  await tally.others(before, staged, coverage, work);
  return tally.plan();
}

/** Counts a plan together. */
export class RestoreTally {
  added = 0;
  changed = 0;
  removed = 0;
  unchanged = 0;
  tombstonesAdded = 0;
  tombstonesRemoved = 0;
  projectsChanged = 0;

  records({ differences, unchanged }: Comparison): void {
    this.unchanged += unchanged;
    for (const { type } of differences) this[type] += 1;
  }

  /** Tombstones and projects, which also change with the records: to be counted before these are written. */
  async others(reader: Reader, { store }: Staged, coverage: Coverage, work: WorkOptions): Promise<void> {
    if (coverage.tombstones) {
      for await (const { before, after } of compareTombstones(reader, store, work)) {
        if (after !== null) this.tombstonesAdded += 1;
        if (before !== null) this.tombstonesRemoved += 1;
      }
    }
    if (coverage.projects) {
      const { changed, removed } = await compareProjects(reader, store);
      this.projectsChanged = changed.length + removed.length;
    }
  }

  plan(): RestorePlan {
    return { ...this };
  }
}

function recordCounts({
  memories,
  codeUnits,
}: Pick<Counts, 'memories' | 'codeUnits'>): Readonly<Record<RecordKind, number>> {
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

import type { WorkOptions } from '../model/progress.ts';
import { type Entry, RECORD_KINDS, type RecordKind } from '../model/record.ts';
import type { Reader } from '../store/store.ts';
import { changedFields, type FieldChange } from './changes.ts';
import { compareRecords, type Difference } from './compare.ts';
import { recordsOfStore } from './ordered-records.ts';
import { storedEntry } from './stored-entry.ts';

export interface RecordDifference extends Pick<Difference, 'type' | 'id'> {
  readonly kind: RecordKind;
  /** What stands there now, or stood there when it was removed. */
  readonly entry: Entry;
  /** Of a changed record, the members that differ; `embedding` without values for the vector. */
  readonly changes: readonly FieldChange[];
}

export interface DiffCounts {
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
}

export interface DiffOptions extends WorkOptions {
  /** Whether another own vector makes a record another. */
  readonly vectors: boolean;
  /** Whether this one is to be told in full; else it is only counted. */
  readonly wants: (type: Difference['type']) => boolean;
  readonly onDifference: (difference: RecordDifference) => void;
}

/** What it takes to get from the records of one reader to those of another, told one by one and counted. */
export async function diffRecords(before: Reader, after: Reader, options: DiffOptions): Promise<DiffCounts> {
  const counts = { added: 0, changed: 0, removed: 0, unchanged: 0 };
  const records = recordsOfStore(after);
  for (const kind of RECORD_KINDS) {
    for await (const { differences, unchanged } of compareRecords(before, records, kind, options)) {
      counts.unchanged += unchanged;
      const wanted: Difference[] = [];
      for (const difference of differences) {
        counts[difference.type] += 1;
        if (options.wants(difference.type)) wanted.push(difference);
      }
      await tell(before, after, kind, wanted, options);
      const done = counts.added + counts.changed + counts.removed + counts.unchanged;
      options.onProgress?.({ phase: 'comparing', done, total: null, unit: 'records' });
    }
  }
  return counts;
}

async function tell(
  before: Reader,
  after: Reader,
  kind: RecordKind,
  differences: readonly Difference[],
  { vectors, wants, onDifference }: DiffOptions,
): Promise<void> {
  if (differences.length === 0) return;
  const ids = differences.map(({ id }) => id);
  const old = await entriesOf(before, kind, ids);
  const now = await entriesOf(after, kind, ids);
  for (const { type, id } of differences) {
    const [was, is] = [old.get(id), now.get(id)];
    const entry = is ?? was;
    if (entry === undefined || !wants(type)) continue;
    const changes = was !== undefined && is !== undefined ? fieldsOf(was, is, vectors) : [];
    onDifference({ type, id, kind, entry, changes });
  }
}

async function entriesOf(
  reader: Reader,
  kind: RecordKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Entry>> {
  return new Map((await reader.get(kind, ids)).map(stored => [stored.id, storedEntry(kind, stored)]));
}

/** A vector that went away is a change here, which it is not for an import. */
function fieldsOf(was: Entry, is: Entry, vectors: boolean): readonly FieldChange[] {
  const fields = changedFields(was, is).filter(({ field }) => vectors || field !== 'embedding');
  const isGone = vectors && was.vector !== null && is.vector === null;
  return isGone ? [...fields, { field: 'embedding', before: null, after: null }] : fields;
}

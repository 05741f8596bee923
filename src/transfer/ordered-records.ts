import { EVERYTHING } from '../model/filter.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { Entry, RecordKind } from '../model/record.ts';
import type { Reader, StoredEntry, StoredLine } from '../store/store.ts';
import { scanLines } from './scan.ts';
import { storedEntry } from './stored-entry.ts';

export interface OrderedLine extends Pick<StoredLine, 'id' | 'line' | 'dimensions'> {
  /** The whole record, where it was read together with its line. */
  readonly entry?: Entry;
}

/** Records in ascending order of id, as often as they are asked for: those of a store, or of a file that has them so. */
export interface OrderedRecords {
  pages(kind: RecordKind, work?: WorkOptions): AsyncIterable<readonly OrderedLine[]>;

  /** The records of these ids, for lines without `entry`. */
  get(kind: RecordKind, ids: readonly string[]): Promise<readonly StoredEntry[]>;
}

export function recordsOfStore(reader: Reader): OrderedRecords {
  return {
    pages: (kind, work) => scanLines(reader, kind, EVERYTHING, work),
    get: (kind, ids) => reader.get(kind, ids),
  };
}

/** The records of these lines, which `pages` gave, in no particular order. */
export async function entriesOf(
  records: OrderedRecords,
  kind: RecordKind,
  lines: readonly OrderedLine[],
): Promise<readonly Entry[]> {
  const stored = await unread(records, kind, lines);
  return [...read(lines), ...stored.map(found => storedEntry(kind, found))];
}

/** As entriesOf, for their own vectors only: id → vector. */
export async function vectorsOf(
  records: OrderedRecords,
  kind: RecordKind,
  lines: readonly OrderedLine[],
): Promise<ReadonlyMap<string, Float32Array | null>> {
  const stored = await unread(records, kind, lines);
  return new Map([
    ...read(lines).map(({ record, vector }) => [record.id, vector] as const),
    ...stored.map(({ id, vector }) => [id, vector] as const),
  ]);
}

function read(lines: readonly OrderedLine[]): readonly Entry[] {
  return lines.flatMap(({ entry }) => entry ?? []);
}

async function unread(
  records: OrderedRecords,
  kind: RecordKind,
  lines: readonly OrderedLine[],
): Promise<readonly StoredEntry[]> {
  const ids = lines.filter(({ entry }) => entry === undefined).map(({ id }) => id);
  return ids.length === 0 ? [] : await records.get(kind, ids);
}

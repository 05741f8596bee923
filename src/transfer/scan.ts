import { giveBack } from '../given-back.ts';
import type { Filter } from '../model/filter.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { RecordKind } from '../model/record.ts';
import type { LineRun, Reader, StoredLine, StoredVector, VectorGroup } from '../store/store.ts';

const PAGE = 1000;

/** All records that pass, in ascending order of id, page after page. */
export function scanLines(
  reader: Reader,
  kind: RecordKind,
  filter: Filter,
  work: WorkOptions = {},
): AsyncIterable<readonly StoredLine[]> {
  return pages(after => reader.scan(kind, { filter, after, limit: PAGE }), work);
}

/** As scanLines, for copying: runs of records in one piece each, whose bytes are valid until the next page is asked for. */
export async function* scanRuns(
  reader: Reader,
  kind: RecordKind,
  filter: Filter,
  { signal }: WorkOptions = {},
): AsyncIterable<readonly LineRun[]> {
  let after: string | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const runs: readonly LineRun[] = await reader.scanRuns(kind, { filter, after, limit: PAGE });
    const last = runs.at(-1);
    if (last === undefined) return;
    yield runs;
    after = last.ids.slice(-ID_LENGTH);
    for (const { lines } of runs) giveBack(lines);
  }
}

const ID_LENGTH = 36;

/**
 * The own vectors of one model and dimension of all records that pass, in ascending order of id. Their bytes are valid
 * until the next page is asked for.
 */
export async function* scanVectors(
  reader: Reader,
  kind: RecordKind,
  group: VectorGroup,
  filter: Filter,
  work: WorkOptions = {},
): AsyncIterable<readonly StoredVector[]> {
  const read = (after: string | null) => reader.scanVectors(kind, group, { filter, after, limit: PAGE });
  for await (const page of pages(read, work)) {
    yield page;
    for (const { bytes } of page) giveBack(bytes);
  }
}

async function* pages<T extends { readonly id: string }>(
  read: (after: string | null) => Promise<readonly T[]>,
  { signal }: WorkOptions,
): AsyncIterable<readonly T[]> {
  let after: string | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const page: readonly T[] = await read(after);
    const last = page.at(-1);
    if (last === undefined) return;
    yield page;
    after = last.id;
  }
}

import { ContentDigest, LINE_SEPARATOR } from '../model/digest.ts';
import { EVERYTHING, type Filter } from '../model/filter.ts';
import type { WorkOptions } from '../model/progress.ts';
import { RECORD_KINDS, type RecordKind } from '../model/record.ts';
import type { Reader } from '../store/store.ts';
import { scanRuns, scanVectors } from './scan.ts';

/** The content digest of what a store, or a snapshot of it, holds: the one that a full archive of it declares. */
export async function storeDigest(
  reader: Reader,
  filter: Filter = EVERYTHING,
  work: WorkOptions = {},
): Promise<string> {
  const digest = new ContentDigest();
  for (const kind of RECORD_KINDS) {
    await digestLines(digest, reader, kind, filter, work);
    for (const { model, dimensions } of await reader.vectorGroups(kind)) {
      const part = digest.vectors(kind, model, dimensions);
      for await (const page of scanVectors(reader, kind, { model, dimensions }, filter, work)) {
        part.ids(Buffer.from(page.map(vector => vector.id).join('')));
        for (const vector of page) part.data(vector.bytes);
      }
    }
  }
  return digest.finish();
}

/** As storeDigest, as if no record had a vector. */
export async function recordsDigest(
  reader: Reader,
  filter: Filter = EVERYTHING,
  work: WorkOptions = {},
): Promise<string> {
  const digest = new ContentDigest();
  for (const kind of RECORD_KINDS) await digestLines(digest, reader, kind, filter, work);
  return digest.finish();
}

async function digestLines(
  digest: ContentDigest,
  reader: Reader,
  kind: RecordKind,
  filter: Filter,
  work: WorkOptions,
): Promise<void> {
  for await (const runs of scanRuns(reader, kind, filter, work)) {
    for (const { lines, count } of runs) {
      if (digest.recordCount(kind) > 0) digest.bytes(kind, SEPARATOR, 0);
      digest.bytes(kind, lines, count);
    }
  }
}

const SEPARATOR = Buffer.from(LINE_SEPARATOR);

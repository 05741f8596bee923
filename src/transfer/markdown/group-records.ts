import { MemportError } from '../../errors.ts';
import type { JsonObject } from '../../model/json.ts';
import { parseRecordLine } from '../../model/json-parse.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Reader } from '../../store/store.ts';

const ID_LENGTH = 36;
/** Records that are read at a time, as long as they are small. */
const BATCH = 50;
const BATCH_SIZE = 4 * 1024 * 1024;

export interface GroupRecord {
  readonly id: string;
  readonly line: string;
  readonly record: JsonObject;
}

/** How many ids of 36 characters a text holds. */
export function countOf(ids: string): number {
  return ids.length / ID_LENGTH;
}

/** The ids from one place on, up to another. */
export function someOf(ids: string, from: number, to: number): string {
  return ids.slice(from * ID_LENGTH, to * ID_LENGTH);
}

export function listOf(ids: string): readonly string[] {
  return Array.from({ length: countOf(ids) }, (_, i) => ids.slice(i * ID_LENGTH, (i + 1) * ID_LENGTH));
}

/** The records of these ids, in their order, a few at a time. The reader must be a snapshot that has them. */
export async function* groupRecords(
  reader: Reader,
  kind: RecordKind,
  ids: string,
  { signal }: WorkOptions,
): AsyncGenerator<readonly GroupRecord[]> {
  let batch = BATCH;
  for (let at = 0; at < countOf(ids); ) {
    signal?.throwIfAborted();
    const wanted = listOf(someOf(ids, at, at + batch));
    const stored = new Map((await reader.lines(kind, wanted)).map(({ id, line }) => [id, line]));
    const records = wanted.map(id => {
      const line = stored.get(id);
      if (line === undefined) throw new MemportError('integrity', `the store has lost the record ${id}`);
      return { id, line, record: recordOf(line) };
    });
    const size = records.reduce((sum, { line }) => sum + line.length, 0);
    yield records;
    at += records.length;
    batch = size > BATCH_SIZE ? Math.max(1, batch >> 2) : BATCH;
    // The store answers without waiting: a long export would let no signal through.
    await new Promise(setImmediate);
  }
}

/** A stored line is canonical: where native numbers give the same text again, they are exact. */
function recordOf(line: string): JsonObject {
  const record = JSON.parse(line) as JsonObject;
  return JSON.stringify(record) === line ? record : parseRecordLine(line);
}

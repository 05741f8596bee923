import type { WritableFile } from '../file-access.ts';
import { JsonFileWriter } from '../formats/json/writer.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { RecordKind } from '../model/record.ts';
import type { Reader, StoredLine } from '../store/store.ts';
import type { ExportPlan, Written } from './export-plan.ts';
import { Meter } from './meter.ts';
import { type LabelledRecord, RecordDigest } from './record-digest.ts';
import { scanLines } from './scan.ts';

/** Writes the JSON of what a reader holds to an empty file. The reader must be a snapshot. */
export async function writeJson(
  reader: Reader,
  file: WritableFile,
  plan: ExportPlan,
  work: WorkOptions,
): Promise<Written> {
  const { filter, code } = plan;
  const counts = await reader.counts(filter);
  let [bytes, vectors] = [0, 0];
  const sink = async (chunk: Uint8Array): Promise<void> => {
    await file.appendFile(chunk);
    bytes += chunk.length;
  };
  const writer = new JsonFileWriter(sink, {
    generator: plan.generator,
    exportDate: plan.exportDate,
    filter,
    memoryCount: counts.memories,
    codeUnitCount: code ? counts.codeUnits : null,
    embeddings: plan.embeddings,
  });
  const digest = new RecordDigest();
  const meter = new Meter(counts.memories + (code ? counts.codeUnits : 0), work);
  for await (const page of pages('memory')) await writer.memories(page);
  if (code) for await (const page of pages('code_unit')) await writer.codeUnits(page);
  await writer.finish();
  return {
    memories: counts.memories,
    code_units: code ? counts.codeUnits : 0,
    tombstones: 0,
    vectors,
    bytes,
    digest: digest.finish(),
  };

  async function* pages(kind: RecordKind): AsyncIterable<readonly LabelledRecord[]> {
    for await (const page of scanLines(reader, kind, filter, work)) {
      const records = plan.embeddings ? await withVectors(reader, kind, page) : page.map(withoutVector);
      for (const record of records) {
        digest.add(kind, record);
        if (record.vector !== null) vectors += 1;
      }
      yield records;
      meter.add(page.length);
    }
  }
}

async function withVectors(
  reader: Reader,
  kind: RecordKind,
  page: readonly StoredLine[],
): Promise<readonly LabelledRecord[]> {
  const ids = page.map(stored => stored.id);
  const vectors = new Map((await reader.get(kind, ids)).map(stored => [stored.id, stored.vector]));
  return page.map(({ id, line, model }) => ({ id, line, model, vector: vectors.get(id) ?? null }));
}

function withoutVector({ id, line, model }: StoredLine): LabelledRecord {
  return { id, line, model, vector: null };
}

import { lineHash } from '../../formats/markdown/section.ts';
import type { Source } from '../../formats/source.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { RecordSet } from '../record-set.ts';

/** What a source of Markdown holds, as RecordSet tells it; null where something in it is not as it was written. */
export async function recordSetOf(source: Source, work: WorkOptions): Promise<string | null> {
  const set = new RecordSet();
  for await (const items of source.read(work)) {
    for (const item of items) {
      if (item.type !== 'record' || item.line === null || item.warnings.length > 0) return null;
      set.add(item.kind, lineHash(item.line));
    }
  }
  return set.finish();
}

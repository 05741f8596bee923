import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MemportError, toMemportError } from '../../errors.ts';
import { MANIFEST } from '../../formats/markdown/layout.ts';
import { manifestLines } from '../../formats/markdown/manifest.ts';
import { lineHash } from '../../formats/markdown/section.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { RECORD_KINDS } from '../../model/record.ts';
import type { Reader } from '../../store/store.ts';
import type { ExportPlan, Written } from '../export-plan.ts';
import { Meter } from '../meter.ts';
import { RecordSet } from '../record-set.ts';
import { scanLines } from '../scan.ts';
import { gatherBase } from './base.ts';
import { isKnown } from './known-edits.ts';
import { recordSetOfFolder } from './read-back.ts';
import type { Writing } from './sections.ts';
import { TargetFolder } from './target-folder.ts';
import { writePages } from './write-pages.ts';

export interface FolderWritten extends Written {
  readonly path: string;
  readonly files: number;
  readonly filesRemoved: number;
}

/**
 * Writes the knowledge base of what a reader holds to a folder: beside what is there, read back and compared, and only then
 * put in place, file by file. Files of an earlier export that are needed no longer go; all others stay. Where someone has
 * changed a file since, and the store does not have the change, nothing is done and `safety_stop` is thrown, unless
 * `force`. The reader must be a snapshot.
 */
export async function exportFolder(
  reader: Reader,
  target: string,
  plan: ExportPlan,
  work: WorkOptions,
): Promise<FolderWritten> {
  try {
    await using folder = await TargetFolder.open(target);
    const base = await gatherBase(reader, plan, work);
    const codeUnits = base.header.codeUnitCount ?? 0;
    const meter = new Meter(base.header.memoryCount + codeUnits, work);
    const writing: Writing = { reader, set: new RecordSet(), meter, work };
    const manifest = await writePages(folder.stage, base, writing, plan.datedByRecords === true);
    const digest = writing.set.finish();
    await writeFile(join(folder.stage, MANIFEST), manifestLines(manifest), { mode: 0o600 });
    if (plan.verify !== false) await verifyFolder(folder.stage, reader, plan, work);
    const changes = await folder.compare(manifest);
    const edited: string[] = [];
    if (plan.force !== true)
      for (const path of changes.foreign)
        if (!(await isKnown(folder.path, path, reader, work))) edited.push(path);
    if (edited.length > 0) throw refusal(folder.path, edited);
    work.signal?.throwIfAborted();
    await folder.publish(manifest, changes);
    return {
      path: target,
      memories: base.header.memoryCount,
      code_units: codeUnits,
      tombstones: 0,
      vectors: 0,
      bytes: manifest.files.reduce((sum, { bytes }) => sum + bytes, 0),
      digest,
      files: manifest.files.length,
      filesRemoved: changes.removed.length,
    };
  } catch (error) {
    throw toMemportError(error);
  }
}

/** Compares with the store itself, and not with what the writer took from it. */
async function verifyFolder(
  folder: string,
  reader: Reader,
  { filter, code }: ExportPlan,
  work: WorkOptions,
): Promise<void> {
  const set = new RecordSet();
  for (const kind of code ? RECORD_KINDS : (['memory'] as const)) {
    for await (const page of scanLines(reader, kind, filter, work))
      for (const { line } of page) set.add(kind, lineHash(line));
  }
  if ((await recordSetOfFolder(folder, work)) === set.finish()) return;
  throw new MemportError('integrity', 'what was written is not what the store holds; it was removed again');
}

function refusal(folder: string, edited: readonly string[]): MemportError {
  const names = edited.slice(0, 5).join(', ');
  const more = edited.length > 5 ? ` and ${edited.length - 5} more` : '';
  return new MemportError(
    'safety_stop',
    `in ${folder} there are changes that the store does not have: ${names}${more}; nothing was written`,
    { hint: `take them in first with memport import ${folder}, or replace them with --force` },
  );
}

import { checkVersions } from '../../formats/json/versions.ts';
import { scanManifestOf } from '../../formats/markdown/folder.ts';
import { INDEX, MANIFEST } from '../../formats/markdown/layout.ts';
import type { ListedFile } from '../../formats/markdown/manifest.ts';
import { findMarkdown, openPage } from '../../formats/markdown/page-files.ts';
import { readPage } from '../../formats/markdown/page-reader.ts';
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

/**
 * The same of a folder that was just written, in flat memory: page by page, each with just the records that the list of
 * what was written has for it, and no other pages.
 */
export async function recordSetOfFolder(folder: string, work: WorkOptions): Promise<string | null> {
  const set = new RecordSet();
  const pages: string[] = [];
  let isAsWritten = true;
  const header = await scanManifestOf(folder, MANIFEST, async file => {
    if (file.path === INDEX || !isAsWritten) return;
    pages.push(file.path);
    isAsWritten = await readPageInto(set, folder, file, work);
  });
  if (header === null || !isAsWritten) return null;
  checkVersions(header);
  const { paths, passedOver } = await findMarkdown(folder);
  const isWhole = passedOver.length === 0 && paths.join('\n') === pages.sort().join('\n');
  return isWhole ? set.finish() : null;
}

async function readPageInto(
  set: RecordSet,
  folder: string,
  { path, kind, ids }: ListedFile,
  work: WorkOptions,
): Promise<boolean> {
  let count = 0;
  await using page = await openPage(folder, path);
  for await (const found of readPage(page, path, work)) {
    if (found.type !== 'record') return false;
    const { entry, sha256, isEdited, warnings } = found.section;
    if (isEdited !== false || sha256 === null || warnings.length > 0) return false;
    if (entry.kind !== kind || entry.record.id !== ids[count]) return false;
    set.add(kind, sha256);
    count += 1;
  }
  return count === ids.length;
}

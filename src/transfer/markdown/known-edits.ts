import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { fileChunks } from '../../formats/json/file-chunks.ts';
import { manifestOf } from '../../formats/markdown/folder.ts';
import { MANIFEST } from '../../formats/markdown/layout.ts';
import { openPage } from '../../formats/markdown/page-files.ts';
import { readPage } from '../../formats/markdown/page-reader.ts';
import { scanParts } from '../../formats/markdown/scanner.ts';
import { contentHash } from '../../model/identity.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { type Entry, RECORD_KINDS } from '../../model/record.ts';
import type { Reader } from '../../store/store.ts';
import { changedAt } from '../import/resolve.ts';
import { storedEntry } from '../stored-entry.ts';

/**
 * Whether a store has all that someone wrote into a page of a folder, so that nothing is lost when the page is written anew:
 * each record as it is there, or in a version that is newer; each new text; no record that was removed there; and nothing
 * was changed before the first section, which no import reads.
 */
export async function isKnown(
  folder: string,
  path: string,
  reader: Reader,
  work: WorkOptions,
): Promise<boolean> {
  const listed = (await manifestOf(folder, MANIFEST))?.files.find(file => file.path === path);
  if (listed === undefined) return false;
  const left = new Set(listed.ids);
  await using page = await openPage(folder, path);
  if ((await headDigest(page)) !== listed.headSha256) return false;
  for await (const found of readPage(page, path, work)) {
    if (found.type !== 'record') return false;
    const { entry } = found.section;
    left.delete(entry.record.id);
    if (!(await isStored(reader, entry))) return false;
  }
  for (const kind of RECORD_KINDS) if ((await reader.get(kind, [...left])).length > 0) return false;
  return true;
}

async function isStored(reader: Reader, entry: Entry): Promise<boolean> {
  const [stored] = await reader.get(entry.kind, [entry.record.id]);
  if (stored === undefined) return (await reader.idsByContentHash(entry.kind, [contentHash(entry)])).size > 0;
  return stored.line === entry.line || changedAt(storedEntry(entry.kind, stored)) > changedAt(entry);
}

/** The sha256 of what stands before the first section. */
async function headDigest(page: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  for await (const { type, bytes } of scanParts(fileChunks(page, 'reading'))) {
    if (type === 'section') break;
    hash.update(bytes);
  }
  return hash.digest('hex');
}

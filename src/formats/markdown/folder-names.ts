import { hash } from 'node:crypto';
import { GLOBAL_FOLDER } from './layout.ts';

/** Characters of a name without its hash: with it and the ending still far below what file systems take. */
const MAX_CHARACTERS = 48;
/** Names that Windows keeps for devices, and those that the knowledge base has itself. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d|index)$/;
const NOTHING_LEFT = 'project';

/**
 * A folder name for each project: letters, digits, `_` and `-`, whatever the project is called; no two are the same on a
 * file system that does not tell upper from lower case or composed from decomposed characters. A project that is called
 * as its folder keeps the name, also where others would have it too; these get a hash of their own name behind it. So
 * does one of whose name nothing is left.
 */
export function folderNames(projects: readonly string[]): ReadonlyMap<string, string> {
  const folders = new Map<string, string>();
  const taken = new Set([foldName(GLOBAL_FOLDER)]);
  const take = (project: string, folder: string): boolean => {
    if (taken.has(foldName(folder))) return false;
    taken.add(foldName(folder));
    folders.set(project, folder);
    return true;
  };
  const sorted = [...new Set(projects)].sort();
  for (const project of sorted) if (slugOf(project) === project) take(project, project);
  const left = Map.groupBy(
    sorted.filter(project => !folders.has(project)),
    project => foldName(slugOf(project)),
  );
  for (const alike of left.values()) {
    for (const project of alike) {
      const slug = slugOf(project);
      if (slug !== NOTHING_LEFT && alike.length === 1 && take(project, slug)) continue;
      const digest = hash('sha256', JSON.stringify(project), 'hex');
      for (let length = 8; !take(project, `${slug}-${digest.slice(0, length)}`); length += 4);
    }
  }
  return folders;
}

function slugOf(project: string): string {
  const text = project
    .toWellFormed()
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFC')
    .replace(/\p{Default_Ignorable_Code_Point}+/gu, '')
    .replace(/[^\p{L}\p{N}\p{M}_]+/gu, '-');
  const slug = [...text.replace(/^[-\p{M}]+/u, '')].slice(0, MAX_CHARACTERS).join('').replace(/-+$/, '');
  if (!/[\p{L}\p{N}]/u.test(slug)) return NOTHING_LEFT;
  return RESERVED.test(slug) ? `${NOTHING_LEFT}-${slug}` : slug;
}

/** What names that a file system may take for the same have in common. */
function foldName(name: string): string {
  return name.normalize('NFKD').toUpperCase().toLowerCase();
}

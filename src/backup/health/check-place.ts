import { existsSync } from 'node:fs';
import { stat, statfs } from 'node:fs/promises';
import { dirname, join, sep } from 'node:path';
import type { Home } from '../../home.ts';
import { type Finding, fine, warning } from './finding.ts';

/** Folders of programs that copy files while they are being written, by a name in the path. */
const SYNCED =
  /^(dropbox|onedrive|google ?drive|my drive|icloud ?drive|com~apple~clouddocs|nextcloud|owncloud|syncthing|pcloud ?drive|box sync|mega)\b/i;
/** What such programs leave in the folder that they keep in step. */
const MARKS = ['.stfolder', '.dropbox', '.dropbox.cache', '.owncloudsync.log'];
const ROOM = 2;

/** Whether the store lies where it is safe and has room to grow. */
export async function checkPlace(home: Home): Promise<readonly Finding[]> {
  const folder = dirname(home.store);
  const found: Finding[] = [];
  if (isSynced(folder))
    found.push(
      warning(
        'disk',
        `the store lies in a folder that a sync program copies (${folder}): a copy of a database that is being written is worth nothing`,
        'move the home elsewhere (MEMPORT_HOME); only backups belong into such a folder: memport config set backup_destination <folder>',
      ),
    );
  const size = (await stat(home.store).catch(() => null))?.size ?? 0;
  const disk = await statfs(folder).catch(() => null);
  if (disk === null) return found;
  const free = disk.bavail * disk.bsize;
  const text = `${Math.floor(free / 2 ** 20).toLocaleString('en')} MiB free where the store is`;
  const isTight = free < Math.max(size * ROOM, 64 * 2 ** 20);
  return [
    ...found,
    isTight ? warning('disk', `${text}: too little for an import or a backup`) : fine('disk', text),
  ];
}

function isSynced(folder: string): boolean {
  const parts = folder.split(sep);
  if (parts.some(part => SYNCED.test(part))) return true;
  return parts.some((_, i) => {
    const ancestor = parts.slice(0, i + 1).join(sep) || sep;
    return MARKS.some(mark => existsSync(join(ancestor, mark)));
  });
}

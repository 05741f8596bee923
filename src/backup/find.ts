import { MemportError } from '../errors.ts';
import type { WorkOptions } from '../model/progress.ts';
import { type Backup, byPlace, type ListOptions, listBackups, type Place, scanBackups } from './catalog.ts';
import type { Destination } from './destination.ts';

const MIN_PREFIX = 4;
/** `20260601T120000Z-abcd`: of these, four letters alone are the last four. */
const LETTERS_AT = 17;

/** The backup of a name as findBackup takes it, or the newest whole one for `latest`: see latestBackup. */
export function namedBackup(
  folders: readonly Destination[],
  called: string,
  onPassedOver: (backup: Backup) => Promise<void>,
  work: WorkOptions = {},
): Promise<Backup> {
  return called === 'latest' ? latestBackup(folders, onPassedOver, work) : findBackup(folders, called, work);
}

/**
 * The backup that is called so: by its id, by a beginning of it of four or more characters, or by the four letters at its
 * end. Throws `not_found` for none and `usage` for several.
 */
export async function findBackup(
  folders: readonly Destination[],
  called: string,
  work: WorkOptions = {},
): Promise<Backup> {
  const wanted = called.toLowerCase();
  const isMeant = ({ id }: Place): boolean => {
    const lower = id.toLowerCase();
    return (wanted.length >= MIN_PREFIX && lower.startsWith(wanted)) || lower.slice(LETTERS_AT) === wanted;
  };
  const found = await listAll(folders, { ...work, isMeant });
  const [one] = found;
  if (one !== undefined && found.length === 1) return one;
  if (found.length > 1)
    throw new MemportError('usage', `${called} is the beginning of ${found.length} backups`, {
      hint: `give more of the id: ${found
        .slice(0, 3)
        .map(({ id }) => id)
        .join(', ')}`,
    });
  throw new MemportError('not_found', `there is no backup ${called} in ${namesOf(folders)}`, {
    hint: 'memport backup list shows what there is',
  });
}

/**
 * The newest backup that is whole, no matter on which machine it was made; safety backups aside. `onPassedOver` is told of
 * newer ones that are not. One without a sidecar is taken only where there is no other. Throws `not_found`.
 */
export async function latestBackup(
  folders: readonly Destination[],
  onPassedOver: (backup: Backup) => Promise<void>,
  work: WorkOptions = {},
): Promise<Backup> {
  const all = (await listAll(folders, work)).filter(({ trigger }) => trigger !== 'safety');
  const isWhole = ({ state }: Backup): boolean => state === 'verified' || state === 'unverified';
  const chosen = all.find(isWhole) ?? all.find(({ state }) => state === 'no_sidecar');
  for (const backup of all.slice(0, chosen === undefined ? all.length : all.indexOf(chosen)))
    await onPassedOver(backup);
  if (chosen !== undefined) return chosen;
  throw new MemportError('not_found', `there is no whole backup in ${namesOf(folders)}`, {
    hint: all.length > 0 ? 'import --recover takes what is whole in a damaged one' : 'memport backup create',
  });
}

/**
 * Of the backups of several folders so many, newest first, from behind a place on: no other is read. Throws `not_found` for a
 * folder that is not the home's own and missing.
 */
export async function pageOfBackups(
  folders: readonly Destination[],
  { after, limit }: { readonly after: Place | null; readonly limit: number },
  work: WorkOptions = {},
): Promise<{ readonly backups: readonly Backup[]; readonly hasMore: boolean }> {
  const found: Backup[] = [];
  for (const { folder, isOwn } of folders) {
    const isMeant = (place: Place): boolean => after === null || byPlace(after, place) < 0;
    let read = 0;
    for await (const backup of scanBackups(folder, { ...work, mustExist: !isOwn, isMeant })) {
      found.push(backup);
      read += 1;
      // One more than is asked for tells whether there is more.
      if (read > limit) break;
    }
  }
  found.sort(byPlace);
  return { backups: found.slice(0, limit), hasMore: found.length > limit };
}

/** The backups of several folders, newest first. Throws `not_found` for one that is not the home's own and missing. */
export async function listAll(
  folders: readonly Destination[],
  work: WorkOptions & Pick<ListOptions, 'isMeant'> = {},
): Promise<readonly Backup[]> {
  const lists = await Promise.all(
    folders.map(({ folder, isOwn }) => listBackups(folder, { ...work, mustExist: !isOwn })),
  );
  return lists.flat().sort((a, b) => b.createdMs - a.createdMs || (a.id < b.id ? 1 : -1));
}

function namesOf(folders: readonly Destination[]): string {
  return folders.map(({ folder }) => folder).join(' or ');
}

import { chmod, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { MemportError } from '../errors.ts';
import { systemCode, unwritable } from '../file-target.ts';
import { makeFolder } from '../folder.ts';
import { expandTilde, type Home } from '../home.ts';

export interface Destination {
  readonly folder: string;
  /** The home's own folder, which is made, and closed to others, when it is needed. Another must be there. */
  readonly isOwn: boolean;
}

/** Where the settings say that backups go; a relative folder is below the home. */
export function configuredDestination(
  home: Home,
  setting: string,
  env: Readonly<Record<string, string | undefined>>,
): Destination {
  const path = expandTilde(setting, env);
  const folder = isAbsolute(path) ? path : join(home.path, path);
  return { folder, isOwn: folder === home.backups };
}

/** Where backups are looked for: the destination, and the home's own folder, where safety backups go. */
export function backupFolders(home: Home, destination: Destination): readonly Destination[] {
  return destination.isOwn ? [destination] : [destination, { folder: home.backups, isOwn: true }];
}

/** Makes sure that backups can go there. Throws `not_found` for a folder that is missing and not the home's own. */
export async function prepareDestination({ folder, isOwn }: Destination): Promise<void> {
  if (isOwn) {
    try {
      await makeFolder(folder);
      await chmod(folder, 0o700);
      return;
    } catch (error) {
      throw unwritable(folder, error);
    }
  }
  const found = await stat(folder).catch(error => {
    throw systemCode(error) === 'ENOENT' ? missingFolder(folder, error) : unwritable(folder, error);
  });
  if (!found.isDirectory()) throw new MemportError('failed', `${folder} is not a folder`);
}

/** The error of a destination that is not there: most often a disk that is not. */
export function missingFolder(folder: string, cause: unknown): MemportError {
  return new MemportError('not_found', `the folder of backups ${folder} is not there`, {
    hint: `is its disk connected? If it is a new one: mkdir ${folder}`,
    cause,
  });
}

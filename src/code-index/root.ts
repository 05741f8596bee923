import { realpath, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { MemportError, toMemportError } from '../errors.ts';
import { EVERYTHING } from '../model/filter.ts';
import { MAX_PROJECT_NAME } from '../model/read-memory.ts';
import type { Store } from '../store/store.ts';

/** The folder that is to be indexed, absolute and without links in it. Throws `not_found` where there is none. */
export async function findRoot(folder: string): Promise<string> {
  try {
    const root = await realpath(folder);
    if ((await stat(root)).isDirectory()) return root;
  } catch (error) {
    const { code, message } = toMemportError(error);
    if (code !== 'not_found')
      throw new MemportError(code, `can't read the folder ${folder}: ${message}`, { cause: error });
    throw new MemportError('not_found', `there is no folder ${folder}`, { cause: error });
  }
  throw new MemportError('usage', `${folder} is not a folder`, {
    hint: 'give the folder that holds the project',
  });
}

/** The name of a project: the given one, else that of its folder. */
export function projectName(root: string, given: string | undefined): string {
  const name = given ?? basename(root);
  if (name !== '' && [...name].length <= MAX_PROJECT_NAME) return name;
  throw new MemportError('usage', `a project's name has 1 to ${MAX_PROJECT_NAME} characters`, {
    hint: 'name it with --project <name>',
  });
}

/**
 * Two folders of one name must not take turns in wiping out each other's index: throws `safety_stop` where the project's
 * units are of another folder that is there, or came in without a folder. A folder that is gone has been moved.
 */
export async function requireOwnIndex(
  store: Store,
  project: string,
  root: string,
  replace: boolean,
): Promise<void> {
  const [existing] = await store.projects({ ...EVERYTHING, projects: [project] });
  if (replace || !existing || existing.unitCount === 0 || existing.rootPath === root) return;
  const { rootPath, unitCount } = existing;
  if (rootPath !== null && !(await isFolder(rootPath))) return;
  const origin = rootPath === null ? 'that were imported' : `of ${rootPath}`;
  throw new MemportError(
    'safety_stop',
    `the project ${JSON.stringify(project)} has ${unitCount} code units ${origin}`,
    {
      hint: 'give this folder another name with --project <name>, or go on with --replace',
    },
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    stats => stats.isDirectory(),
    () => false,
  );
}

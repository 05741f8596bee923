import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { MemportError } from '../errors.ts';
import { systemCode } from '../file-target.ts';
import { makeFolder } from '../folder.ts';
import type { Home } from '../home.ts';

/** Where tools may read and write files. */
export interface PathRules {
  readonly home: Pick<Home, 'path' | 'exports' | 'backups'>;
  /** Further folders, absolute or below `~`: the setting `mcp_allowed_paths`, the configured destination, roots of the client. */
  readonly folders: readonly string[];
}

/** A path that is well formed and leads where nothing allows it. */
export class OutsideError extends MemportError {
  constructor(path: string, folders: readonly string[]) {
    super('usage', `${path} is outside of the folders that tools may use`, {
      hint: `Use a path below ${folders.join(', ')}. The user can allow another folder: memport config set mcp_allowed_paths <folder>`,
    });
  }
}

/**
 * The real path of an existing file or folder that a tool may read. A relative one is meant in the home's exports.
 * Throws `usage` for a path that is refused, whether or not anything is there, and `not_found`.
 */
export async function readablePath(path: string, rules: PathRules): Promise<string> {
  const asked = absolutePath(path, rules);
  const real = await realOrNull(asked);
  await requireAllowed(await nearestReal(asked), path, rules);
  if (real === null) {
    throw new MemportError('not_found', `there is no file ${path}`, {
      hint: `Files are looked for in ${rules.home.exports} unless the path is absolute.`,
    });
  }
  const found = await stat(real);
  if (found.isFile() || found.isDirectory()) return real;
  throw new MemportError('usage', `${path} is neither a file nor a folder`);
}

/**
 * The real path for a new file that a tool may write: its folder exists, and nothing has its name. Throws `usage`; a file
 * is never replaced.
 */
export async function writablePath(path: string, rules: PathRules): Promise<string> {
  const asked = absolutePath(path, rules);
  if (dirname(asked) === rules.home.exports) await makeFolder(rules.home.exports);
  const folder = await realOrNull(dirname(asked));
  await requireAllowed(await nearestReal(dirname(asked)), path, rules);
  if (folder === null) throw new MemportError('usage', `the folder of ${path} does not exist`);
  const target = join(folder, basename(asked));
  if (await isThere(target)) {
    throw new MemportError('usage', `${path} is there already, and a file is never replaced`, {
      hint: 'Call again with another output_path, or without one.',
    });
  }
  return target;
}

function absolutePath(path: string, { home }: PathRules): string {
  const parts = path.split(/[/\\]/);
  if (path.trim() === '' || path.includes('\0')) throw refused(path, 'it is no path');
  if (/^[/\\]{2}/.test(path)) throw refused(path, 'paths of the network are not opened');
  if (parts.includes('..')) throw refused(path, 'it has ".." in it');
  if (path === '~' || path.startsWith('~/')) return join(homedir(), path.slice(1));
  return isAbsolute(path) ? resolve(path) : join(home.exports, path);
}

async function requireAllowed(real: string, asked: string, { home, folders }: PathRules): Promise<void> {
  const own = [home.exports, home.backups];
  const others = folders.map(folder => folder.replace(/^~(?=$|\/)/, homedir()));
  if (await isWithinAny(real, own)) return;
  // What else is in the home are the store, keys and settings: no business of a tool, whatever folder is allowed.
  if (!(await isWithinAny(real, [home.path])) && (await isWithinAny(real, others))) return;
  throw new OutsideError(asked, [...own, ...others]);
}

async function isWithinAny(real: string, folders: readonly string[]): Promise<boolean> {
  for (const folder of folders) {
    const base = await nearestReal(folder);
    if (real === base || real.startsWith(base.endsWith(sep) ? base : base + sep)) return true;
  }
  return false;
}

/**
 * Of a path that is not there, the real path of what is, with the rest behind it: to tell which rule it falls under. A link
 * to nothing stands for where it leads; one that leads to itself does not come here.
 */
async function nearestReal(path: string): Promise<string> {
  const real = await realOrNull(path);
  const parent = dirname(path);
  if (real !== null || parent === path) return real ?? path;
  const folder = await nearestReal(parent);
  const link = await readlink(path).catch(() => null);
  return link === null ? join(folder, basename(path)) : nearestReal(resolve(folder, link));
}

async function realOrNull(path: string): Promise<string | null> {
  try {
    return await realpath(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
    throw new MemportError('usage', `${path} can't be used: ${systemCode(error)}`, { cause: error });
  }
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

function refused(path: string, why: string): MemportError {
  const shown = JSON.stringify(path.slice(0, 200));
  return new MemportError('usage', `the path ${shown} is refused: ${why}`, {
    hint: 'Give a plain file name, which is taken in the home’s exports folder, or an absolute path.',
  });
}

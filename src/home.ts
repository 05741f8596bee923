import { stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { MemportError, toMemportError } from './errors.ts';
import { makeFolder } from './folder.ts';

/** Where memport keeps everything of one user. Paths are absolute; nothing needs to exist yet. */
export interface Home {
  readonly path: string;
  readonly store: string;
  readonly config: string;
  readonly exports: string;
  readonly backups: string;
  readonly keys: string;
  /** What the schedule of backups has done. */
  readonly state: string;
  /** Models that have been downloaded. */
  readonly models: string;
}

export interface HomeOptions {
  /** `--home`, else `MEMPORT_HOME`, else `~/.claude-rag`. */
  readonly home?: string | undefined;
  /** `--store`: another store file than the home's. */
  readonly store?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
}

export function findHome(options: HomeOptions): Home {
  const chosen = options.home || options.env.MEMPORT_HOME || join('~', '.claude-rag');
  const path = absolute(chosen, options);
  return {
    path,
    store: options.store ? absolute(options.store, options) : join(path, 'memport.db'),
    config: join(path, 'memport.json'),
    exports: join(path, 'exports'),
    backups: join(path, 'backups'),
    keys: join(path, 'keys'),
    state: join(path, 'state.json'),
    models: join(path, 'models'),
  };
}

/**
 * Makes the home folder, for its owner only. An existing folder keeps its mode, since it may be there for others too;
 * what is to be said of that is returned.
 */
export async function makeHome(home: Home): Promise<string | null> {
  try {
    if (await makeFolder(home.path)) return null;
    return process.platform === 'win32' ? null : describeAccess(home.path, (await stat(home.path)).mode);
  } catch (error) {
    const { code, message } = toMemportError(error);
    throw new MemportError(code, `can't use the home folder ${home.path}: ${message}`, {
      hint: 'choose another with --home or MEMPORT_HOME',
      cause: error,
    });
  }
}

function describeAccess(path: string, mode: number): string | null {
  if ((mode & 0o077) === 0) return null;
  const can = (mode & 0o022) === 0 ? 'look into' : 'write into';
  return `other users can ${can} the home folder ${path}; to keep it to yourself: chmod 700 ${path}`;
}

/** A path with `~` in front written out: that of the user, not of memport. */
export function expandTilde(path: string, env: HomeOptions['env']): string {
  return /^~(?=$|[/\\])/.test(path) ? join(env.HOME || homedir(), path.slice(1)) : path;
}

function absolute(path: string, options: HomeOptions): string {
  const expanded = expandTilde(path, options.env);
  return isAbsolute(expanded) ? expanded : resolve(options.cwd, expanded);
}

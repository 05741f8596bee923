import { chmodSync, mkdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';
import { MemportError, toMemportError } from './errors.ts';

/** Where memport keeps everything of one user. Paths are absolute; nothing needs to exist yet. */
export interface Home {
  readonly path: string;
  readonly store: string;
  readonly config: string;
  readonly exports: string;
  readonly backups: string;
  readonly keys: string;
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
  };
}

/** Makes the home folder, for its owner only. An existing folder keeps its mode unless others could write into it. */
export function makeHome(home: Home): void {
  try {
    if (mkdirSync(home.path, { recursive: true, mode: 0o700 }) !== undefined) return;
    const { mode } = statSync(home.path);
    if (process.platform !== 'win32' && (mode & 0o022) !== 0) chmodSync(home.path, 0o700);
  } catch (error) {
    throw new MemportError(
      toMemportError(error).code,
      `can't use the home folder ${home.path}: ${String(error)}`,
      {
        hint: 'choose another with --home or MEMPORT_HOME',
        cause: error,
      },
    );
  }
}

function absolute(path: string, options: HomeOptions): string {
  const expanded = /^~(?=$|[/\\])/.test(path) ? join(options.env.HOME || homedir(), path.slice(1)) : path;
  return isAbsolute(expanded) ? expanded : resolve(options.cwd, expanded);
}

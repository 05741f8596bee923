import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { GitState } from '../model/project.ts';

const MAX_FILE_BYTES = 16 * 1024 * 1024;

/** Where a git tree keeps what. */
export interface GitFolders {
  /** The top of the work tree. */
  readonly top: string;
  /** Of this work tree: its HEAD. */
  readonly own: string;
  /** Of the repository: its refs and settings. The same as `own` but in an added work tree. */
  readonly common: string;
}

/** The git tree that a folder is in; null where it is in none. Reads the files of git and never runs it. */
export function findGit(folder: string): GitFolders | null {
  for (let top = folder; ; top = dirname(top)) {
    const own = gitFolder(top);
    if (own !== null) return { top, own, common: commonFolder(own) };
    if (dirname(top) === top) return null;
  }
}

/** Remote, commit and branch of the tree that a folder is in, as far as the files tell; the remote without any secret. */
export function readGitState(folder: string): GitState | null {
  const git = findGit(folder);
  if (git === null) return null;
  const head = read(join(git.own, 'HEAD'))?.trim() ?? '';
  const ref = /^ref: (refs\/.+)$/.exec(head)?.[1] ?? null;
  return {
    remote: remoteOf(read(join(git.common, 'config')) ?? ''),
    commit: commitOf(ref === null ? head : resolveRef(git, ref)),
    branch: ref?.startsWith('refs/heads/') ? ref.slice('refs/heads/'.length) : null,
  };
}

/** `.git` is a folder, or in added work trees and submodules a file that names one. */
function gitFolder(top: string): string | null {
  const path = join(top, '.git');
  const target = /^gitdir: (.+)$/m.exec(read(path) ?? '')?.[1]?.trim();
  const own = target === undefined ? path : resolve(top, target);
  return existsSync(join(own, 'HEAD')) ? own : null;
}

function commonFolder(own: string): string {
  const common = read(join(own, 'commondir'))?.trim();
  return common ? resolve(own, common) : own;
}

/** A ref is a file of its own, or a line of the packed ones. */
function resolveRef({ own, common }: GitFolders, ref: string): string | null {
  if (ref.split('/').includes('..')) return null;
  const loose = read(join(own, ref)) ?? read(join(common, ref));
  if (loose !== null) return loose.trim();
  const lines = (read(join(common, 'packed-refs')) ?? '').split('\n');
  return lines.find(line => line.trimEnd().endsWith(` ${ref}`))?.split(' ')[0] ?? null;
}

function commitOf(text: string | null): string | null {
  return text !== null && /^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text) ? text : null;
}

/** The URL of `origin`, else of the first remote. */
function remoteOf(config: string): string | null {
  const remotes = new Map<string, string>();
  let remote: string | null = null;
  for (const line of config.split('\n')) {
    const section = /^\s*\[(.*)\]\s*$/.exec(line)?.[1];
    if (section !== undefined) remote = /^remote\s+"(.*)"$/.exec(section)?.[1] ?? null;
    const url = /^\s*url\s*=\s*(.+?)\s*$/i.exec(line)?.[1];
    if (remote !== null && url !== undefined && !remotes.has(remote)) remotes.set(remote, url);
  }
  const url = remotes.get('origin') ?? remotes.values().next().value;
  return url === undefined ? null : withoutSecrets(url.replaceAll(/^"|"$/g, ''));
}

const URL_PARTS = /^((?:[\w.+-]+::)*(?:[a-z][a-z0-9+.-]*:)?\/\/)([^?#]*)/i;
/** A user with a password that has a slash in it, which git takes for a host and a port that is no number. */
const SPLIT_PASSWORD = /^(?!\[)[^/@]*:(?!\d*\/)[^@]*@/;

/**
 * What stands before the `@` of a URL may be a password or a token, as may a query; also behind the name of a remote
 * helper, as in `hg::https://`. `git@host:path` holds none and stays.
 */
export function withoutSecrets(url: string): string {
  const [, scheme, rest = ''] = URL_PARTS.exec(url) ?? [];
  if (scheme === undefined) return url.replace(/^([\w.+-]+::)?[^@/]*:[^@/]*@/, '$1');
  return scheme + rest.replace(/^[^/]*@/, '').replace(SPLIT_PASSWORD, '');
}

function read(path: string): string | null {
  try {
    const stats = statSync(path);
    return stats.isFile() && stats.size <= MAX_FILE_BYTES ? readFileSync(path, 'utf8') : null;
  } catch {
    return null;
  }
}

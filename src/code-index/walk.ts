import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { basename } from 'node:path/posix';
import { toMemportError } from '../errors.ts';
import type { IgnoreRules } from './ignore-rules.ts';
import { isGeneratedName, type SkipReason } from './screen.ts';

/** What a walk came across; paths are relative with `/`. */
export type Visit =
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'skipped'; readonly path: string; readonly reason: SkipReason }
  | {
      readonly type: 'unreadable';
      readonly path: string;
      readonly isFolder: boolean;
      readonly reason: string;
    };

/**
 * Goes through a tree in the order of names, without what is ignored. Symbolic links are not followed: what they point
 * at is in the tree under its own name, or is none of its business; so there are no loops.
 */
export async function* walk(
  root: string,
  rules: IgnoreRules,
  signal?: AbortSignal,
  from = '',
): AsyncGenerator<Visit> {
  const folders = [from];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    signal?.throwIfAborted();
    const entries = await list(root, folder);
    if (typeof entries === 'string') {
      yield { type: 'unreadable', path: folder, isFolder: true, reason: entries };
      continue;
    }
    const below: string[] = [];
    for (const entry of entries) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (rules.ignores(path, entry.isDirectory())) continue;
      if (entry.isDirectory()) below.push(path);
      else yield visit(path, entry.name, entry);
    }
    folders.push(...below.reverse());
  }
}

/** As walk, for some paths alone, files or folders; what is gone is passed over. */
export async function* walkFrom(
  root: string,
  paths: readonly string[],
  rules: IgnoreRules,
  signal?: AbortSignal,
): AsyncGenerator<Visit> {
  const seen = new Set<string>();
  for (const path of paths) {
    const stats = await lstat(join(root, path)).catch(() => null);
    if (stats === null || (path !== '' && rules.ignores(path, stats.isDirectory()))) continue;
    const visits = stats.isDirectory()
      ? walk(root, rules, signal, path)
      : [visit(path, basename(path), stats)];
    for await (const one of visits) {
      if (!seen.has(one.path)) yield one;
      seen.add(one.path);
    }
  }
}

/** The entries of a folder by name, or why it can't be read. */
async function list(root: string, folder: string): Promise<readonly Dirent[] | string> {
  try {
    const entries = await readdir(join(root, folder), { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    return toMemportError(error).message;
  }
}

function visit(path: string, name: string, entry: Pick<Dirent, 'isFile' | 'isSymbolicLink'>): Visit {
  if (entry.isSymbolicLink()) return { type: 'skipped', path, reason: 'symbolic link' };
  if (!entry.isFile()) return { type: 'skipped', path, reason: 'no regular file' };
  return isGeneratedName(name) ? { type: 'skipped', path, reason: 'generated' } : { type: 'file', path };
}

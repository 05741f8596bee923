import type { Dirent } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
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
export async function* walk(root: string, rules: IgnoreRules, signal?: AbortSignal): AsyncGenerator<Visit> {
  const folders = [''];
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
      else yield visit(path, entry);
    }
    folders.push(...below.reverse());
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

function visit(path: string, entry: Dirent): Visit {
  if (entry.isSymbolicLink()) return { type: 'skipped', path, reason: 'symbolic link' };
  if (!entry.isFile()) return { type: 'skipped', path, reason: 'no regular file' };
  return isGeneratedName(entry.name)
    ? { type: 'skipped', path, reason: 'generated' }
    : { type: 'file', path };
}

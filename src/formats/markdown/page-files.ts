import { constants } from 'node:fs';
import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { MemportError } from '../../errors.ts';
import { INDEX } from './layout.ts';

/** Folders within folders that are looked into. */
const MAX_DEPTH = 8;
const MAX_FILES = 200_000;

/** The Markdown files of a folder, but for the index at its top: relative paths with `/`, sorted. */
export interface FoundFiles {
  readonly paths: readonly string[];
  /** Links and other things that are no files, which are not followed. */
  readonly passedOver: readonly string[];
}

/** Looks for Markdown files. Nothing that is hidden counts, and no link is followed. */
export async function findMarkdown(folder: string, most: number = MAX_FILES): Promise<FoundFiles> {
  const walk = new Walk(folder, most);
  await walk.look('', 1);
  return { paths: walk.paths.sort(), passedOver: walk.passedOver.sort() };
}

class Walk {
  readonly #folder: string;
  readonly #most: number;
  readonly paths: string[] = [];
  readonly passedOver: string[] = [];

  constructor(folder: string, most: number) {
    this.#folder = folder;
    this.#most = most;
  }

  async look(below: string, depth: number): Promise<void> {
    const entries = await readdir(join(this.#folder, below), { withFileTypes: true });
    for (const entry of entries) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.isDirectory() && depth < MAX_DEPTH) await this.look(path, depth + 1);
      else if (entry.isDirectory()) this.passedOver.push(path);
      else if (entry.isSymbolicLink() && (await isFolder(join(this.#folder, path))))
        this.passedOver.push(path);
      else this.#file(path, entry.isFile());
    }
  }

  #file(path: string, isFile: boolean): void {
    if (!/\.md$/i.test(path) || path === INDEX) return;
    if (isFile) this.paths.push(path);
    else this.passedOver.push(path);
    if (this.paths.length > this.#most)
      throw new MemportError('integrity', `there are more than ${this.#most} Markdown files in the folder`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}

/** Opens a regular file of a folder; a link in the last place is refused with `integrity`. */
export async function openPage(folder: string, path: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  const handle = await open(join(folder, path), flags);
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new MemportError('integrity', `${path} is no regular file`);
}

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, realpath, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAtomically } from '../../atomic-file.ts';
import { MemportError } from '../../errors.ts';
import { systemCode, unwritable } from '../../file-target.ts';
import { makeFolder, syncFolder } from '../../folder.ts';
import { scanManifestOf } from '../../formats/markdown/folder.ts';
import { MANIFEST, NEXT_MANIFEST } from '../../formats/markdown/layout.ts';
import { type Manifest, manifestLines } from '../../formats/markdown/manifest.ts';
import { removeLeftovers, temporaryName } from '../../leftovers.ts';

/** What publishing would do to a folder. */
export interface Changes {
  /** New or changed files, that are to be put in place. */
  readonly written: readonly string[];
  /** Files of an earlier export that are needed no longer. */
  readonly removed: readonly string[];
  /** Files that someone has made or changed since, and that would be replaced or removed. */
  readonly foreign: readonly string[];
}

/**
 * A folder that a knowledge base is written to. Files are written to a folder inside it and put in place by renames; of
 * what else is in it, nothing is touched. A folder that was made for this goes away again when nothing was published.
 */
export class TargetFolder implements AsyncDisposable {
  readonly path: string;
  readonly stage: string;
  readonly #isNew: boolean;
  #isPublished = false;

  private constructor(path: string, isNew: boolean) {
    this.path = path;
    this.stage = join(path, temporaryName());
    this.#isNew = isNew;
  }

  /** Opens or makes the folder; the one that it lies in must be there. Throws MemportError. */
  static async open(target: string): Promise<TargetFolder> {
    try {
      const isNew = await mkdir(target, { mode: 0o700 }).then(
        () => true,
        error => {
          if (systemCode(error) === 'EEXIST') return false;
          throw error;
        },
      );
      if (!(await stat(target)).isDirectory())
        throw new MemportError('failed', `${target} is a file`, {
          hint: 'Name a folder, or add --single-file for one file.',
        });
      const folder = new TargetFolder(await realpath(target), isNew);
      await removeLeftovers(folder.path);
      await removeLeftovers(folder.path, Date.now(), 'folders');
      await mkdir(folder.stage, { mode: 0o700 });
      return folder;
    } catch (error) {
      throw unwritable(target, error);
    }
  }

  /** Compares what is to be there with what is. Throws `safety_stop` for links and folders in the place of files. */
  async compare(manifest: Manifest): Promise<Changes> {
    const ours = await this.#ours();
    const written: string[] = [];
    const removed: string[] = [];
    const foreign: string[] = [];
    for (const { path, sha256 } of manifest.files) {
      const found = await this.#digest(path);
      if (found.has(sha256)) continue;
      written.push(path);
      if (found.size > 0 && !meets(found, ours.get(path) ?? NONE)) foreign.push(path);
    }
    const wanted = new Set(manifest.files.map(({ path }) => path));
    for (const [path, digests] of ours) {
      if (wanted.has(path)) continue;
      const found = await this.#digest(path);
      if (found.size > 0) removed.push(path);
      if (found.size > 0 && !meets(found, digests)) foreign.push(path);
    }
    return { written, removed, foreign };
  }

  /**
   * Puts the staged files in place, each in one step, and the manifest last. While that goes on another manifest says so:
   * where this is cut short, it is told, and the next export knows all files for its own.
   */
  async publish(manifest: Manifest, { written, removed }: Changes): Promise<void> {
    await writeAtomically(join(this.path, NEXT_MANIFEST), file => file.appendFile(manifestLines(manifest)));
    this.#isPublished = true;
    const folders = new Set<string>([this.path]);
    for (const path of written) {
      const folder = join(this.path, dirname(path));
      folders.add(folder);
      await makeFolder(folder);
      await rename(join(this.stage, path), join(this.path, path));
    }
    for (const path of removed) {
      await rm(join(this.path, path), { force: true });
      const folder = join(this.path, dirname(path));
      // Only where nothing else is in it.
      const isGone = folder !== this.path && (await removeEmpty(folder));
      if (!isGone) folders.add(folder);
    }
    for (const folder of folders) await syncFolder(folder);
    if (this.#isNew) await syncFolder(dirname(this.path));
    await rename(join(this.path, NEXT_MANIFEST), join(this.path, MANIFEST));
    await syncFolder(this.path);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.stage, { recursive: true, force: true }).catch(() => {});
    if (this.#isNew && !this.#isPublished) await rmdir(this.path).catch(() => {});
  }

  /** By path the digests that files of ours may have: of the last export, and of one that was interrupted. */
  async #ours(): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
    const ours = new Map<string, Set<string>>();
    for (const name of [MANIFEST, NEXT_MANIFEST] as const) {
      const listed = new Map<string, string>();
      const header = await scanManifestOf(this.path, name, file => void listed.set(file.path, file.sha256));
      if (header === null) continue;
      for (const [path, sha256] of listed) ours.set(path, (ours.get(path) ?? new Set()).add(sha256));
    }
    return ours;
  }

  /** The digests of a file: as it is, and with line ends as it was written, should git have changed them. Empty without a file. */
  async #digest(path: string): Promise<ReadonlySet<string>> {
    const [folder] = path.split('/');
    if (folder !== undefined && folder !== path) await this.#refuseOther(folder, 'isDirectory');
    const isThere = await this.#refuseOther(path, 'isFile');
    if (!isThere) return NONE;
    const [exact, unified] = [createHash('sha256'), createHash('sha256')];
    let rest = '';
    for await (const chunk of createReadStream(join(this.path, path), { encoding: 'latin1' })) {
      exact.update(chunk, 'latin1');
      const text = rest + chunk;
      rest = text.endsWith('\r') ? '\r' : '';
      unified.update(text.slice(0, text.length - rest.length).replaceAll('\r\n', '\n'), 'latin1');
    }
    unified.update(rest, 'latin1');
    return new Set([exact.digest('hex'), unified.digest('hex')]);
  }

  /** Whether there is anything; what is no such thing is never written through or replaced. */
  async #refuseOther(path: string, is: 'isFile' | 'isDirectory'): Promise<boolean> {
    const found = await lstat(join(this.path, path)).catch(error => {
      if (['ENOENT', 'ENOTDIR'].includes(systemCode(error))) return null;
      throw error;
    });
    if (found === null || found[is]()) return found !== null;
    throw new MemportError(
      'safety_stop',
      `${join(this.path, path)} is no ${is === 'isFile' ? 'file' : 'folder'} of ours`,
      {
        hint: 'Move it away, or export to another folder.',
      },
    );
  }
}

const NONE: ReadonlySet<string> = new Set();

function removeEmpty(folder: string): Promise<boolean> {
  return rmdir(folder).then(
    () => true,
    () => false,
  );
}

function meets(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return [...a].some(item => b.has(item));
}

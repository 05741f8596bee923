import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { dirname } from 'node:path';
import { MemportError, toMemportError } from '../../errors.ts';
import { resolveTarget, unwritable } from '../../file-target.ts';
import type { RecordKind } from '../../model/record.ts';
import { beginFile, type Naming, type PendingFile } from '../../pending-file.ts';
import { refuseProtected } from '../../protected-files.ts';

export interface Reject {
  readonly kind: RecordKind;
  /** Counted from 0 over the records of its kind in the file. */
  readonly position: number;
  readonly id: string | null;
  readonly reason: string;
  /** The record as it stands in the file. */
  readonly text: string;
}

export type RejectsNaming = Exclude<Naming, 'replace'>;

/**
 * The rejected records of an import as JSON Lines, whole: `id`, `kind`, `position`, `reason`, `text`. They may be the
 * only copy, so no file is ever replaced: `number` takes the next free name, `refuse` fails with `usage`. The file gets
 * its name in `keep`, before the import is committed; unless that comes, disposing leaves nothing, and `withdraw` takes
 * it back when the commit fails. A dry run writes none, and fails where a real run could not.
 */
export class RejectsFile implements AsyncDisposable {
  readonly path: string;
  readonly #naming: RejectsNaming;
  readonly #dryRun: boolean;
  #file: PendingFile | null = null;
  #kept: Promise<string> | null = null;
  #isWithdrawn = false;
  #isChecked = false;

  constructor(path: string, options: { rejectsNaming?: RejectsNaming; dryRun?: boolean } = {}) {
    this.path = path;
    this.#naming = options.rejectsNaming ?? 'number';
    this.#dryRun = options.dryRun ?? false;
  }

  /** Throws `usage` when the file can't be written for what is there, before anything is done. Devices and pipes may be. */
  async check(protect: readonly string[]): Promise<void> {
    if (this.#naming === 'number') return;
    await this.#guard(async () => {
      await refuseProtected(this.path, protect);
      const { kind } = await resolveTarget(this.path);
      if (kind === 'file') throw new MemportError('usage', 'there is a file already');
    });
  }

  async add({ id, kind, position, reason, text }: Reject): Promise<void> {
    if (this.#dryRun) return await this.#checkFolder();
    await this.#guard(async () => {
      this.#file ??= await beginFile(this.path, this.#naming);
      await this.#file.handle.appendFile(`${JSON.stringify({ id, kind, position, reason, text })}\n`);
    });
  }

  /** Finds out whether a file could be begun, as far as that can be told without beginning one. */
  async #checkFolder(): Promise<void> {
    if (this.#isChecked) return;
    await this.#guard(async () => {
      const isChosen = this.#naming === 'refuse';
      const { path, kind } = isChosen ? await resolveTarget(this.path) : { path: this.path, kind: 'new' };
      if (kind === 'stream') return;
      await access(`${dirname(path)}/`, constants.W_OK).catch(error => {
        throw unwritable(path, error);
      });
    });
    this.#isChecked = true;
  }

  /** Resolves to the path that the file has got when there is anything in it, else to null. */
  async keep(): Promise<string | null> {
    const file = this.#file;
    if (file === null || this.#isWithdrawn) return null;
    this.#kept = this.#guard(() => file.publish());
    return await this.#kept;
  }

  /** For an import that has been taken back: nothing is kept, also when `keep` is still under way or yet to come. */
  async withdraw(): Promise<void> {
    this.#isWithdrawn = true;
    await this.#kept?.catch(() => null);
    await this.#file?.withdraw();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#file?.[Symbol.asyncDispose]();
  }

  async #guard<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const { code, message } = toMemportError(error);
      throw new MemportError(
        code === 'not_found' ? 'failed' : code,
        `can't write the rejected records to ${this.path}: ${message}`,
        {
          hint: 'name another file with --rejects <file>; nothing was imported',
          cause: error,
        },
      );
    }
  }
}

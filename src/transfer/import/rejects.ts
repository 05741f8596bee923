import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { MemportError, toMemportError } from '../../errors.ts';
import type { RecordKind } from '../../model/record.ts';

export interface Reject {
  readonly kind: RecordKind;
  /** Counted from 0 over the records of its kind in the file. */
  readonly position: number;
  readonly id: string | null;
  readonly reason: string;
  /** The record as it stands in the file. */
  readonly text: string;
}

/**
 * The rejected records of an import as JSON Lines, whole: `id`, `kind`, `position`, `reason`, `text`. The file gets its
 * name in `keep`, before the import is committed; unless that comes, disposing leaves nothing.
 */
export class RejectsFile implements AsyncDisposable {
  readonly path: string;
  readonly #temporary: string;
  #handle: FileHandle | null = null;

  constructor(path: string) {
    this.path = path;
    this.#temporary = `${path}.${process.pid}.tmp`;
  }

  async add({ id, kind, position, reason, text }: Reject): Promise<void> {
    await this.#guard(async () => {
      this.#handle ??= await open(this.#temporary, 'wx', 0o600);
      await this.#handle.write(`${JSON.stringify({ id, kind, position, reason, text })}\n`);
    });
  }

  /** Resolves to the path when there is anything in the file, else to null. */
  async keep(): Promise<string | null> {
    const handle = this.#handle;
    if (handle === null) return null;
    await this.#guard(async () => {
      await handle.sync();
      await handle.close();
      this.#handle = null;
      await rename(this.#temporary, this.path);
    });
    return this.path;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#handle === null) return;
    await this.#handle.close();
    await rm(this.#temporary, { force: true });
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const { code } = toMemportError(error);
      throw new MemportError(
        code === 'not_found' ? 'failed' : code,
        `can't write the rejected records to ${this.path}: ${String(error)}`,
        {
          hint: 'name another file with --rejects <file>; nothing was imported',
          cause: error,
        },
      );
    }
  }
}

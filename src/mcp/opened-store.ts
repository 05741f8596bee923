import { stat } from 'node:fs/promises';
import type { Store } from '../store/store.ts';

interface Opened {
  readonly store: Store;
  readonly file: string;
  users: number;
  retired: boolean;
}

/**
 * The one store of a server, opened when it is first needed and kept open. When the file has been put away or replaced
 * since, what is there now is opened instead: writing on into a file that has no name any more would lose memories.
 */
export class OpenedStore implements AsyncDisposable {
  readonly #path: string;
  readonly #open: (mode: 'create' | 'existing') => Promise<Store>;
  #current: Promise<Opened> | null = null;

  constructor(path: string, open: (mode: 'create' | 'existing') => Promise<Store>) {
    this.#path = path;
    this.#open = open;
  }

  /** Runs `work` on the store. `create` makes it when it is missing; else a missing one is `not_found`. */
  async use<T>(mode: 'create' | 'existing', work: (store: Store) => Promise<T>): Promise<T> {
    const opened = await this.#acquire(mode);
    try {
      return await work(opened.store);
    } finally {
      opened.users -= 1;
      if (opened.retired && opened.users === 0) await opened.store.close();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const current = await this.#current?.catch(() => null);
    this.#current = null;
    await current?.store.close();
  }

  async #acquire(mode: 'create' | 'existing'): Promise<Opened> {
    for (;;) {
      const isFirst = this.#current === null;
      this.#current ??= this.#openNow(mode);
      const waited = this.#current;
      let opened: Opened;
      try {
        opened = await waited;
      } catch (error) {
        if (this.#current === waited) this.#current = null;
        // That another call found no store says nothing to one that may make it.
        if (!isFirst && mode === 'create') continue;
        throw error;
      }
      const isSame = (await fileIdentity(this.#path)) === opened.file;
      // Somebody else may have found the same while this waited.
      if (opened.retired) continue;
      if (isSame) {
        opened.users += 1;
        return opened;
      }
      opened.retired = true;
      if (this.#current === waited) this.#current = null;
      if (opened.users === 0) await opened.store.close();
    }
  }

  async #openNow(mode: 'create' | 'existing'): Promise<Opened> {
    const store = await this.#open(mode);
    return { store, file: await fileIdentity(this.#path), users: 0, retired: false };
  }
}

async function fileIdentity(path: string): Promise<string> {
  return stat(path, { bigint: true }).then(
    found => `${found.dev}:${found.ino}`,
    () => 'none',
  );
}

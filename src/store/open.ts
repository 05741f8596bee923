import { openSqliteStore, type SqliteOptions } from './sqlite/open-sqlite.ts';
import type { Store } from './store.ts';

export { openSqliteStore, type SqliteOptions } from './sqlite/open-sqlite.ts';

/** Which store to open, and how. A remote store will be another member of this union. */
export type StoreOptions = SqliteOptions;

/** Opens the store that the options describe. Dispose of it. */
export function openStore(options: StoreOptions): Promise<Store> {
  return openSqliteStore(options);
}

import type { Entry, RecordKind } from '../../src/model/record.ts';
import type { Page, Reader, Store, StoredLine, Write } from '../../src/store/store.ts';

/** A place that one store or several can be opened on. It is empty at first and goes away with the test. */
export interface StorePlace {
  open(options?: { readonly busyTimeoutMs?: number }): Promise<Store>;
}

/** Makes a fresh place; called inside a test. */
export type MakePlace = () => Promise<StorePlace>;

export function write(entry: Entry, searchVector: Write['searchVector'] = null): Write {
  return { entry, searchVector };
}

/** Puts entries in a transaction of their own. */
export async function put(store: Store, ...entries: readonly Entry[]): Promise<void> {
  await store.transact(transaction => transaction.put(entries.map(entry => write(entry))));
}

/** Every page of a scan. */
export async function pages(
  reader: Reader,
  kind: RecordKind,
  page: Omit<Page, 'after'>,
): Promise<readonly (readonly StoredLine[])[]> {
  const all: (readonly StoredLine[])[] = [];
  let after: string | null = null;
  for (;;) {
    const lines: readonly StoredLine[] = await reader.scan(kind, { ...page, after });
    if (lines.length === 0) return all;
    all.push(lines);
    after = lines.at(-1)?.id ?? null;
  }
}

/** Every line of a store, in the order of a scan. */
export async function lines(reader: Reader, kind: RecordKind = 'memory'): Promise<readonly string[]> {
  return (await pages(reader, kind, { limit: 100 })).flat().map(({ line }) => line);
}

export async function ids(reader: Reader, kind: RecordKind = 'memory'): Promise<readonly string[]> {
  return (await pages(reader, kind, { limit: 100 })).flat().map(({ id }) => id);
}

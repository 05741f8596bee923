import { EVERYTHING } from '../../src/model/filter.ts';
import type { Entry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import type { ExportPlan } from '../../src/transfer/export-plan.ts';
import { at } from './records.ts';

/** A plan of an export of everything as Markdown. */
export function aPlan(parts: Partial<ExportPlan> = {}): ExportPlan {
  return {
    format: 'markdown',
    filter: EVERYTHING,
    embeddings: false,
    code: true,
    exportDate: at('2026-06-01T00:00:00Z'),
    exportType: 'full',
    generator: 'memport 0.0.0',
    config: {},
    ...parts,
  };
}

/** A new store with these records. */
export async function storeOf(path: string, records: readonly Entry[]): Promise<Store> {
  const store = await openStore({ path });
  await store.transact(transaction => transaction.put(records.map(entry => ({ entry, searchVector: null }))));
  return store;
}

import type { Embedder } from '../../embedding/embedder.ts';
import { toMemportError } from '../../errors.ts';
import { readStatus } from '../../memories/status.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { Store } from '../../store/store.ts';
import { type Finding, fine, warning } from './finding.ts';

const MOST_TOLD = 10;

/** Every page, record and index of the store, and what it has that can't be found by vector. */
export async function checkStore(
  open: () => Promise<Store>,
  embedder: () => Promise<Embedder | null>,
  work: WorkOptions = {},
): Promise<readonly Finding[]> {
  let store: Store;
  try {
    store = await open();
  } catch (error) {
    const { code, message, hint } = toMemportError(error);
    if (code === 'not_found') return [warning('store', message, 'memport add <text> makes it')];
    return [{ area: 'store', level: code === 'integrity' ? 'damage' : 'error', message, hint }];
  }
  try {
    const faults = await store.check(work);
    const status = await readStatus(store, await embedder());
    const what = `${status.memories} memories, ${status.code_units} code units`;
    return [
      ...(faults.length === 0
        ? [fine('store', `every page, record and index is as it should be: ${what}`)]
        : []),
      ...faults.slice(0, MOST_TOLD).map(({ part, message }): Finding => {
        if (part === 'indexes')
          return {
            area: 'store',
            level: 'error',
            message,
            hint: 'memport doctor --fix',
            fix: () => reindex(open),
          };
        return { area: 'store', level: 'damage', message, hint: 'memport restore latest' };
      }),
      ...(faults.length > MOST_TOLD
        ? [warning('store', `and ${faults.length - MOST_TOLD} faults more`)]
        : []),
      ...(status.pending_vectors > 0
        ? [warning('store', `${status.pending_vectors} memories can't be found by vector`, 'memport embed')]
        : []),
      ...(status.mixed_vectors > 0
        ? [warning('store', `${status.mixed_vectors} vectors are of another model`, 'memport embed --all')]
        : []),
    ];
  } finally {
    await store.close();
  }
}

async function reindex(open: () => Promise<Store>): Promise<void> {
  await using store = await open();
  await store.reindex();
}

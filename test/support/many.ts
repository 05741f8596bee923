import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import { aMemory, idOf } from './records.ts';

const BATCH = 1000;

/** Puts so many memories into the store at `path`, numbered from 0; their moments of change are ten at a time the same. */
export async function fillStore(path: string, count: number): Promise<void> {
  await using store = await openStore({ path });
  for (let first = 0; first < count; first += BATCH) {
    const entries = Array.from({ length: Math.min(BATCH, count - first) }, (_, i) => {
      const n = first + i;
      const updatedAt = 1_700_000_000_000_000n + BigInt(Math.floor(n / 10)) * 1_000_000n;
      return memoryEntry(
        aMemory({ id: idOf(n), content: `Memory ${n} ${'word '.repeat(60)}`, updatedAt }),
        null,
      );
    });
    await store.transact(transaction =>
      transaction.put(entries.map(entry => ({ entry, searchVector: null }))),
    );
  }
}

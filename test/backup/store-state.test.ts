import { join } from 'node:path';
import { expect, it } from 'vitest';
import { storeState } from '../../src/backup/store-state.ts';
import { bareProject } from '../../src/model/project.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import { put } from '../contract/place.ts';
import { scratch } from '../support/cli.ts';
import { aMemory, at, idOf } from '../support/records.ts';

it('is another one after each change of a record, a vector, a deletion or a project, and the same without', async () => {
  await using store = await openStore({ path: join(scratch(), 'memport.db') });
  const seen: string[] = [];
  const look = async (): Promise<void> => {
    seen.push(await storeState(store));
    expect(await storeState(store)).toBe(seen.at(-1));
  };
  const memory = aMemory({ id: idOf(1), embeddingModel: 'm' });
  await look();
  await put(store, memoryEntry(memory, null));
  await look();
  await put(store, memoryEntry(memory, new Float32Array([1, 0])));
  await look();
  await store.transact(async transaction => transaction.putProjects([bareProject('later')]));
  await look();
  await store.transact(async transaction => {
    await transaction.addTombstones([
      { id: idOf(2), kind: 'memory', deletedAt: at('2026-01-01'), contentHash: 'a'.repeat(64) },
    ]);
  });
  await look();
  expect(new Set(seen).size).toBe(5);
  await store.transact(async transaction => transaction.deleteProjects(['later']));
  await put(store, memoryEntry(memory, null));
  await store.transact(
    async transaction => void (await transaction.clear('memory', [{ id: idOf(2), tombstone: null }])),
  );
  expect(await storeState(store)).toBe(seen[1]);
});

it('ends when it is told to', async () => {
  await using store = await openStore({ path: join(scratch(), 'memport.db') });
  await expect(storeState(store, { signal: AbortSignal.abort() })).rejects.toMatchObject({
    name: 'AbortError',
  });
});

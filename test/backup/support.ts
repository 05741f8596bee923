import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BackupRequest, createBackup } from '../../src/backup/create.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { put } from '../contract/place.ts';
import { scratch } from '../support/cli.ts';
import { aMemory, idOf } from '../support/records.ts';

export const START = Date.parse('2026-06-01T12:00:00Z');
export const DAY_MS = 86_400_000;

/** A store with so many memories, and a folder beside it for its backups. */
export async function storeWith(count: number): Promise<{ readonly store: Store; readonly folder: string }> {
  const home = scratch();
  const store = await openStore({ path: join(home, 'memport.db') });
  await add(store, 1, count);
  const folder = join(home, 'backups');
  mkdirSync(folder);
  return { store, folder };
}

/** Puts memories with the numbers from `first` on. */
export async function add(store: Store, first: number, count: number): Promise<void> {
  for (let n = first; n < first + count; n++) {
    const memory = aMemory({ id: idOf(n), content: `Memory ${n}.`, embeddingModel: 'test' });
    await put(store, memoryEntry(memory, Float32Array.of(n, 1, 2)));
  }
}

export function requestFor(folder: string, parts: Partial<BackupRequest> = {}): BackupRequest {
  return {
    destination: { folder, isOwn: false },
    trigger: 'manual',
    format: 'archive',
    nowMs: START,
    generator: 'memport test',
    config: {},
    host: 'laptop',
    ...parts,
  };
}

export async function backUp(
  store: Store,
  folder: string,
  parts: Partial<BackupRequest> = {},
): Promise<string> {
  return (await createBackup(store, requestFor(folder, parts))).backup.path;
}

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashingEmbedder } from '../../src/embedding/hashing.ts';
import { addMemory, deleteMemories, updateMemory } from '../../src/memories/edit.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { scratch } from '../support/cli.ts';
import { aMemory, at, idOf } from '../support/records.ts';

const NOW = { nowMs: Date.parse('2026-06-01T00:00:00Z') };
const HASHING = { ...NOW, embedder: hashingEmbedder() };
const OFFLINE = { ...NOW, embedder: null };
const MODEL = hashingEmbedder().model;

const emptyStore = (): Promise<Store> => openStore({ path: join(scratch(), 'm.db'), create: true });

async function vectorOf(store: Store, id: string): Promise<Float32Array | null | undefined> {
  return (await store.get('memory', [id]))[0]?.vector;
}

describe('adding', () => {
  test('with an embedder gives a vector and its label', async () => {
    await using store = await emptyStore();
    const { id, embeddingModel } = await addMemory(store, { content: 'one' }, HASHING);
    expect(embeddingModel).toBe(MODEL);
    expect(await vectorOf(store, id)).toEqual((await hashingEmbedder().embed(['one']))[0]);
  });

  test('without an embedder gives neither', async () => {
    await using store = await emptyStore();
    const { id, embeddingModel } = await addMemory(store, { content: 'one' }, OFFLINE);
    expect(embeddingModel).toBeNull();
    expect(await vectorOf(store, id)).toBeNull();
    expect(await store.pendingVectors(MODEL, 384)).toBe(1);
  });

  test('a draft that is wrong leaves nothing', async () => {
    await using store = await emptyStore();
    await expect(addMemory(store, { content: '' }, HASHING)).rejects.toMatchObject({ code: 'usage' });
    expect((await store.counts()).memories).toBe(0);
  });
});

describe('changing', () => {
  test('the text gives a new vector; without an embedder the old one goes, it no longer fits', async () => {
    await using store = await emptyStore();
    const { id } = await addMemory(store, { content: 'one' }, HASHING);
    await updateMemory(store, id, { content: 'two' }, HASHING);
    expect(await vectorOf(store, id)).toEqual((await hashingEmbedder().embed(['two']))[0]);
    expect(await updateMemory(store, id, { content: 'three' }, OFFLINE)).toMatchObject({
      embeddingModel: null,
    });
    expect(await vectorOf(store, id)).toBeNull();
  });

  test('anything else keeps the vector and its label, whoever made it', async () => {
    await using store = await emptyStore();
    const entry = memoryEntry(aMemory({ embeddingModel: 'elsewhere' }), Float32Array.of(3, 4));
    await store.transact(transaction => transaction.put([{ entry, searchVector: null }]));
    for (const context of [HASHING, OFFLINE]) {
      const changed = await updateMemory(
        store,
        idOf(1),
        { tags: ['x'], content: entry.record.content },
        context,
      );
      expect(changed).toMatchObject({ tags: ['x'], embeddingModel: 'elsewhere' });
      expect(await vectorOf(store, idOf(1))).toEqual(Float32Array.of(3, 4));
    }
  });

  test('moves updatedAt forward', async () => {
    await using store = await emptyStore();
    const { id, createdAt } = await addMemory(store, { content: 'one' }, OFFLINE);
    const changed = await updateMemory(store, id, { importance: '1' }, { ...OFFLINE, nowMs: 0 });
    expect(changed.updatedAt).toBe(createdAt + 1n);
  });

  test('nothing, or a memory that is gone, is refused', async () => {
    await using store = await emptyStore();
    const { id } = await addMemory(store, { content: 'one' }, OFFLINE);
    await expect(updateMemory(store, id, { content: undefined }, OFFLINE)).rejects.toMatchObject({
      code: 'usage',
      message: 'nothing to change was given',
    });
    await deleteMemories(store, [id], 0);
    await expect(updateMemory(store, id, { content: 'two' }, OFFLINE)).rejects.toMatchObject({
      code: 'not_found',
    });
    expect((await store.counts()).memories).toBe(0);
  });
});

describe('deleting', () => {
  test('takes each once, and leaves a tombstone of that moment', async () => {
    await using store = await emptyStore();
    const entries = [1, 2].map(n => memoryEntry(aMemory({ id: idOf(n) }), null));
    await store.transact(transaction =>
      transaction.put(entries.map(entry => ({ entry, searchVector: null }))),
    );
    expect(await deleteMemories(store, [idOf(1), idOf(1).toUpperCase()], NOW.nowMs)).toEqual([idOf(1)]);
    expect(await store.counts()).toEqual({ memories: 1, codeUnits: 0, tombstones: 1 });
    expect(await store.tombstones({ after: null, limit: 9 })).toMatchObject([
      { id: idOf(1), kind: 'memory', deletedAt: at('2026-06-01T00:00:00Z') },
    ]);
  });

  test('takes none when one is not there', async () => {
    await using store = await emptyStore();
    const { id } = await addMemory(store, { content: 'one' }, OFFLINE);
    await expect(deleteMemories(store, [id, 'ffffffff'], 0)).rejects.toMatchObject({ code: 'not_found' });
    expect(await store.counts()).toEqual({ memories: 1, codeUnits: 0, tombstones: 0 });
  });
});

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashingEmbedder } from '../../src/embedding/hashing.ts';
import { readStatus } from '../../src/memories/status.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import { scratch } from '../support/cli.ts';
import { aCodeUnit, aMemory, at, idOf } from '../support/records.ts';

async function statusOf(entries: readonly Entry[], embedder = true) {
  const path = join(scratch(), 'm.db');
  await using store = await openStore({ path, create: true });
  await store.transact(async transaction => {
    await transaction.put(entries.map(entry => ({ entry, searchVector: null })));
    await transaction.addTombstones([
      { id: idOf(77), kind: 'memory', deletedAt: 0n, contentHash: '00'.repeat(32) },
    ]);
  });
  return { path, status: await readStatus(store, embedder ? hashingEmbedder() : null) };
}

test('the status of a store counts each kind, groups vectors and knows the span of time', async () => {
  const { path, status } = await statusOf([
    memoryEntry(aMemory({ projectName: 'a', embeddingModel: 'm' }), Float32Array.of(1, 0)),
    memoryEntry(aMemory({ id: idOf(2), embeddingModel: 'm' }), Float32Array.of(1, 0, 0)),
    memoryEntry(aMemory({ id: idOf(3), updatedAt: at('2026-03-01T00:00:00Z') }), Float32Array.of(1, 0)),
    memoryEntry(aMemory({ id: idOf(4), createdAt: at('1969-01-01T00:00:00Z') }), null),
    codeUnitEntry(aCodeUnit({ projectName: 'b' }), Float32Array.of(1)),
  ]);
  expect(status).toEqual({
    store: path,
    bytes: expect.toSatisfy((bytes: number) => bytes > 4096),
    schema_version: expect.any(Number),
    memories: 4,
    code_units: 1,
    tombstones: 1,
    projects: 2,
    vectors: expect.arrayContaining([
      { model: null, dimensions: 2, count: 1 },
      { model: 'm', dimensions: 2, count: 1 },
      { model: 'm', dimensions: 3, count: 1 },
    ]),
    embedding_model: hashingEmbedder().model,
    pending_vectors: 4,
    mixed_vectors: 3,
    oldest_created_at: '1969-01-01T00:00:00Z',
    newest_updated_at: '2026-03-01T00:00:00Z',
  });
  expect(status.vectors).toHaveLength(3);
});

test('without an embedder nothing is pending; an empty store has no dates', async () => {
  const foreign = memoryEntry(aMemory({ embeddingModel: 'm' }), Float32Array.of(1));
  const { status } = await statusOf([memoryEntry(aMemory({ id: idOf(2) }), null), foreign], false);
  expect(status).toMatchObject({ embedding_model: null, pending_vectors: 0, mixed_vectors: 0 });
  expect((await statusOf([])).status).toMatchObject({
    memories: 0,
    vectors: [],
    pending_vectors: 0,
    oldest_created_at: null,
    newest_updated_at: null,
  });
});

import { expect, test } from 'vitest';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { codeUnitEntry, memoryEntry } from '../../src/model/record.ts';
import { planVectors } from '../../src/transfer/plan-vectors.ts';
import { aCodeUnit, aMemory } from '../support/records.ts';

const MADE = Float32Array.of(1, 0);
const OWN = Float32Array.of(0, 1);
const embedder: Embedder = { model: 'm', dimensions: 2, embed: async texts => texts.map(() => MADE) };
const broken: Embedder = { ...embedder, embed: () => Promise.reject(new Error('down')) };

const labelled = (embeddingModel: string | null, vector: Float32Array | null) =>
  memoryEntry(aMemory({ embeddingModel }), vector);

test('a vector of the model that is searched by stays alone', async () => {
  const entry = labelled('m', OWN);
  expect(await planVectors([entry], embedder)).toEqual({
    writes: [{ entry, searchVector: null }],
    pending: 0,
    failure: null,
  });
});

test('[EDGE-03] a missing vector of that model becomes the own one, without touching the record', async () => {
  const entry = labelled('m', null);
  expect(await planVectors([entry], embedder)).toEqual({
    writes: [{ entry: { ...entry, vector: MADE }, searchVector: null }],
    pending: 0,
    failure: null,
  });
});

test('a foreign vector stays, and the made one goes beside it; also when only the length differs', async () => {
  for (const entry of [
    labelled('other', OWN),
    labelled('m', Float32Array.of(1, 2, 3)),
    labelled('other', null),
    labelled(null, null),
  ]) {
    expect(await planVectors([entry], embedder)).toEqual({
      writes: [{ entry, searchVector: { model: 'm', vector: MADE } }],
      pending: 0,
      failure: null,
    });
  }
});

test('an embedder that fails, or none, costs the vector and not the memory', async () => {
  const entry = labelled('other', OWN);
  const kept = { writes: [{ entry, searchVector: null, keepSearchVector: true }], pending: 1 };
  expect(await planVectors([entry], broken)).toEqual({ ...kept, failure: new Error('down') });
  expect(await planVectors([entry], null)).toEqual({ ...kept, failure: null });
  expect(await planVectors([entry], embedder, { make: false })).toEqual({ ...kept, failure: null });
});

test('an interruption is not a failure of the embedder', async () => {
  const signal = AbortSignal.abort();
  await expect(planVectors([labelled(null, null)], broken, { signal })).rejects.toThrow('down');
});

test('code units are left as they are', async () => {
  const entry = codeUnitEntry(aCodeUnit(), null);
  expect(await planVectors([entry], embedder)).toEqual({
    writes: [{ entry, searchVector: null }],
    pending: 0,
    failure: null,
  });
});

test('texts are embedded in parts; what was made before a failure stays, and progress is told of each part', async () => {
  const entries = Array.from({ length: 300 }, (_, n) => memoryEntry(aMemory({ content: `${n}` }), null));
  const told: number[] = [];
  const failsLater: Embedder = {
    ...embedder,
    embed: async texts => {
      if (texts.includes('299')) throw new Error('down');
      return texts.map(() => MADE);
    },
  };
  const plan = await planVectors(entries, failsLater, { onEmbedded: count => told.push(count) });
  expect(plan.pending).toBe(44);
  expect(plan.writes.filter(({ searchVector }) => searchVector !== null)).toHaveLength(256);
  expect(told).toEqual([128, 128]);
  await planVectors(entries, embedder, { onEmbedded: count => told.push(count) });
  expect(told).toEqual([128, 128, 128, 128, 44]);
});

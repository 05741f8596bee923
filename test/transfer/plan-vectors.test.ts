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
  });
});

test('a missing vector of that model becomes the own one, without touching the record', async () => {
  const entry = labelled('m', null);
  expect(await planVectors([entry], embedder)).toEqual({
    writes: [{ entry: { ...entry, vector: MADE }, searchVector: null }],
    pending: 0,
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
    });
  }
});

test('an embedder that fails, or none, costs the vector and not the memory', async () => {
  const entry = labelled('other', OWN);
  const kept = { writes: [{ entry, searchVector: null }], pending: 1 };
  expect(await planVectors([entry], broken)).toEqual(kept);
  expect(await planVectors([entry], null)).toEqual(kept);
});

test('an interruption is not a failure of the embedder', async () => {
  const signal = AbortSignal.abort();
  await expect(planVectors([labelled(null, null)], broken, signal)).rejects.toThrow('down');
});

test('code units are left as they are', async () => {
  const entry = codeUnitEntry(aCodeUnit(), null);
  expect(await planVectors([entry], embedder)).toEqual({
    writes: [{ entry, searchVector: null }],
    pending: 0,
  });
});

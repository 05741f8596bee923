import { expect, test } from 'vitest';
import { hashingEmbedder } from '../../../src/embedding/hashing.ts';
import { codeUnitEntry, memoryEntry } from '../../../src/model/record.ts';
import { parseVectorMode, withVectorMode } from '../../../src/transfer/import/vectors.ts';
import { aCodeUnit, aMemory } from '../../support/records.ts';

const embedder = hashingEmbedder();
const VECTOR = Float32Array.of(1, 2);

test('the modes are those four', () => {
  for (const mode of ['auto', 'keep', 'regenerate', 'none'])
    expect(parseVectorMode(mode, embedder)).toBe(mode);
  for (const text of ['', 'Auto', 'regen'])
    expect(() => parseVectorMode(text, embedder)).toThrow(/--vectors/);
  expect(() => parseVectorMode('regenerate', null)).toThrow(/needs an embedder/);
  expect(parseVectorMode('auto', null)).toBe('auto');
});

test('auto and keep leave a record as it is', () => {
  const entry = memoryEntry(aMemory({ embeddingModel: 'other' }), VECTOR);
  expect(withVectorMode(entry, 'auto', embedder)).toBe(entry);
  expect(withVectorMode(entry, 'keep', embedder)).toBe(entry);
});

test('none takes the vector of memories and code, and no label', () => {
  const memory = memoryEntry(aMemory({ embeddingModel: 'other' }), VECTOR);
  expect(withVectorMode(memory, 'none', embedder)).toEqual({ ...memory, vector: null });
  const unit = codeUnitEntry(aCodeUnit(), VECTOR);
  expect(withVectorMode(unit, 'none', null)).toEqual({ ...unit, vector: null });
  const bare = memoryEntry(aMemory(), null);
  expect(withVectorMode(bare, 'none', embedder)).toBe(bare);
});

test('regenerate changes the label and nothing else of a memory, and no code', () => {
  const memory = aMemory({ embeddingModel: 'other' });
  const expected = memoryEntry({ ...memory, embeddingModel: embedder.model }, null);
  expect(withVectorMode(memoryEntry(memory, VECTOR), 'regenerate', embedder)).toEqual(expected);
  expect(withVectorMode(memoryEntry(expected.record, VECTOR), 'regenerate', embedder)).toEqual(expected);
  const unit = codeUnitEntry(aCodeUnit(), VECTOR);
  expect(withVectorMode(unit, 'regenerate', embedder)).toBe(unit);
});

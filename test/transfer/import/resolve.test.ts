import { describe, expect, test } from 'vitest';
import type { Memory } from '../../../src/model/memory.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../../src/model/record.ts';
import { resolve } from '../../../src/transfer/import/resolve.ts';
import { STRATEGIES, type Strategy } from '../../../src/transfer/import/strategy.ts';
import { aCodeUnit, aMemory, at } from '../../support/records.ts';

const OLD = at('2026-03-01T00:00:00Z');
const NEW = at('2026-03-01T00:00:00.000001Z');
const VECTOR = Float32Array.of(0.6, 0.8);
const OTHER_VECTOR = Float32Array.of(0.8, 0.6);

/** How the import differs from what is stored. */
const DIFFERENCES: Readonly<Record<string, (memory: Memory) => Entry>> = {
  content: memory => memoryEntry({ ...memory, content: 'Other text.' }, VECTOR),
  tags: memory => memoryEntry({ ...memory, tags: ['new'] }, VECTOR),
  metadata: memory => memoryEntry({ ...memory, metadata: { n: 1 } }, VECTOR),
  vector: memory => memoryEntry(memory, OTHER_VECTOR),
};

const TIMES = {
  'import newer': { stored: OLD, imported: NEW },
  'existing newer': { stored: NEW, imported: OLD },
  'equal time': { stored: OLD, imported: OLD },
} as const;

type Expected = 'updated' | 'skipped';
const TABLE: Readonly<Record<Strategy, Readonly<Record<keyof typeof TIMES, Expected>>>> = {
  'keep-newer': { 'import newer': 'updated', 'existing newer': 'skipped', 'equal time': 'skipped' },
  skip: { 'import newer': 'skipped', 'existing newer': 'skipped', 'equal time': 'skipped' },
};

describe('[NEWER-01] [NEWER-02] [SKIP-01] the table of strategies', () => {
  for (const strategy of STRATEGIES) {
    for (const [time, { stored, imported }] of Object.entries(TIMES)) {
      for (const [difference, change] of Object.entries(DIFFERENCES)) {
        test(`${strategy}, ${time}, ${difference} differs`, () => {
          const existing = memoryEntry(aMemory({ updatedAt: stored }), VECTOR);
          const entry = change(aMemory({ updatedAt: imported }));
          const decision = resolve(existing, entry, strategy);
          const expected = TABLE[strategy][time as keyof typeof TIMES];
          expect(decision.action).toBe(expected);
          expect(decision.entry).toEqual(expected === 'updated' ? entry : null);
          expect(decision.reason).not.toBeNull();
        });
      }
    }
  }

  test.each(STRATEGIES)(
    '%s: the same record is unchanged, with or without the vector in the file',
    strategy => {
      const existing = memoryEntry(aMemory(), VECTOR);
      expect(resolve(existing, memoryEntry(aMemory(), VECTOR.slice()), strategy).action).toBe('unchanged');
      expect(resolve(existing, memoryEntry(aMemory(), null), strategy).action).toBe('unchanged');
      expect(resolve(existing, memoryEntry(aMemory(), null), strategy).entry).toBeNull();
    },
  );
});

describe('what is no conflict', () => {
  test.each(STRATEGIES)(
    '%s: of a difference in last_accessed alone the later one stays, with the stored vector',
    strategy => {
      const early = memoryEntry(aMemory({ lastAccessed: OLD }), VECTOR);
      const late = memoryEntry(aMemory({ lastAccessed: NEW }), null);
      expect(resolve(early, late, strategy)).toMatchObject({
        action: 'unchanged',
        entry: { line: late.line, vector: VECTOR },
      });
      expect(resolve(memoryEntry(aMemory({ lastAccessed: NEW }), VECTOR), early, strategy)).toMatchObject({
        action: 'unchanged',
        entry: null,
      });
    },
  );

  test('last_accessed together with another difference is a conflict', () => {
    const existing = memoryEntry(aMemory({ lastAccessed: OLD }), null);
    const imported = memoryEntry(aMemory({ lastAccessed: NEW, tags: ['x'] }), null);
    expect(resolve(existing, imported, 'skip').action).toBe('skipped');
  });
});

describe('vectors', () => {
  test('a vector that the store lacks is taken in, though the times are equal', () => {
    const decision = resolve(memoryEntry(aMemory(), null), memoryEntry(aMemory(), VECTOR), 'keep-newer');
    expect(decision).toMatchObject({ action: 'updated', entry: { vector: VECTOR } });
  });

  test('a newer record without a vector keeps the stored one while that fits the text and the label', () => {
    const existing = memoryEntry(aMemory({ updatedAt: OLD, embeddingModel: 'm' }), VECTOR);
    const retagged = memoryEntry(aMemory({ updatedAt: NEW, embeddingModel: 'm', tags: ['x'] }), null);
    const rewritten = memoryEntry(aMemory({ updatedAt: NEW, embeddingModel: 'm', content: 'Other.' }), null);
    const relabelled = memoryEntry(aMemory({ updatedAt: NEW, embeddingModel: 'n' }), null);
    expect(resolve(existing, retagged, 'keep-newer').entry?.vector).toEqual(VECTOR);
    expect(resolve(existing, rewritten, 'keep-newer').entry?.vector).toBeNull();
    expect(resolve(existing, relabelled, 'keep-newer').entry?.vector).toBeNull();
  });
});

test('code units are compared by indexed_at', () => {
  const existing = codeUnitEntry(aCodeUnit({ indexedAt: OLD }), null);
  const imported = codeUnitEntry(aCodeUnit({ indexedAt: NEW, content: 'def main(): ...' }), null);
  expect(resolve(existing, imported, 'keep-newer')).toMatchObject({ action: 'updated', entry: imported });
  expect(resolve(imported, existing, 'keep-newer')).toMatchObject({ action: 'skipped', entry: null });
});

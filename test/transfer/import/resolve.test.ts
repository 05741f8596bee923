import { describe, expect, test } from 'vitest';
import { FIXED_STRATEGIES } from '../../../src/merge-strategies.ts';
import { derivedId } from '../../../src/model/id.ts';
import { contentHash } from '../../../src/model/identity.ts';
import type { Memory } from '../../../src/model/memory.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../../src/model/record.ts';
import { resolve, settleCopy } from '../../../src/transfer/import/resolve.ts';
import { aCodeUnit, aMemory } from '../../support/records.ts';
import {
  ACTIONS,
  COLUMNS,
  DIFFERENCES,
  MINE,
  NEW,
  OLD,
  OTHER_VECTOR,
  TABLE,
  TIMES,
  type Time,
  VECTOR,
  written,
} from './strategy-table.ts';

describe('[IMP-03] [P1-10] [P1-11] [PART-07] [P7-03] [UNIT-05] [NEWER-01] [NEWER-02] [SKIP-01] the table of strategies', () => {
  const cases = FIXED_STRATEGIES.flatMap(strategy =>
    Object.entries(TABLE[strategy]).flatMap(([time, row]) =>
      row.map((expected, i) => ({
        strategy,
        time: time as Time,
        differs: COLUMNS[i] ?? 'nothing',
        expected,
      })),
    ),
  );

  test.each(cases)(
    '$strategy, $time, $differs differs: $expected',
    ({ strategy, time, differs, expected }) => {
      const { stored, imported } = TIMES[time];
      const existing = memoryEntry(aMemory({ ...MINE, updatedAt: stored }), VECTOR);
      const entry = DIFFERENCES[differs](aMemory({ ...MINE, updatedAt: imported }));
      const before = structuredClone({ existing, entry });

      const decision = resolve(existing, entry, strategy);

      expect(decision.action).toBe(ACTIONS[expected]);
      expect(decision.entry).toEqual(written(expected, differs, existing, entry));
      if (expected !== 'same') expect(decision.reason).not.toBeNull();
      expect({ existing, entry }).toEqual(before);
      // Twice is once.
      if (expected === 'copied') {
        if (decision.entry !== null)
          expect(settleCopy(decision.entry, decision.entry).action).toBe('unchanged');
      } else if (decision.entry !== null) {
        expect(resolve(decision.entry, entry, strategy)).toMatchObject({ action: 'unchanged', entry: null });
      }
    },
  );

  test.each(FIXED_STRATEGIES)('%s: a vector that only the file lacks is no difference', strategy => {
    const decision = resolve(memoryEntry(aMemory(), VECTOR), memoryEntry(aMemory(), null), strategy);
    expect(decision).toMatchObject({ action: 'unchanged', entry: null });
  });
});

describe('what is no conflict', () => {
  test.each(FIXED_STRATEGIES)(
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
  const lacking = memoryEntry(aMemory(), null);
  const having = memoryEntry(aMemory(), VECTOR);

  test.each(['keep-newer', 'keep-both', 'overwrite', 'merge'] as const)(
    '%s takes in a vector that the store lacks, though the times are equal',
    strategy => {
      expect(resolve(lacking, having, strategy)).toMatchObject({
        action: 'updated',
        entry: { line: lacking.line, vector: VECTOR },
      });
    },
  );

  test.each(['keep-older', 'skip'] as const)('%s does not touch even that', strategy => {
    expect(resolve(lacking, having, strategy)).toMatchObject({ action: 'skipped', entry: null });
  });

  test.each(['keep-newer', 'overwrite'] as const)(
    '%s: a record without a vector keeps the stored one while that fits the text and the label',
    strategy => {
      const existing = memoryEntry(aMemory({ updatedAt: OLD, embeddingModel: 'm' }), VECTOR);
      const vectorAfter = (parts: Partial<Memory>) => {
        const imported = memoryEntry(aMemory({ updatedAt: NEW, embeddingModel: 'm', ...parts }), null);
        return resolve(existing, imported, strategy).entry?.vector;
      };
      expect(vectorAfter({ tags: ['x'] })).toEqual(VECTOR);
      expect(vectorAfter({ content: 'Other.' })).toBeNull();
      expect(vectorAfter({ embeddingModel: 'n' })).toBeNull();
    },
  );
});

describe('keep-both', () => {
  const stored = memoryEntry(aMemory({ updatedAt: OLD }), VECTOR);
  const imported = memoryEntry(aMemory({ updatedAt: NEW, content: 'Other.', tags: ['x'] }), VECTOR);

  test('the name of the id never changes: copies of old imports are found by it', () => {
    expect(resolve(stored, imported, 'keep-both').entry?.record.id).toBe(
      derivedId(
        `keep-both:${aMemory().id}:${contentHash(memoryEntry(aMemory({ content: 'Other.' }), null))}`,
      ),
    );
    expect(resolve(stored, imported, 'keep-both').entry?.record.id).toBe(
      '47327415-dcb7-5268-aa22-9c26a131ae39',
    );
  });

  test('a copy that was changed since is left alone, and that is said', () => {
    const { entry: copy } = resolve(stored, imported, 'keep-both');
    if (copy?.kind !== 'memory') throw new Error('no copy');
    const edited = memoryEntry({ ...copy.record, content: 'Mine now.' }, null);
    expect(settleCopy(edited, copy)).toEqual({
      action: 'skipped',
      entry: null,
      reason: `its copy ${copy.record.id} is there in another version`,
    });
    expect(settleCopy(memoryEntry(copy.record, VECTOR), copy)).toMatchObject({
      action: 'unchanged',
      entry: null,
    });
  });

  test('a text that has no room for the mark stays as it is: what is stored must be readable', () => {
    const MAX = 16 * 1024 * 1024;
    const contentOf = (length: number) => {
      const entry = memoryEntry(aMemory({ updatedAt: NEW, content: 'x'.repeat(length) }), null);
      return resolve(stored, entry, 'keep-both').entry?.record.content.length;
    };
    expect(contentOf(MAX - 11)).toBe(MAX);
    expect(contentOf(MAX - 10)).toBe(MAX - 10);
  });
});

describe('merge', () => {
  const provenance = aMemory().provenance;

  test('what the stored record does not say of its origin is taken from the import, the rest stays', () => {
    const existing = memoryEntry(
      aMemory({
        updatedAt: NEW,
        provenance: { ...provenance, notes: 'mine', extra: { a: 1 } },
        extra: { z: 1 },
      }),
      null,
    );
    const theirs = {
      ...provenance,
      source: 'legacy',
      createdBy: 'them',
      confidence: 0.1,
      notes: 'theirs',
      conversationId: 'c',
      lastConfirmed: OLD,
      fileContext: ['f'],
      extra: { a: 2, b: 3 },
    } as const;
    const imported = memoryEntry(
      aMemory({
        updatedAt: OLD,
        provenance: theirs,
        extra: { y: 2, z: 3 },
        importance: 1,
        lastAccessed: NEW,
      }),
      null,
    );
    const decision = resolve(existing, imported, 'merge');
    expect(decision).toMatchObject({ action: 'updated', entry: { kind: 'memory' } });
    expect(decision.entry?.record).toEqual({
      ...existing.record,
      provenance: {
        ...provenance,
        notes: 'mine',
        conversationId: 'c',
        lastConfirmed: OLD,
        fileContext: ['f'],
        extra: { a: 1, b: 3 },
      },
      extra: { z: 1, y: 2 },
      lastAccessed: NEW,
    });
    const held = memoryEntry(aMemory({ provenance: { ...provenance, fileContext: ['mine'] } }), null);
    expect(resolve(held, imported, 'merge').entry?.record).toMatchObject({
      provenance: { fileContext: ['mine'] },
    });
  });

  test('a key that is called __proto__ is united like any other', () => {
    const metadata = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, never>;
    const { entry } = resolve(
      memoryEntry(aMemory({ metadata: { a: 1 } }), null),
      memoryEntry(aMemory({ metadata }), null),
      'merge',
    );
    expect(entry?.line).toContain('"metadata":{"__proto__":{"polluted":true},"a":1}');
  });

  test('a vector of the import is taken only for the text that stays', () => {
    const lacking = memoryEntry(aMemory({ embeddingModel: 'm' }), null);
    const vectorAfter = (parts: Partial<Memory>) => {
      const imported = memoryEntry(aMemory({ embeddingModel: 'm', tags: ['x'], ...parts }), OTHER_VECTOR);
      return resolve(lacking, imported, 'merge').entry?.vector;
    };
    expect(vectorAfter({})).toEqual(OTHER_VECTOR);
    expect(vectorAfter({ content: 'Other.' })).toBeNull();
    expect(vectorAfter({ embeddingModel: 'n' })).toBeNull();
  });
});

describe('code units', () => {
  const existing = codeUnitEntry(aCodeUnit({ indexedAt: OLD, metadata: { a: 1 } }), VECTOR);
  const imported = codeUnitEntry(
    aCodeUnit({ indexedAt: NEW, content: 'def main(): ...', metadata: { a: 2, b: 2 } }),
    OTHER_VECTOR,
  );

  test.each([
    ['keep-newer', 'updated', 'skipped'],
    ['keep-older', 'skipped', 'skipped'],
    ['skip', 'skipped', 'skipped'],
    ['overwrite', 'updated', 'updated'],
  ] as const)('%s goes by indexed_at where it goes by time', (strategy, newer, older) => {
    const taken = (action: string, entry: Entry) => ({ action, entry: action === 'updated' ? entry : null });
    expect(resolve(existing, imported, strategy)).toMatchObject(taken(newer, imported));
    expect(resolve(imported, existing, strategy)).toMatchObject(taken(older, existing));
  });

  test('keep-both marks the name and leaves the code, so its vector stays', () => {
    expect(resolve(existing, imported, 'keep-both')).toMatchObject({
      action: 'kept_both',
      entry: {
        record: {
          ...imported.record,
          id: derivedId(`keep-both:${imported.record.id}:${contentHash(imported)}`),
          name: 'main (imported)',
        },
        vector: OTHER_VECTOR,
      },
    });
  });

  test('merge unites metadata, keeps code and vector, and is done after once', () => {
    const { entry } = resolve(existing, imported, 'merge');
    expect(entry).toMatchObject({
      record: { ...existing.record, metadata: { a: 1, b: 2 }, indexedAt: NEW },
      vector: VECTOR,
    });
    if (entry !== null) expect(resolve(entry, imported, 'merge').action).toBe('unchanged');
  });

  test('a memory and a code unit are never merged', () => {
    expect(() => resolve(existing, memoryEntry(aMemory(), null), 'merge')).toThrow(TypeError);
  });
});

describe('an import that knows neither vector nor model', () => {
  const stored = memoryEntry(aMemory({ updatedAt: OLD, embeddingModel: 'm' }), VECTOR);
  const bare = (parts: Partial<Memory>) => memoryEntry(aMemory({ embeddingModel: null, ...parts }), null);

  test('does not take them away from the same text', () => {
    expect(resolve(stored, bare({ updatedAt: OLD }), 'keep-newer').action).toBe('unchanged');
    const { entry } = resolve(stored, bare({ updatedAt: NEW, tags: ['x'] }), 'keep-newer');
    expect(entry).toMatchObject({ record: { embeddingModel: 'm', tags: ['x'] }, vector: VECTOR });
    const unit = codeUnitEntry(aCodeUnit({ embeddingModel: 'm' }), VECTOR);
    expect(
      resolve(unit, codeUnitEntry(aCodeUnit({ indexedAt: NEW }), null), 'overwrite').entry?.vector,
    ).toEqual(VECTOR);
  });

  test('another text has neither', () => {
    const { entry } = resolve(stored, bare({ updatedAt: NEW, content: 'Other.' }), 'keep-newer');
    expect(entry).toMatchObject({ record: { embeddingModel: null }, vector: null });
  });
});

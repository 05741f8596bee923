import type { FixedStrategy } from '../../../src/merge-strategies.ts';
import { derivedId } from '../../../src/model/id.ts';
import { contentHash } from '../../../src/model/identity.ts';
import type { Memory } from '../../../src/model/memory.ts';
import { type Entry, memoryEntry } from '../../../src/model/record.ts';
import { at } from '../../support/records.ts';

/*
 * What every strategy makes of every conflict, as chapters 3.4 and 3.5 of the specification have it: not what the program
 * happens to do.
 */

export const OLD = at('2026-03-01T00:00:00Z');
export const NEW = at('2026-03-01T00:00:00.000001Z');
export const VECTOR = Float32Array.of(0.6, 0.8);
export const OTHER_VECTOR = Float32Array.of(0.8, 0.6);

export const TIMES = {
  'import newer': { stored: OLD, imported: NEW },
  'existing newer': { stored: NEW, imported: OLD },
  'equal time': { stored: OLD, imported: OLD },
} as const;

/** What the stored memory has where the import may differ. */
export const MINE = { tags: ['A', 'b', 'b'], metadata: { mine: [1], own: true } } as const;

/** How the import differs from what is stored, beside its time. */
export const DIFFERENCES = {
  nothing: memory => memoryEntry(memory, VECTOR),
  content: memory => memoryEntry({ ...memory, content: `Other text than: ${memory.content}` }, VECTOR),
  tags: memory => memoryEntry({ ...memory, tags: ['b', 'new', 'A', 'new'] }, VECTOR),
  metadata: memory => memoryEntry({ ...memory, metadata: { n: 1, mine: 'theirs' } }, VECTOR),
  vector: memory => memoryEntry(memory, OTHER_VECTOR),
} as const satisfies Readonly<Record<string, (memory: Memory) => Entry>>;

export type Time = keyof typeof TIMES;
export type Difference = keyof typeof DIFFERENCES;
/** What becomes of it: the store as it was, the import in its place, both united, or a copy beside it. */
export type Expected = 'same' | 'stays' | 'replaced' | 'merged' | 'copied';

export const ACTIONS = {
  same: 'unchanged',
  stays: 'skipped',
  replaced: 'updated',
  merged: 'updated',
  copied: 'kept_both',
} as const;

export const COLUMNS: readonly Difference[] = ['nothing', 'content', 'tags', 'metadata', 'vector'];
const ALL = (expected: Expected): readonly Expected[] => COLUMNS.map(() => expected);
/** At the same time nothing differs at all, or something does. */
export const TABLE: Readonly<Record<FixedStrategy, Readonly<Record<Time, readonly Expected[]>>>> = {
  'keep-newer': {
    'import newer': ALL('replaced'),
    'existing newer': ALL('stays'),
    'equal time': ['same', 'stays', 'stays', 'stays', 'stays'],
  },
  'keep-older': {
    'import newer': ALL('stays'),
    'existing newer': ALL('stays'),
    'equal time': ['same', 'stays', 'stays', 'stays', 'stays'],
  },
  'keep-both': {
    'import newer': ALL('copied'),
    'existing newer': ALL('copied'),
    'equal time': ['same', 'copied', 'copied', 'copied', 'stays'],
  },
  skip: {
    'import newer': ALL('stays'),
    'existing newer': ALL('stays'),
    'equal time': ['same', 'stays', 'stays', 'stays', 'stays'],
  },
  overwrite: {
    'import newer': ALL('replaced'),
    'existing newer': ALL('replaced'),
    'equal time': ['same', 'replaced', 'replaced', 'replaced', 'replaced'],
  },
  merge: {
    'import newer': ALL('merged'),
    'existing newer': ['same', 'same', 'merged', 'merged', 'same'],
    'equal time': ['same', 'same', 'merged', 'merged', 'same'],
  },
};

/** What the table's word means, written out: the record that is written, null for none. */
export function written(
  expected: Expected,
  differs: Difference,
  existing: Entry,
  imported: Entry,
): Entry | null {
  if (expected === 'same' || expected === 'stays') return null;
  if (expected === 'replaced') return imported;
  if (existing.kind !== 'memory' || imported.kind !== 'memory') throw new Error('no memory');
  if (expected === 'copied') {
    const id = derivedId(`keep-both:${imported.record.id}:${contentHash(imported)}`);
    return memoryEntry({ ...imported.record, id, content: `${imported.record.content} (imported)` }, null);
  }
  const [mine, theirs] = [existing.record.updatedAt, imported.record.updatedAt];
  return memoryEntry(
    {
      ...existing.record,
      ...(differs === 'tags' && { tags: ['A', 'b', 'b', 'new'] }),
      ...(differs === 'metadata' && { metadata: { n: 1, mine: [1], own: true } }),
      updatedAt: theirs > mine ? theirs : mine,
    },
    VECTOR,
  );
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EVERYTHING, type Filter, matches } from '../../src/model/filter.ts';
import { CATEGORIES, LIFECYCLE_STATES } from '../../src/model/memory.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../src/model/record.ts';
import { aCodeUnit, aMemory, idOf } from '../support/records.ts';
import { type MakePlace, pages, put } from './place.ts';

const NAMES = ['alpha', 'Alpha', 'ALPHA ', '', '\0', 'a\0b', '\ud800', '\udfff', '名前', 'x_y%'];
const TAGS = ['Deploy', 'deploy', 'ÀÉ', 'àé', 'İ', '\ud800', 'a\0', 'ci'];
const START = -1_000_000n;

const ALONE: Readonly<Record<string, Partial<Filter>>> = {
  'one project': { projects: ['alpha'] },
  'several projects': { projects: ['Alpha', '\ud800', 'no such'] },
  'a project with NUL': { projects: ['a\0b'] },
  'the project without a name': { projects: [''] },
  'one category': { categories: ['fact'] },
  'several categories': { categories: ['event', 'code'] },
  'an unknown category': { categories: ["fact' OR 1=1 --"] },
  'a tag, without regard to case': { tags: ['DEPLOY'] },
  'tags beyond ASCII': { tags: ['àÉ', '\ud800'] },
  since: { since: START + 20n },
  until: { until: START + 20n },
  'a single instant': { since: START + 20n, until: START + 20n },
  'no instant at all': { since: START + 21n, until: START + 20n },
};

export function filterContract(makePlace: MakePlace): void {
  describe('filters', () => {
    it.each(Object.entries(ALONE))('passes by %s what matches() passes', async (_name, parts) => {
      await using store = await (await makePlace()).open();
      const entries = someRecords();
      await put(store, ...entries);
      await expectAgreement(store, entries, { ...EVERYTHING, ...parts });
    });

    it('agrees with matches() on any combination', async () => {
      await using store = await (await makePlace()).open();
      const entries = someRecords();
      await put(store, ...entries);
      await fc.assert(
        fc.asyncProperty(anyFilter, filter => expectAgreement(store, entries, filter)),
        { numRuns: 150 },
      );
    });
  });
}

const instant = fc.option(fc.bigInt(START - 5n, START + 70n));
const anyFilter: fc.Arbitrary<Filter> = fc.record({
  projects: fc.subarray([...NAMES, 'none'], { maxLength: 3 }),
  categories: fc.subarray([...CATEGORIES], { maxLength: 3 }),
  tags: fc.subarray([...TAGS, 'none', 'DEPLOY'], { maxLength: 2 }),
  since: instant,
  until: instant,
});

/** Sixty memories and twenty code units in which every name, tag, category and instant meets every other sooner or later. */
function someRecords(): readonly Entry[] {
  const memories = Array.from({ length: 60 }, (_, n) =>
    memoryEntry(
      aMemory({
        id: idOf(n),
        content: `note number ${n}`,
        projectName: NAMES[n % 11] ?? null,
        category: CATEGORIES[n % CATEGORIES.length] ?? 'fact',
        lifecycleState: LIFECYCLE_STATES[n % LIFECYCLE_STATES.length] ?? 'ACTIVE',
        tags: TAGS.filter((_tag, at) => (n + at) % 4 === 0),
        updatedAt: START + BigInt(n),
        embeddingModel: 'm',
      }),
      Float32Array.of(1, n),
    ),
  );
  const units = Array.from({ length: 20 }, (_, n) =>
    codeUnitEntry(
      aCodeUnit({ id: idOf(n), projectName: NAMES[n % 10] ?? '', indexedAt: START + BigInt(n * 2) }),
      null,
    ),
  );
  return [...memories, ...units];
}

/** Every way to ask with a filter gives the records that model/filter.ts lets pass. */
async function expectAgreement(
  store: Parameters<typeof pages>[0],
  entries: readonly Entry[],
  filter: Filter,
): Promise<void> {
  const passing = (kind: Entry['kind']) =>
    entries.filter(entry => entry.kind === kind && matches(filter, entry)).map(entry => entry.record.id);
  const memories = passing('memory');
  const units = passing('code_unit');
  const scanned = async (kind: Entry['kind']) =>
    (await pages(store, kind, { filter, limit: 7 })).flat().map(({ id }) => id);
  expect(await scanned('memory')).toEqual(memories);
  expect(await scanned('code_unit')).toEqual(units);
  expect(await store.counts(filter)).toMatchObject({ memories: memories.length, codeUnits: units.length });
  const newest = await store.newest(filter, { offset: 0, limit: 100 });
  expect(newest.map(({ id }) => id)).toEqual([...memories].reverse());
  const texts = await store.searchText('note', filter, 100);
  expect(texts.map(({ id }) => id).sort()).toEqual(memories);
  const near = await store.searchVectors(Float32Array.of(1, 1), 'm', filter, 100);
  expect(near.map(({ id }) => id).sort()).toEqual(memories);
  const statistics = await store.statistics(filter);
  const total = Object.values(statistics.byCategory).reduce((sum, count) => sum + count, 0);
  expect(total).toBe(memories.length);
}

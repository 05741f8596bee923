import fc from 'fast-check';
import { EVERYTHING } from '../../src/model/filter.ts';
import { NumberToken } from '../../src/model/json.ts';
import { bareProject, type Project } from '../../src/model/project.ts';
import { codeUnitEntry, type Entry, memoryEntry, RECORD_KINDS } from '../../src/model/record.ts';
import type { Tombstone } from '../../src/model/tombstone.ts';
import { openStore } from '../../src/store/open.ts';
import type { Reader, Store } from '../../src/store/store.ts';
import { exportStore } from '../../src/transfer/export.ts';
import type { ExportRequest } from '../../src/transfer/export-plan.ts';
import { entries, HOSTILE, instant, projectName, text } from '../formats/markdown/generated.ts';
import { aCodeUnit, aMemory, idOf } from './records.ts';

/** All that a store can hold. */
export interface Holdings {
  readonly records: readonly Entry[];
  readonly tombstones: readonly Tombstone[];
  readonly projects: readonly Project[];
}

interface Labelled {
  readonly model: string;
  readonly values: readonly number[];
}

const NAMES = ['..', 'a/b', 'CON', '.git', 'con', '\u200b', 'shop'];
const VECTORS: readonly (Labelled | null)[] = [
  null,
  { model: 'one', values: [-0, 1.4e-45] },
  { model: 'two', values: [3] },
  { model: 'one', values: [1] },
];

const components = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -0, 1.4e-45),
);
const model = fc.oneof(fc.constantFrom('', 'hashing', 'all-MiniLM-L6-v2', 'b "quoted"/..\0'), text);
/** None, or one of a few models and dimensions, so that there are groups of several. */
const vector = fc.option(fc.record({ model, values: fc.array(components, { minLength: 1, maxLength: 3 }) }));

const project: fc.Arbitrary<Project> = fc.record({
  name: projectName,
  rootPath: fc.option(text),
  aliases: fc.uniqueArray(text, { maxLength: 2 }),
  firstIndexedAt: fc.option(instant),
  lastIndexedAt: fc.option(instant),
  git: fc.option(fc.record({ remote: fc.option(text), commit: fc.option(text), branch: fc.option(text) })),
});

const tombstone = fc.record({
  kind: fc.constantFrom(...RECORD_KINDS),
  deletedAt: instant,
  contentHash: text,
});

export const anyHoldings: fc.Arbitrary<Holdings> = fc
  .record({
    records: entries,
    vectors: fc.array(vector, { minLength: 8, maxLength: 8 }),
    tombstones: fc.array(tombstone, { maxLength: 3 }),
    projects: fc.uniqueArray(project, { maxLength: 3, selector: ({ name }) => name }),
  })
  .map(({ records, vectors, tombstones, projects }) => ({
    records: records.map((entry, n) => withVector(entry, vectors[n] ?? null)),
    tombstones: tombstones.map((parts, n) => ({ ...parts, id: idOf(100 + n) })),
    projects,
  }));

function withVector(entry: Entry, labelled: Labelled | null): Entry {
  if (labelled === null) return entry;
  const vector = Float32Array.from(labelled.values);
  return entry.kind === 'memory'
    ? memoryEntry({ ...entry.record, embeddingModel: labelled.model }, vector)
    : codeUnitEntry({ ...entry.record, embeddingModel: labelled.model }, vector);
}

export const NOTHING: Holdings = { records: [], tombstones: [], projects: [] };

/** One of each thing that has ever been hard to carry; random stores may happen to lack it. */
export const ODDITIES: Holdings = {
  records: [
    ...[...HOSTILE, 'a\0b', '\ud800', 'שלום \u202e', '👩‍👩‍👧', 'é😀'.repeat(2 ** 18)].map((content, n) => {
      const memory = aMemory({
        id: idOf(n),
        content,
        scope: 'project',
        projectName: NAMES[n % NAMES.length] ?? 'p',
      });
      return withVector(memoryEntry(memory, null), VECTORS[n % VECTORS.length] ?? null);
    }),
    memoryEntry(
      aMemory({
        id: idOf(200),
        tags: ['', 'a', 'a', 'A'],
        metadata: { big: new NumberToken('123456789012345678901234567890'), '': '', __proto__x: null },
        extra: { 'later version': { n: new NumberToken('1.0') } },
        createdAt: -62_135_596_800_000_000n,
        updatedAt: -1n,
        lastAccessed: 253_402_300_799_999_999n,
      }),
      null,
    ),
    withVector(codeUnitEntry(aCodeUnit({ id: idOf(201), content: '', name: '' }), null), VECTORS[1] ?? null),
    codeUnitEntry(aCodeUnit({ id: idOf(202), content: '\0\ud800'.repeat(9), extra: { x: [1] } }), null),
  ],
  tombstones: RECORD_KINDS.map((kind, n) => ({ kind, id: idOf(300 + n), deletedAt: -1n, contentHash: 'h' })),
  projects: [
    { ...bareProject('..'), aliases: ['/etc', '\ud800'], git: { remote: null, commit: '', branch: 'x' } },
  ],
};

/** A new store that holds this. */
export async function storeHolding(path: string, holdings: Holdings): Promise<Store> {
  const store = await openStore({ path });
  await store.transact(async transaction => {
    await transaction.put(holdings.records.map(entry => ({ entry, searchVector: null })));
    await transaction.addTombstones(holdings.tombstones);
    await transaction.putProjects(holdings.projects);
  });
  return store;
}

/** All tombstones; the generated stores have few. */
export async function deletionsOf(reader: Reader): Promise<readonly Tombstone[]> {
  return await reader.tombstones({ after: null, limit: 99 });
}

/** Exports all of a store to a file, as an archive unless `parts` say otherwise. */
export async function exportTo(
  store: Store,
  target: string,
  parts: Partial<ExportRequest> = {},
): Promise<string> {
  await exportStore(store, {
    format: 'archive',
    filter: EVERYTHING,
    target,
    embeddings: true,
    code: true,
    exportDate: 1n,
    generator: 'memport test',
    config: {},
    ...parts,
  });
  return target;
}

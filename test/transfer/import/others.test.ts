import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EVERYTHING, type Filter } from '../../../src/model/filter.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { bareProject, type Project } from '../../../src/model/project.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import type { BatchContext } from '../../../src/transfer/import/batch.ts';
import { SkippedDuplicates } from '../../../src/transfer/import/duplicates.ts';
import { importProjects, importTombstones, keepOldNames } from '../../../src/transfer/import/others.ts';
import { RejectsFile } from '../../../src/transfer/import/rejects.ts';
import { NO_RENAMES, type Renames } from '../../../src/transfer/import/rename.ts';
import { Tally } from '../../../src/transfer/import/report.ts';
import { resolve } from '../../../src/transfer/import/resolve.ts';
import { scratch } from '../../support/cli.ts';
import { aMemory, at, idOf } from '../../support/records.ts';

const emptyStore = (): Promise<Store> => openStore({ path: join(scratch(), 'm.db'), create: true });

/** Does the work inside an import into the store; resolves to its counts and warnings. */
async function within(
  store: Store,
  work: (context: BatchContext) => Promise<void>,
  filter: Partial<Filter> = {},
  renames: Renames = NO_RENAMES,
): Promise<{ added: number; projects: number; warnings: readonly string[] }> {
  const tally = new Tally();
  await store.transact(transaction =>
    work({
      transaction,
      before: store,
      system: 'memport',
      filter: { ...EVERYTHING, ...filter },
      renames,
      resolve: (existing, imported) => resolve(existing, imported, 'keep-newer'),
      keepDuplicates: false,
      skippedDuplicates: new SkippedDuplicates(),
      nearDuplicates: 'off',
      near: null,
      vectors: 'auto',
      makeVectors: true,
      embedder: null,
      tally,
      rejects: new RejectsFile('/nowhere'),
      onOutcome: undefined,
      signal: undefined,
    }),
  );
  const report = tally.report({
    input: '-',
    format: 'memport-json',
    strategy: 'keep-newer',
    dry_run: false,
    migrations: [],
    lost: null,
    rejects_file: null,
    operation_id: null,
  });
  return {
    added: tally.tombstonesAdded,
    projects: tally.projectsChanged,
    warnings: Object.keys(report.warnings),
  };
}

describe('a tombstone', () => {
  const TOMBSTONE = {
    id: idOf(1),
    kind: 'memory',
    deleted_at: '2026-02-01T00:00:00Z',
    content_hash: 'ab'.repeat(32),
  };
  const take = async (store: Store, value: JsonObject, filter: Partial<Filter> = {}) => {
    const { added, warnings } = await within(store, context => importTombstones([value], context), filter);
    return { added, warnings };
  };

  test('is added where the store knows nothing of the record, once', async () => {
    await using store = await emptyStore();
    expect(await take(store, TOMBSTONE)).toEqual({ added: 1, warnings: [] });
    expect(await store.tombstones({ after: null, limit: 9 })).toEqual([
      { id: idOf(1), kind: 'memory', deletedAt: at('2026-02-01T00:00:00Z'), contentHash: 'ab'.repeat(32) },
    ]);
    const later = { ...TOMBSTONE, deleted_at: '2026-03-01T00:00:00Z' };
    expect(await take(store, later)).toEqual({ added: 0, warnings: [] });
    expect(await store.tombstones({ after: null, limit: 9 })).toMatchObject([
      { deletedAt: at('2026-02-01T00:00:00Z') },
    ]);
  });

  test('deletes nothing', async () => {
    await using store = await emptyStore();
    const entry = memoryEntry(aMemory(), null);
    await store.transact(transaction => transaction.put([{ entry, searchVector: null }]));
    expect(await take(store, TOMBSTONE)).toEqual({ added: 0, warnings: [] });
    expect(await store.counts()).toEqual({ memories: 1, codeUnits: 0, tombstones: 0 });
  });

  test.each([
    ['projects', { projects: ['shop'] }],
    ['categories', { categories: ['fact'] }],
    ['tags', { tags: ['x'] }],
    ['since', { since: 0n }],
    ['until', { until: 0n }],
  ])('is passed over where only a part is imported, by %s', async (_, filter) => {
    await using store = await emptyStore();
    expect(await take(store, TOMBSTONE, filter)).toEqual({ added: 0, warnings: [] });
    expect((await store.counts()).tombstones).toBe(0);
  });

  test.each([
    [{ id: 'x' }, /a tombstone was left out: id is not a UUID/],
    [{ id: 7 }, /a tombstone was left out: .*id/],
    [{ deleted_at: null }, /a tombstone was left out: deleted_at is missing/],
    [{ content_hash: null }, /a tombstone was left out: .*content_hash/],
  ])('that can not be read is left out with a warning: %j', async (change, message) => {
    await using store = await emptyStore();
    const { added, warnings } = await take(store, { ...TOMBSTONE, ...change });
    expect(added).toBe(0);
    expect(warnings.at(-1)).toMatch(message);
    expect((await store.counts()).tombstones).toBe(0);
  });
});

describe('a project', () => {
  const PROJECT = {
    name: 'shop',
    root_path: '/there',
    aliases: ['store', 'old shop'],
    first_indexed_at: '2026-01-01T00:00:00Z',
    last_indexed_at: '2026-02-01T00:00:00Z',
    git: { remote: 'r', commit: 'c', branch: 'b' },
    memory_count: 900,
  };
  const READ: Project = {
    name: 'shop',
    rootPath: '/there',
    aliases: ['store', 'old shop'],
    firstIndexedAt: at('2026-01-01T00:00:00Z'),
    lastIndexedAt: at('2026-02-01T00:00:00Z'),
    git: { remote: 'r', commit: 'c', branch: 'b' },
  };
  const take = (store: Store, value: JsonObject, filter: Partial<Filter> = {}, renames?: Renames) =>
    within(store, context => importProjects([value], context), filter, renames);
  const put = (store: Store, project: Project) =>
    store.transact(transaction => transaction.putProjects([project]));

  test('that the store does not have comes in as it is, its counts left behind', async () => {
    await using store = await emptyStore();
    expect((await take(store, PROJECT)).warnings).toEqual([]);
    expect(await store.projects()).toMatchObject([{ ...READ, memoryCount: 0 }]);
  });

  test('gives the store what it does not know', async () => {
    await using store = await emptyStore();
    await put(store, bareProject('shop'));
    await take(store, PROJECT);
    expect(await store.projects()).toMatchObject([READ]);
  });

  test('replaces nothing that the store knows; aliases are united, each once, its own first', async () => {
    await using store = await emptyStore();
    const here: Project = {
      name: 'shop',
      rootPath: '/here',
      aliases: ['boutique', 'store'],
      firstIndexedAt: at('2025-01-01T00:00:00Z'),
      lastIndexedAt: at('2025-02-01T00:00:00Z'),
      git: { remote: null, commit: 'mine', branch: null },
    };
    await put(store, here);
    await take(store, PROJECT);
    expect(await store.projects()).toMatchObject([{ ...here, aliases: ['boutique', 'store', 'old shop'] }]);
  });

  test('is united with one that is only known from records', async () => {
    await using store = await emptyStore();
    const entry = memoryEntry(aMemory({ projectName: 'shop' }), null);
    await store.transact(transaction => transaction.put([{ entry, searchVector: null }]));
    await take(store, PROJECT);
    expect(await store.projects()).toMatchObject([{ ...READ, memoryCount: 1 }]);
  });

  test('comes in only where its name, exactly, is selected', async () => {
    await using store = await emptyStore();
    await take(store, PROJECT, { projects: ['sho', 'Shop'] });
    expect(await store.projects()).toEqual([]);
    await take(store, PROJECT, { projects: ['other', 'shop'] });
    expect(await store.projects()).toMatchObject([{ name: 'shop' }]);
  });

  test('that says nothing new is not written again', async () => {
    await using store = await emptyStore();
    expect((await take(store, PROJECT)).projects).toBe(1);
    expect((await take(store, PROJECT)).projects).toBe(0);
  });

  test('comes in under its new name, selected by the old one, which becomes an alias', async () => {
    await using store = await emptyStore();
    const renames = new Map([['shop', 'boutique']]);
    await take(store, PROJECT, { projects: ['boutique'] }, renames);
    expect(await store.projects()).toEqual([]);
    await take(store, PROJECT, { projects: ['shop'] }, renames);
    expect(await store.projects()).toMatchObject([
      { ...READ, name: 'boutique', aliases: ['store', 'old shop', 'shop'] },
    ]);
    expect((await take(store, PROJECT, {}, renames)).projects).toBe(0);
  });

  test('unites those that get one name; nothing that either knows is lost', async () => {
    await using store = await emptyStore();
    const renames = new Map([
      ['shop', 'all'],
      ['store', 'all'],
    ]);
    const other = { ...PROJECT, name: 'store', root_path: null, aliases: ['kiosk'], git: null };
    const both = () => within(store, context => importProjects([PROJECT, other], context), {}, renames);
    expect((await both()).projects).toBe(1);
    expect(await store.projects()).toMatchObject([
      { ...READ, name: 'all', aliases: ['store', 'old shop', 'shop', 'kiosk'] },
    ]);
    expect((await both()).projects).toBe(0);
  });

  test('keeps the names of records that were renamed, where it holds anything', async () => {
    await using store = await emptyStore();
    const renames = new Map([
      ['old', 'shop'],
      ['gone', 'nothing here'],
      ['unseen', 'shop'],
    ]);
    const keep = () =>
      within(
        store,
        async context => {
          context.tally.countRenamed('old');
          context.tally.countRenamed('gone');
          await keepOldNames(context);
        },
        {},
        renames,
      );
    expect((await keep()).projects).toBe(0);
    await put(store, { ...bareProject('shop'), aliases: ['first'] });
    expect(await keep()).toMatchObject({
      projects: 1,
      warnings: ['no record of a project "unseen" came in to be renamed'],
    });
    expect(await store.projects()).toMatchObject([{ name: 'shop', aliases: ['first', 'old'] }]);
    expect((await keep()).projects).toBe(0);
  });

  test.each([
    [{ name: null }, /a project was left out: .*name/],
    [{ name: 'x'.repeat(201) }, /a project was left out: name is longer than 200/],
  ])('that can not be read is left out with a warning: %j', async (change, message) => {
    await using store = await emptyStore();
    const { warnings } = await take(store, { ...PROJECT, ...change });
    expect(warnings.at(-1)).toMatch(message);
    expect(await store.projects()).toEqual([]);
  });
});

test('what is no fault of the file is no warning: it ends the import', async () => {
  await using store = await emptyStore();
  const failing = within(store, async context => {
    const transaction = { ...context.transaction, addTombstones: () => Promise.reject(new Error('disk')) };
    await importTombstones(
      [{ id: idOf(1), kind: 'memory', deleted_at: '2026-02-01T00:00:00Z', content_hash: 'ab' }],
      { ...context, transaction },
    );
  });
  await expect(failing).rejects.toThrow('disk');
});

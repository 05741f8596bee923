import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/model/filter.ts';
import { bareProject, type Project } from '../../src/model/project.ts';
import { codeUnitEntry, memoryEntry } from '../../src/model/record.ts';
import type { Store } from '../../src/store/store.ts';
import { aCodeUnit, aMemory, at, idOf } from '../support/records.ts';
import { type MakePlace, put } from './place.ts';

const KEPT: Project = {
  name: 'kept',
  rootPath: '/src/kept \ud800',
  aliases: ['older', 'old\0'],
  firstIndexedAt: at('2026-01-01T00:00:00.000001Z'),
  lastIndexedAt: null,
  git: { remote: 'git@example.org:kept.git', commit: null, branch: 'main' },
};

export function summaryContract(makePlace: MakePlace): void {
  describe('summaries', () => {
    it('counts by category, project, tag, lifecycle and language', async () => {
      await using store = await (await makePlace()).open();
      await fill(store);
      expect(await store.statistics()).toEqual({
        counts: { memories: 3, codeUnits: 3, tombstones: 0 },
        byCategory: { event: 1, fact: 2 },
        byProject: { __proto__x: 1, alpha: 1 },
        byTag: { ci: 2, deploy: 1 },
        byLifecycle: { ACTIVE: 2, STALE: 1 },
        byLanguage: { go: 1, python: 2 },
        oldestCreatedAt: at('1965-05-05T05:05:05.000005Z'),
        newestUpdatedAt: at('9999-12-31T23:59:59.999999Z'),
      });
      expect(await store.statistics({ ...EVERYTHING, tags: ['CI'], until: at('2026-02-01') })).toEqual({
        counts: { memories: 1, codeUnits: 0, tombstones: 0 },
        byCategory: { fact: 1 },
        byProject: { alpha: 1 },
        byTag: { ci: 1, deploy: 1 },
        byLifecycle: { ACTIVE: 1 },
        byLanguage: {},
        oldestCreatedAt: at('2026-01-01'),
        newestUpdatedAt: at('2026-01-02'),
      });
    });

    it('counts under names that objects have of their own', async () => {
      await using store = await (await makePlace()).open();
      await put(
        store,
        memoryEntry(aMemory({ projectName: '__proto__', tags: ['__proto__', 'constructor'] }), null),
      );
      const { byProject, byTag } = await store.statistics();
      expect(Object.entries(byProject)).toEqual([['__proto__', 1]]);
      expect(Object.entries(byTag)).toEqual([
        ['__proto__', 1],
        ['constructor', 1],
      ]);
    });

    it('lists every project that a memory, a code unit or an index run names', async () => {
      await using store = await (await makePlace()).open();
      await fill(store);
      await store.transact(transaction =>
        transaction.putProjects([KEPT, { ...bareProject('alpha'), rootPath: '/a' }]),
      );
      const projects = await store.projects();
      expect(
        projects.map(({ name, memoryCount, unitCount, fileCount }) => [
          name,
          memoryCount,
          unitCount,
          fileCount,
        ]),
      ).toEqual([
        ['__proto__x', 1, 0, 0],
        ['alpha', 1, 2, 1],
        ['beta', 0, 1, 1],
        ['kept', 0, 0, 0],
      ]);
      expect(projects[3]).toEqual({ ...KEPT, memoryCount: 0, unitCount: 0, fileCount: 0, languages: {} });
      expect(projects[1]).toMatchObject({ rootPath: '/a', languages: { go: 1, python: 1 } });
    });

    it('narrows projects by name and only the counts by the rest of the filter', async () => {
      await using store = await (await makePlace()).open();
      await fill(store);
      await store.transact(transaction => transaction.putProjects([KEPT]));
      const filter = { ...EVERYTHING, projects: ['alpha', 'kept', 'no such'], categories: ['event'] };
      expect(await store.projects(filter)).toEqual([
        { ...bareProject('alpha'), memoryCount: 0, unitCount: 0, fileCount: 0, languages: {} },
        { ...KEPT, memoryCount: 0, unitCount: 0, fileCount: 0, languages: {} },
      ]);
    });

    it('replaces and forgets what is kept of a project', async () => {
      await using store = await (await makePlace()).open();
      await fill(store);
      await store.transact(transaction => transaction.putProjects([KEPT, bareProject('alpha')]));
      await store.transact(transaction => transaction.putProjects([{ ...KEPT, git: null, rootPath: null }]));
      const kept = { ...EVERYTHING, projects: ['kept'] };
      expect(await store.projects(kept)).toMatchObject([
        { git: null, rootPath: null, aliases: KEPT.aliases },
      ]);
      await store.transact(transaction => transaction.deleteProjects(['kept', 'alpha', 'no such']));
      expect(await store.projects(kept)).toEqual([]);
      expect((await store.projects()).map(({ name }) => name)).toEqual(['__proto__x', 'alpha', 'beta']);
    });

    it('says how large it is and what schema it has', async () => {
      await using store = await (await makePlace()).open();
      const before = await store.describe();
      await put(store, memoryEntry(aMemory({ content: 'x'.repeat(200_000) }), null));
      const after = await store.describe();
      expect(after.bytes).toBeGreaterThan(before.bytes + 200_000);
      expect(after.schemaVersion).toBeGreaterThan(0);
      expect(store.location).not.toBe('');
    });
  });
}

async function fill(store: Store): Promise<void> {
  await put(
    store,
    memoryEntry(aMemory({ id: idOf(1), projectName: 'alpha', tags: ['Deploy', 'CI', 'ci'] }), null),
    memoryEntry(
      aMemory({ id: idOf(2), createdAt: at('1965-05-05T05:05:05.000005Z'), category: 'event' }),
      null,
    ),
    memoryEntry(
      aMemory({
        id: idOf(3),
        projectName: '__proto__x',
        tags: ['ci'],
        updatedAt: at('9999-12-31T23:59:59.999999Z'),
        lifecycleState: 'STALE',
      }),
      null,
    ),
    codeUnitEntry(aCodeUnit({ id: idOf(1) }), null),
    codeUnitEntry(aCodeUnit({ id: idOf(2), language: 'go' }), null),
    codeUnitEntry(aCodeUnit({ id: idOf(3), projectName: 'beta' }), null),
  );
}

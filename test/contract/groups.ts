import { describe, expect, it } from 'vitest';
import { EVERYTHING } from '../../src/model/filter.ts';
import { codeUnitEntry, memoryEntry } from '../../src/model/record.ts';
import { aCodeUnit, aMemory, at, idOf } from '../support/records.ts';
import { type MakePlace, put } from './place.ts';

export function groupContract(makePlace: MakePlace): void {
  describe('groups', () => {
    it('give the ids of one category of a project, newest first', async () => {
      await using store = await (await makePlace()).open();
      const days = [5, 1, 9, 1];
      const memories = [null, 'p', '', '\ud800'].flatMap((projectName, p) =>
        days.map((day, i) =>
          memoryEntry(
            aMemory({ id: idOf(10 * p + i), projectName, createdAt: at(`2026-01-0${day}`), tags: [`t${i}`] }),
            null,
          ),
        ),
      );
      const other = memoryEntry(aMemory({ id: idOf(99), category: 'event' }), null);
      await put(store, ...memories, other);
      for (const [p, project] of [null, 'p', '', '\ud800'].entries()) {
        const group = { kind: 'memory', project, category: 'fact' } as const;
        const ids = [2, 0, 3, 1].map(i => idOf(10 * p + i));
        expect(await store.groupIds(group)).toBe(ids.join(''));
        expect(await store.groupIds(group, { ...EVERYTHING, tags: ['t3', 'T0'] })).toBe(`${ids[1]}${ids[2]}`);
      }
      expect(await store.groupIds({ kind: 'memory', project: 'none', category: 'fact' })).toBe('');
      expect(await store.groupIds({ kind: 'memory', project: null, category: 'event' })).toBe(idOf(99));
    });

    it('give the ids of the code units of a project by file and line', async () => {
      await using store = await (await makePlace()).open();
      const places = [
        ['b.ts', 1],
        ['a.ts', 10],
        ['a.ts', 9],
        ['a.ts', 9],
      ] as const;
      const units = places.map(([filePath, startLine], n) => aCodeUnit({ id: idOf(n), filePath, startLine }));
      await put(store, ...units.map(unit => codeUnitEntry(unit, null)));
      await put(store, codeUnitEntry(aCodeUnit({ id: idOf(9), projectName: 'other' }), null));
      expect(await store.groupIds({ kind: 'code_unit', project: 'alpha' })).toBe(
        [2, 3, 1, 0].map(idOf).join(''),
      );
      const filter = { ...EVERYTHING, categories: ['code'] };
      expect(await store.groupIds({ kind: 'code_unit', project: 'alpha' }, filter)).toBe('');
    });
  });
}

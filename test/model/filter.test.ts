import { describe, expect, it } from 'vitest';
import {
  EVERYTHING,
  type Filter,
  filterRecord,
  foldTag,
  isEverything,
  matches,
} from '../../src/model/filter.ts';
import { codeUnitEntry, memoryEntry } from '../../src/model/record.ts';
import { sampleCodeUnit, sampleMemory } from './samples.ts';

const memory = memoryEntry(sampleMemory(), null);
const unit = codeUnitEntry(sampleCodeUnit(), null);
const { updatedAt } = memory.record;
const passes = (filter: Partial<Filter>, entry: typeof memory | typeof unit = memory): boolean =>
  matches({ ...EVERYTHING, ...filter }, entry);

describe('filter', () => {
  it('without members is everything', () => {
    expect(isEverything(EVERYTHING)).toBe(true);
    expect(passes({})).toBe(true);
    expect(passes({}, unit)).toBe(true);
  });

  it.each<[Partial<Filter>, boolean]>([
    [{ projects: ['web-shop'] }, true],
    [{ projects: ['other', 'web-shop'] }, true],
    [{ projects: ['web'] }, false],
    [{ projects: ['Web-Shop'] }, false],
    [{ categories: ['fact', 'event'] }, true],
    [{ categories: ['event'] }, false],
    [{ tags: ['DEPLOY'] }, true],
    [{ tags: ['no', 'CI'] }, true],
    [{ tags: ['dep'] }, false],
    [{ since: updatedAt }, true],
    [{ since: updatedAt + 1n }, false],
    [{ until: updatedAt }, true],
    [{ until: updatedAt - 1n }, false],
    [{ projects: ['web-shop'], categories: ['event'] }, false],
    [{ projects: ['web-shop'], categories: ['fact'], tags: ['ci'], since: 0n, until: updatedAt }, true],
  ])('%o passes a memory: %s', (filter, expected) => {
    expect(passes(filter)).toBe(expected);
    expect(isEverything({ ...EVERYTHING, ...filter })).toBe(false);
  });

  it('by project leaves out what has none', () => {
    const global = memoryEntry(sampleMemory({ scope: 'global', projectName: null }), null);
    expect(passes({ projects: ['web-shop'] }, global)).toBe(false);
  });

  it('goes by updated_at, and by indexed_at of a code unit', () => {
    expect(passes({ since: unit.record.indexedAt, until: unit.record.indexedAt }, unit)).toBe(true);
    expect(passes({ since: unit.record.indexedAt + 1n }, unit)).toBe(false);
    expect(passes({ until: memory.record.createdAt })).toBe(false);
  });

  it('by category or tag leaves out code units', () => {
    expect(passes({ projects: ['web-shop'] }, unit)).toBe(true);
    expect(passes({ categories: ['code'] }, unit)).toBe(false);
    expect(passes({ tags: ['ci'] }, unit)).toBe(false);
  });

  it('folds tags by case alone', () => {
    expect(foldTag(' É ')).toBe(' é ');
  });

  it('is shown sorted, without what does not narrow', () => {
    expect(filterRecord(EVERYTHING)).toEqual({});
    expect(
      filterRecord({
        projects: ['b', 'a'],
        categories: ['fact', 'code'],
        tags: ['z', 'Y'],
        since: 0n,
        until: 1n,
      }),
    ).toEqual({
      projects: ['a', 'b'],
      categories: ['code', 'fact'],
      tags: ['Y', 'z'],
      since: '1970-01-01T00:00:00Z',
      until: '1970-01-01T00:00:00.000001Z',
    });
  });
});

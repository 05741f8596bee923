import { expect, test } from 'vitest';
import { bareProject } from '../../../src/model/project.ts';
import { codeUnitEntry, memoryEntry } from '../../../src/model/record.ts';
import {
  parseRenames,
  renameEntry,
  renameProjectRow,
  withAliases,
} from '../../../src/transfer/import/rename.ts';
import { aCodeUnit, aMemory } from '../../support/records.ts';

test('old=new is divided at the first =, nothing is trimmed', () => {
  const renames = parseRenames(['shop=store', 'a=b=c', ' x = y ', '__proto__=constructor']);
  expect([...renames]).toEqual([
    ['shop', 'store'],
    ['a', 'b=c'],
    [' x ', ' y '],
    ['__proto__', 'constructor'],
  ]);
  expect(parseRenames([`a=${'😀'.repeat(200)}`]).size).toBe(1);
});

test.each([
  [['shop'], /is not old=new/],
  [['=new'], /is not old=new/],
  [['old='], /is not old=new/],
  [['='], /is not old=new/],
  [[''], /is not old=new/],
  [['a=a'], /is the new name already/],
  [['a=b', 'c=d', 'a=e'], /would get two new names/],
  [['a=b', 'a=b'], /would get two new names/],
  [[`a=${'😀'.repeat(201)}`], /1 to 200 characters/],
])('%j is refused', (texts, message) => {
  expect(() => parseRenames(texts)).toThrowError(
    expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) }),
  );
});

test('[EDGE-08] whole names only, each once: two projects can change places', () => {
  const renames = parseRenames(['a=b', 'b=a']);
  const renamed = (projectName: string | null) =>
    renameEntry(memoryEntry(aMemory({ projectName }), null), renames).record.projectName;
  expect(['a', 'b', 'A', 'ab', 'a ', '', null].map(renamed)).toEqual(['b', 'a', 'A', 'ab', 'a ', '', null]);
});

test('the line follows, vector and dates stay; what is not renamed is the same entry', () => {
  const renames = parseRenames(['alpha=beta']);
  const vector = Float32Array.of(1);
  const memory = memoryEntry(aMemory({ projectName: 'alpha' }), vector);
  expect(renameEntry(memory, renames)).toEqual(memoryEntry(aMemory({ projectName: 'beta' }), vector));
  expect(renameEntry(codeUnitEntry(aCodeUnit(), vector), renames)).toEqual(
    codeUnitEntry(aCodeUnit({ projectName: 'beta' }), vector),
  );
  const other = memoryEntry(aMemory({ projectName: 'gamma' }), vector);
  expect(renameEntry(other, renames)).toBe(other);
});

test('a project keeps its earlier names, each once, and is no alias of its own', () => {
  const renames = parseRenames(['alpha=beta']);
  expect(renameProjectRow({ ...bareProject('alpha'), aliases: ['first', 'beta'] }, renames)).toEqual({
    ...bareProject('beta'),
    aliases: ['first', 'alpha'],
  });
  const other = bareProject('gamma');
  expect(renameProjectRow(other, renames)).toBe(other);
  expect(withAliases({ ...other, aliases: ['a'] }, ['b', 'a', 'gamma']).aliases).toEqual(['a', 'b']);
});

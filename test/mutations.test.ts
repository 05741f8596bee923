import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkMutations, mutate, resultOf, type TestReport, testPattern } from '../scripts/mutation-check.ts';
import { MUTATIONS, type Mutation } from '../scripts/mutation-list.ts';

const root = join(import.meta.dirname, '..');
const read = (file: string): string | null =>
  existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : null;

const SOME: Mutation = {
  name: 'a wrong sum',
  file: 'a.ts',
  find: 'a + b',
  replace: 'a - b',
  test: { file: 'a.test.ts', title: 'adds %i (both)' },
};
const FILES: Readonly<Record<string, string>> = { 'a.ts': 'x = a + b;', 'a.test.ts': "it('adds %i (both)')" };
const check = (mutation: Partial<Mutation>, files = FILES): readonly string[] =>
  checkMutations([{ ...SOME, ...mutation }], file => files[file] ?? null);

describe('the list of mutations', () => {
  it('fits the program: each text stands once in its file, and each test is there', () => {
    expect(checkMutations(MUTATIONS, read)).toEqual([]);
    expect(MUTATIONS.length).toBeGreaterThanOrEqual(24);
  });

  it('breaks the program itself, in many of its parts', () => {
    expect(MUTATIONS.filter(({ file }) => !file.startsWith('src/'))).toEqual([]);
    expect(new Set(MUTATIONS.map(({ file }) => file)).size).toBeGreaterThanOrEqual(24);
  });
});

describe('a mutation', () => {
  it('is known to be out of date', () => {
    expect(check({})).toEqual([]);
    expect(check({}, { ...FILES, 'a.ts': 'a + b + a + b' })).toEqual([
      'a wrong sum: its text stands 2 times in a.ts, not once',
    ]);
    expect(check({ file: 'gone.ts' })).toEqual(['a wrong sum: its text stands 0 times in gone.ts, not once']);
    expect(check({ replace: 'a + b' })).toEqual(['a wrong sum: it changes nothing']);
    expect(check({ test: { file: 'a.test.ts', title: 'adds' } })).toEqual([
      'a wrong sum: there is no test "adds" in a.test.ts',
    ]);
    expect(check({ test: { file: 'gone.test.ts', suite: 'a.test.ts', title: 'adds %i (both)' } })).toEqual([
      'a wrong sum: there is no gone.test.ts',
    ]);
    expect(checkMutations([SOME, SOME], file => FILES[file] ?? null)).toEqual([
      'a wrong sum: the name stands twice in the list',
    ]);
  });

  it('changes its text and nothing else', () => {
    expect(mutate('x = a + b;', { ...SOME, replace: "'$&'" })).toBe("x = '$&';");
    expect(() => mutate('', SOME)).toThrow('exactly once');
    expect(() => mutate('a + b, a + b', SOME)).toThrow('exactly once');
  });
});

describe('what became of a test', () => {
  type Ran = readonly [fullName: string, status: string, failure?: string];
  const ended = (results: readonly Ran[]): TestReport => ({
    testResults: [
      {
        message: results.length === 0 ? 'Unexpected token' : '',
        assertionResults: results.map(([fullName, status, failure]) => ({
          fullName,
          status,
          failureMessages: failure === undefined ? [] : [failure],
        })),
      },
    ],
  });
  const result = (...results: readonly Ran[]) => resultOf(ended(results), SOME.test);

  it('is told by its whole title, for any row or for one', () => {
    expect(result(['sums adds 1 (both)', 'failed', 'AssertionError: no\n at …'])).toEqual({
      result: 'failed',
      why: 'AssertionError: no',
    });
    expect(result(['sums adds 1 (both)', 'passed'], ['sums adds 1 (both) more', 'failed', 'no']).result).toBe(
      'passed',
    );
    expect(new RegExp(testPattern({ ...SOME.test, row: '2' })).test('sums adds 2 (both)')).toBe(true);
    expect(new RegExp(testPattern({ ...SOME.test, row: '2' })).test('sums adds 1 (both)')).toBe(false);
  });

  it('counts only when it ran and came to an assertion', () => {
    expect(result(['sums adds 1 (both)', 'passed'])).toEqual({ result: 'passed', why: '' });
    expect(result(['sums adds 1 (both)', 'skipped'])).toMatchObject({ result: 'broken' });
    expect(result()).toEqual({ result: 'broken', why: 'Unexpected token' });
    for (const why of ['ReferenceError: x is not defined', 'TypeError: f is not a function'])
      expect(result(['sums adds 1 (both)', 'failed', why])).toEqual({ result: 'broken', why });
    expect(result(['sums adds 1 (both)', 'failed', 'Error: Test timed out in 5000ms.']).result).toBe(
      'broken',
    );
  });
});

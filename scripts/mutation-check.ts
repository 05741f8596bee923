import type { Mutation } from './mutation-list.ts';

/** What is wrong with the list, one line each: it must not rot. `read` gives the text of a file, null where there is none. */
export function checkMutations(
  mutations: readonly Mutation[],
  read: (file: string) => string | null,
): readonly string[] {
  const problems: string[] = [];
  const names = new Set<string>();
  for (const { name, file, find, replace, test } of mutations) {
    const say = (problem: string) => problems.push(`${name}: ${problem}`);
    if (names.has(name)) say('the name stands twice in the list');
    names.add(name);
    const found = (read(file) ?? '').split(find).length - 1;
    if (found !== 1) say(`its text stands ${found} times in ${file}, not once`);
    if (find === replace) say('it changes nothing');
    const place = test.suite ?? test.file;
    const tests = read(place) ?? '';
    if (!["'", '"', '`'].some(quote => tests.includes(quote + test.title + quote)))
      say(`there is no test ${JSON.stringify(test.title)} in ${place}`);
    if (read(test.file) === null) say(`there is no ${test.file}`);
  }
  return problems;
}

/** The text with the mutation in it. Throws where it does not stand there exactly once. */
export function mutate(text: string, { name, find, replace }: Mutation): string {
  const [before, after, ...more] = text.split(find);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${name}: its text does not stand there exactly once`);
  return before + replace + after;
}

/** Matches the full name of the test, as Vitest's `-t` takes it; without a row, what stands for one may be anything. */
export function testPattern({ title, row }: Mutation['test']): string {
  const parts = title.split(/%[sijd]/).map(escaped);
  return `(^| )${parts.join(row === undefined ? '.*' : escaped(row))}$`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

/** A file's part of what Vitest's JSON reporter writes. */
export interface TestReport {
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** `broken`: nothing can be said, for the program does not run, the test is not there or did not come to its end. */
export interface Result {
  readonly result: 'passed' | 'failed' | 'broken';
  readonly why: string;
}

const NO_ASSERTION = /^(?:SyntaxError|ReferenceError)\b|is not a function|Test timed out/;

/** What became of a test. */
export function resultOf({ testResults }: TestReport, test: Mutation['test']): Result {
  const pattern = new RegExp(testPattern(test));
  const results = testResults.flatMap(file => file.assertionResults);
  const named = results.filter(
    ({ fullName, status }) => pattern.test(fullName) && ['passed', 'failed'].includes(status),
  );
  if (named.length === 0) {
    const message = testResults.map(file => file.message).find(text => text !== '');
    return { result: 'broken', why: message ?? 'the test did not run' };
  }
  const failures = named.flatMap(({ failureMessages }) => failureMessages.map(firstLine));
  const [failure] = failures;
  if (failure === undefined) return { result: 'passed', why: '' };
  const real = failures.find(text => !NO_ASSERTION.test(text));
  return real === undefined ? { result: 'broken', why: failure } : { result: 'failed', why: real };
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

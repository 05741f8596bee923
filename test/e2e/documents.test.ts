import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { createProgram } from '../../src/cli/program.ts';
import { Capture } from '../support/cli.ts';
import { blocksOf, document, linesOfScript, PAGES, scriptsOf } from '../support/documents.ts';

/** The tests that run every script of a page, whatever it has. */
const RUN_BY: Readonly<Record<string, string>> = {
  'README.md': 'test/e2e/readme.test.ts',
  'docs/guide.md': 'test/e2e/guide.test.ts',
  'docs/markdown.md': 'test/e2e/guide.test.ts',
  'docs/recovery-without-memport.md': 'test/e2e/recovery-without-memport.test.ts',
};
const NOT_SCRIPTS = ['json', 'yaml', 'markdown', 'text', 'python', ''];

const program = createProgram(
  {
    stdin: process.stdin,
    stdout: new Capture(),
    stderr: new Capture(),
    env: {},
    cwd: '/',
    now: () => 0,
    signal: new AbortController().signal,
  } satisfies Io,
  () => {},
);

/** The command that the words begin with, and the words that follow. */
function commandOf(words: readonly string[]): readonly [Command, readonly string[]] {
  let [command, rest] = [program, words];
  for (;;) {
    const found = command.commands.find(
      child => child.name() === rest[0] || child.aliases().includes(rest[0] ?? ''),
    );
    if (found === undefined) return [command, rest];
    [command, rest] = [found, rest.slice(1)];
  }
}

/** What in the command line there is not: a command or an option. */
function unknownIn(line: string): readonly string[] {
  const words = line.split(/\s+/).slice(1);
  const pipe = words.findIndex(word => ['|', '>', '<', '&&'].includes(word));
  const [command, rest] = commandOf(pipe < 0 ? words : words.slice(0, pipe));
  const options = [...command.options, ...program.options].flatMap(({ short, long }) => [short, long]);
  const flags = rest
    .map(word => word.replace(/[=,].*$/, ''))
    .filter(word => /^--?[a-z]/.test(word))
    .filter(flag => flag !== '--help' && !options.includes(flag));
  return command.commands.length > 0 && /^[a-z]/.test(rest[0] ?? '') ? [rest[0] ?? '', ...flags] : flags;
}

function isCommandLine(line: string): boolean {
  const [program, ...words] = line.split(/\s+/);
  return program === 'memport' ? commandOf(words)[1] !== words : ['$', 'npm', 'git'].includes(program ?? '');
}

describe('the pages', () => {
  test('[GOAL-11] every script is in a page whose scripts a test runs', () => {
    const withScripts = PAGES.filter(page => scriptsOf(document(page)).length > 0);
    expect(withScripts).toEqual(Object.keys(RUN_BY));
    for (const [page, name] of Object.entries(RUN_BY))
      expect(document(name)).toContain(page.replace('docs/', ''));
  });

  test.each(PAGES)('no command line of %s stands where no test looks for it', page => {
    for (const { language, text } of blocksOf(document(page)).filter(block => block.language !== 'sh')) {
      expect(NOT_SCRIPTS).toContain(language);
      expect(linesOfScript(text).filter(isCommandLine)).toEqual([]);
    }
  });
});

test.each(PAGES)('every test that %s cites is there', page => {
  const cited = [...document(page).matchAll(/`((?:test\/)?[\w./-]+\.test\.ts)`/g)].map(
    ([, path = '']) => path,
  );
  const tests = new URL('../', import.meta.url);
  expect(cited.filter(path => !existsSync(new URL(path.replace(/^test\//, ''), tests)))).toEqual([]);
});

describe('in running text', () => {
  const named = PAGES.flatMap(page =>
    [...document(page).matchAll(/`(memport [^`]+)`/g)].map(([, line = '']) => ({
      page,
      line: line.replaceAll(/\s+/g, ' '),
    })),
  );

  test('there are many command lines', () => expect(named.length).toBeGreaterThan(60));

  test.each(named)('$page: "$line" names what there is', ({ line }) => {
    expect(unknownIn(line)).toEqual([]);
  });
});

import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readAnswer } from '../../../src/cli/ui/ask-conflict.ts';
import { type CliOptions, type CliResult, memport, ok, scratch } from '../../support/cli.ts';
import { digestOf, feat038Json, linesOf, originalMemory } from '../../support/stores.ts';

const NEWER = { updated_at: '2025-06-01T00:00:00+00:00' };
const ASK = ['--merge-strategy', 'ask'];

/** A home with memories, and others under the same ids brought in with these keys typed. */
async function answered(
  typed: string,
  mine: readonly Record<string, unknown>[],
  theirs: readonly Record<string, unknown>[],
  options: Partial<CliOptions> & { readonly args?: readonly string[] } = {},
): Promise<CliResult & { readonly home: string }> {
  const home = scratch();
  await ok(['import', feat038Json(scratch(), mine)], { home });
  const file = feat038Json(scratch(), theirs);
  const { args = [], ...rest } = options;
  const result = await memport(['import', file, ...ASK, ...args], {
    home,
    asked: true,
    stdin: typed,
    ...rest,
  });
  return { ...result, home };
}

const MINE = [1, 2, 3, 4, 5].map(n => originalMemory(n, { content: `Text ${n} here.` }));
const THEIRS = [1, 2, 3, 4, 5].map(n => originalMemory(n, { ...NEWER, content: `Text ${n} there.` }));

test.each([
  ['e', { choice: 'existing', forAll: false }],
  ['i', { choice: 'imported', forAll: false }],
  ['b', { choice: 'both', forAll: false }],
  ['S', { choice: 'skip', forAll: true }],
  ['I', { choice: 'imported', forAll: true }],
  ['', null],
  ['x', null],
  ['existing', null],
  ['ß', null],
])('the answer %j', (text, expected) => {
  expect(readAnswer(text)).toEqual(expected);
});

describe('asking on a terminal', () => {
  test('each letter does what it says, anything else is asked again, a capital ends it', async () => {
    const { code, home, stdout, stderr } = await answered('e\nwhat?\n\n i \nb\nS\n', MINE, THEIRS);
    expect(code).toBe(0);
    expect(stderr.match(/keep \(e\)xisting/g)).toHaveLength(6);
    expect(stderr.match(/^.*conflict \d: memory/gm)).toHaveLength(4);
    expect(stdout).toContain(': 1 updated, 3 skipped, 1 kept both\n');
    expect(
      (await linesOf(home)).map(line => (JSON.parse(line) as { content: string }).content).sort(),
    ).toEqual([
      'Text 1 here.',
      'Text 2 there.',
      'Text 3 here.',
      'Text 3 there. (imported)',
      'Text 4 here.',
      'Text 5 here.',
    ]);
  });

  test('the difference in words, in colour or without, and the fields that differ', async () => {
    const theirs = [
      originalMemory(1, { ...NEWER, content: 'Text 1 there.', tags: ['x'], project_name: 'p' }),
    ];
    const plain = await answered('S\n', MINE, theirs, { env: { NO_COLOR: '1' } });
    expect(plain.stderr).toContain(`
conflict 1: memory ${originalMemory(1).id}
  existing, of 2025-01-02T00:00:00Z
  imported, of 2025-06-01T00:00:00Z
  | Text 1 [-here-]{+there+}.
  project_name
    - null
    + "p"
  tags
    - []
    + ["x"]
`);
    const coloured = await answered('S\n', MINE, theirs);
    expect(coloured.stderr).toContain('Text 1 \u001b[31m[-here-]\u001b[39m\u001b[32m{+there+}\u001b[39m.');
  });

  test('what a memory holds can not command the terminal', async () => {
    const mine = [
      originalMemory(1, { content: 'A \u001b[2J one', scope: 'project', project_name: '\u001b]0;x\u0007' }),
    ];
    const theirs = [{ ...mine[0], ...NEWER, content: 'A \u001b[2J two\u0008', tags: ['\u001b[1m'] }];
    const { stderr } = await answered('S\n', mine, theirs, { env: { NO_COLOR: '1' } });
    expect(stderr).toContain('[-one-]{+two');
    expect(stderr).toContain('of ␛]0;x␇');
    expect(stderr).not.toContain('\u001b');
    expect(stderr).not.toContain('\u0008');
  });

  test('long common text is cut in the middle, and an equal text is shown once', async () => {
    const long = 'word '.repeat(200);
    const mine = [originalMemory(1, { content: `${long}old` }), originalMemory(2)];
    const theirs = [
      originalMemory(1, { ...NEWER, content: `${long}new` }),
      originalMemory(2, { ...NEWER, tags: ['x'] }),
    ];
    const { stderr } = await answered('s\ns\n', mine, theirs, { env: { NO_COLOR: '1' } });
    expect(stderr).toMatch(/^ {2}\| (word ){24} … (word ){24}\[-old-\]\{\+new\+\}$/m);
    expect(stderr).toMatch(/^ {2}\| Memory 2\.$/m);
  });

  test('code units and other vectors are asked about too', async () => {
    const unit = originalMemory(1, {
      category: 'code',
      scope: 'project',
      project_name: 'shop',
      metadata: { unit_type: 'function', file_path: 'a.py', unit_name: 'f', language: 'python' },
      embedding: [0.6, 0.8],
    });
    const { stderr } = await answered('I\n', [unit], [{ ...unit, embedding: [0.8, 0.6] }]);
    expect(stderr).toContain(`conflict 1: code unit ${originalMemory(1).id} of shop`);
    expect(stderr).toContain('embedding: another vector');
  });

  test('a dry run asks too', async () => {
    const { stdout, home } = await answered('I\n', MINE, THEIRS, { args: ['--dry-run'] });
    expect(stdout).toContain(': 5 updated\n');
    expect((await linesOf(home)).join()).not.toContain('there');
  });
});

describe('giving up', () => {
  test('the end of the input takes everything back', async () => {
    const { code, stderr, stdout, home } = await answered('i\ni\n', MINE, THEIRS, {
      env: { NO_COLOR: '1' },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('\nmemport: the input ended before the answer; nothing was changed');
    expect(stdout).toBe('');
    expect((await linesOf(home)).join()).not.toContain('there');
  });

  test('Ctrl-C while a question is open takes everything back', async () => {
    const controller = new AbortController();
    const home = scratch();
    await ok(['import', feat038Json(scratch(), MINE)], { home });
    const before = await digestOf(home);
    const file = feat038Json(scratch(), THEIRS);
    const { code, stderr } = await memport(['import', file, ...ASK], {
      home,
      asked: true,
      signal: controller.signal,
      stdin: async function* () {
        yield Buffer.from('i\n');
        await new Promise(setImmediate);
        controller.abort('SIGINT');
        await new Promise(() => {});
      },
    });
    expect(code).toBe(130);
    expect(stderr).toContain('taken back');
    expect(await digestOf(home)).toBe(before);
  });
});

describe('where nobody can be asked it is refused before anything is touched', () => {
  test.each([
    ['without a terminal', ['no-such-file'], { asked: false }],
    ['with output to a terminal only', ['no-such-file'], { asked: false, tty: true }],
    ['with --no-input', ['no-such-file', '--no-input'], { asked: true }],
    ['with --json', ['no-such-file', '--json'], { asked: true }],
    ['from standard input', ['-'], { asked: true }],
  ])('%s', async (_, args, options) => {
    const home = join(scratch(), 'not-yet');
    const { code, stderr } = await memport(['import', ...args, ...ASK], { home, cwd: scratch(), ...options });
    expect(code).toBe(2);
    expect(stderr).toContain('terminal');
    expect((await memport(['status'], { home, cwd: scratch() })).code).toBe(10);
  });
});

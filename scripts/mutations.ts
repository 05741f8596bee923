// The mutation check: breaks a copy of the project on purpose, in each of the ways of mutation-list.ts, and each time the
// test that is named there must fail. Run by `npm run mutations`, or for some: `npm run mutations -- fsync tombstone`.
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  checkMutations,
  mutate,
  type Result,
  resultOf,
  type TestReport,
  testPattern,
} from './mutation-check.ts';
import { MUTATIONS, type Mutation } from './mutation-list.ts';

const TEST_TIMEOUT_MS = 120_000;
/** Of a whole run of Vitest: some mutations may make a program wait for ever. */
const RUN_TIMEOUT_MS = 600_000;
const root = join(import.meta.dirname, '..');
const words = process.argv.slice(2);
const chosen = MUTATIONS.filter(({ name }) => words.length === 0 || words.some(word => name.includes(word)));

const problems = checkMutations(MUTATIONS, file => read(root, file));
for (const problem of problems) console.error(problem);
if (problems.length > 0 || chosen.length === 0) process.exit(1);

const copy = mkdtempSync(join(tmpdir(), 'memport-mutations-'));
process.on('exit', () => rmSync(copy, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));
copyProject();

build();
requirePassing(chosen);
requireTypes(chosen);
const rows = chosen.map(mutation => ({ mutation, ...tryOne(mutation) }));
const caught = rows.filter(({ result }) => result === 'failed').length;
console.log(`${rows.length} mutations: ${caught} caught, ${rows.length - caught} not`);
if (caught < rows.length) process.exitCode = 1;

function copyProject(): void {
  const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  });
  for (const name of listed.split('\0').filter(name => name !== '' && existsSync(join(root, name))))
    cpSync(join(root, name), join(copy, name), { dereference: false });
  if (!existsSync(join(copy, 'node_modules')))
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
}

function build(): void {
  execFileSync(process.execPath, ['scripts/build.js'], { cwd: copy, stdio: 'inherit' });
}

/** A test that fails anyway catches nothing. */
function requirePassing(mutations: readonly Mutation[]): void {
  const tests = mutations.map(({ test }) => test);
  const report = runTests(tests);
  const wrong = tests.map(test => ({ test, ...resultOf(report, test) }));
  for (const { test, result, why } of wrong)
    if (result !== 'passed')
      console.error(`without any mutation: ${test.file}: ${test.title}: ${result}: ${why}`);
  if (wrong.some(({ result }) => result !== 'passed')) process.exit(1);
}

/** With all of them at once, for the compiler takes longer than most tests: what does not compile proves nothing. */
function requireTypes(mutations: readonly Mutation[]): void {
  withFiles(mutations, () => {
    const compiler = join('node_modules', 'typescript', 'bin', 'tsc');
    const { status } = spawnSync(process.execPath, [compiler, '--noEmit', '-p', 'tsconfig.build.json'], {
      cwd: copy,
      stdio: 'inherit',
    });
    if (status !== 0) process.exit(1);
  });
}

function tryOne(mutation: Mutation): Result {
  const began = performance.now();
  const result = withFiles([mutation], () => {
    if (mutation.built) build();
    return resultOf(runTests([mutation.test]), mutation.test);
  });
  if (mutation.built) build();
  const seconds = ((performance.now() - began) / 1000).toFixed(1).padStart(6);
  const word = { failed: 'caught', passed: 'SURVIVED', broken: 'BROKEN' }[result.result];
  const { file, title, row = '…' } = mutation.test;
  console.log(`${word.padEnd(8)} ${seconds} s  ${mutation.name} (${mutation.file})`);
  console.log(`${' '.repeat(19)}${file}: ${title.replace(/%[sijd]/, row)}`);
  if (result.why !== '') console.log(`${' '.repeat(19)}${result.why}`);
  return result;
}

/** Does the work while the files are mutated. */
function withFiles<T>(mutations: readonly Mutation[], work: () => T): T {
  try {
    for (const mutation of mutations) {
      const file = join(copy, mutation.file);
      writeFileSync(file, mutate(readFileSync(file, 'utf8'), mutation));
    }
    return work();
  } finally {
    for (const { file } of mutations) cpSync(join(root, file), join(copy, file));
  }
}

function runTests(tests: readonly Mutation['test'][]): TestReport {
  const output = join(copy, 'report.json');
  rmSync(output, { force: true });
  const files = [...new Set(tests.map(({ file }) => file))];
  const pattern = [...new Set(tests.map(testPattern))].join('|');
  const vitest = join('node_modules', 'vitest', 'vitest.mjs');
  const options = ['--reporter=json', `--outputFile=${output}`, `--testTimeout=${TEST_TIMEOUT_MS}`];
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', ...files, '-t', pattern, ...options],
    { cwd: copy, encoding: 'utf8', timeout: RUN_TIMEOUT_MS },
  );
  const text = read(copy, 'report.json');
  if (text !== null) return JSON.parse(text) as TestReport;
  return { testResults: [{ message: `Vitest wrote no report: ${stdout}${stderr}`, assertionResults: [] }] };
}

function read(folder: string, file: string): string | null {
  return existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : null;
}

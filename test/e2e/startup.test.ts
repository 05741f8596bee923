import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';

const TRACE = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { process.stderr.write(url + '\\n'); return next(url, context); } });`;

/** The packages that a command line loads. */
function packagesOf(args: readonly string[], home: string): readonly string[] {
  const trace = join(home, 'trace.mjs');
  writeFileSync(trace, TRACE);
  const { code, stderr } = runBinary(args, home, undefined, ['--import', pathToFileURL(trace).href]);
  expect(code).toBe(0);
  const names = [...stderr.matchAll(/\/node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\/(?!.*\/node_modules\/)/g)];
  return [...new Set(names.map(([, name]) => name ?? ''))].sort();
}

/** Those that lay out text on a terminal. */
const LIGHT = ['ansi-regex', 'commander', 'get-east-asian-width', 'string-width', 'strip-ansi'];

test('--help loads no library that it does not need', () => {
  for (const args of [['--help'], ['backup', '--help'], ['mcp', '--help']])
    expect(LIGHT).toEqual(expect.arrayContaining([...packagesOf(args, scratch())]));
});

test('what most commands do not need is loaded by those that do', () => {
  const packages = packagesOf(['add', 'Prices are in cents.'], scratch());
  expect(packages).toContain('better-sqlite3');
  for (const heavy of [
    'web-tree-sitter',
    'yaml',
    'age-encryption',
    '@modelcontextprotocol/server',
    'chokidar',
  ])
    expect(packages).not.toContain(heavy);
});

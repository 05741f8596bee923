import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findViolations, importsOf } from './architecture.ts';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const dependencies = new Set(Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }));

function violations(files: Readonly<Record<string, string>>): readonly string[] {
  return findViolations(new Map(Object.entries(files)), dependencies);
}

describe('the house', () => {
  it('is in order', () => {
    const paths = globSync('**/*.ts', { cwd: join(root, 'src') });
    const sources = paths.map(
      path => [path.replaceAll('\\', '/'), readFileSync(join(root, 'src', path), 'utf8')] as const,
    );
    expect(sources.length).toBeGreaterThan(20);
    expect(findViolations(new Map(sources), dependencies)).toEqual([]);
  });

  it('has its tests in folders of the same names', () => {
    const apart = new Set(['contract', 'crash', 'hostile', 'e2e', 'fixtures']);
    const folders = globSync('*/**/*.test.ts', { cwd: import.meta.dirname }).map(dirname);
    const strays = folders.filter(
      folder => !apart.has(folder.split(/[\\/]/)[0] ?? '') && !existsSync(join(root, 'src', folder)),
    );
    expect(strays).toEqual([]);
  });
});

describe('the checker of the house', () => {
  it('passes what the guide allows', () => {
    expect(
      violations({
        'errors.ts': "import { readFileSync } from 'node:fs';",
        'model/a.ts':
          "import { z } from 'zod';\nimport { b } from './b.ts';\nimport { e } from '../errors.ts';",
        'model/b.ts': '',
        'store/store.ts': "import type { A } from '../model/a.ts';",
        'store/sqlite/open.ts':
          "import Database from 'better-sqlite3';\nimport '../store.ts';\nexport const q = 'SELECT id FROM x';",
        'formats/legacy/sqlite/rows.ts': "import 'better-sqlite3';\nexport const q = 'SELECT id FROM x';",
        'formats/archive/tar.ts': "import { b } from '../../model/b.ts';",
        'transfer/import/run.ts': "import '../../formats/archive/tar.ts';\nimport '../../store/store.ts';",
        'cli/main.ts':
          "import { Command } from 'commander';\nawait import('../transfer/import/run.ts');\nimport '../store/store.ts';",
        'index.ts': "export * from './transfer/import/run.ts';",
      }),
    ).toEqual([]);
  });

  it.each([
    ['model/a.ts', "import '../store/b.ts'", { 'store/b.ts': '' }],
    ['formats/a.ts', "import type { B } from '../store/b.ts'", { 'store/b.ts': '' }],
    ['store/a.ts', "export * from '../formats/b.ts'", { 'formats/b.ts': '' }],
    ['store/a.ts', "const b = await import('../formats/b.ts')", { 'formats/b.ts': '' }],
    ['embedding/a.ts', "import {\n  type B,\n  c,\n} from '../transfer/b.ts'", { 'transfer/b.ts': '' }],
    ['transfer/a.ts', "import '../backup/b.ts'", { 'backup/b.ts': '' }],
    ['transfer/a.ts', "import '../code-index/b.ts'", { 'code-index/b.ts': '' }],
    ['backup/a.ts', "import '../cli/b.ts'", { 'cli/b.ts': '' }],
    ['mcp/a.ts', "import '../cli/b.ts'", { 'cli/b.ts': '' }],
    ['errors.ts', "import './model/b.ts'", { 'model/b.ts': '' }],
    ['model/a.ts', "import '../index.ts'", { 'index.ts': '' }],
    ['index.ts', "import './cli/b.ts'", { 'cli/b.ts': '' }],
    ['cli/a.ts', "import '../store/sqlite/b.ts'", { 'store/sqlite/b.ts': '' }],
    ['mcp/a.ts', "import '../formats/archive/b.ts'", { 'formats/archive/b.ts': '' }],
    ['cli/a.ts', "import Database from 'better-sqlite3'", {}],
    ['transfer/a.ts', "import { load } from 'sqlite-vec'", {}],
    ['formats/a.ts', "const D = require('better-sqlite3')", {}],
    ['transfer/a.ts', "import { env } from '@huggingface/transformers'", {}],
    ['model/a.ts', "import { Command } from 'commander'", {}],
    ['model/a.ts', "import fc from 'fast-check'", {}],
    ['model/a.ts', "import x from '@scope/name/part'", {}],
    ['transfer/a.ts', "const q = 'DELETE FROM memories'", {}],
    ['cli/a.ts', 'db.exec(`SELECT id,\n name FROM memories`)', {}],
    ['model/a.ts', "import './b.ts'", { 'model/b.ts': "import type { A } from './a.ts'" }],
    ['model/a.ts', "import './gone.ts'", {}],
    ['model/a.ts', '\n'.repeat(301), {}],
    ['attic/a.ts', '', {}],
  ])('finds the fault in %s: %s', (file, text, others) => {
    const found = violations({ [file]: text, ...others });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(file);
  });

  it('names all members of a cycle', () => {
    const cycle = {
      'model/a.ts': "import './b.ts'",
      'model/b.ts': "import './c.ts'",
      'model/c.ts': "import './a.ts'",
    };
    expect(violations(cycle)).toEqual(['cycle: model/a.ts → model/b.ts → model/c.ts → model/a.ts']);
  });

  it('lets files that load each other on demand be', () => {
    expect(violations({ 'cli/a.ts': "await import('./b.ts')", 'cli/b.ts': "import './a.ts'" })).toEqual([]);
  });

  it('reads no imports out of comments', () => {
    expect(importsOf("/** import 'a' */\n// import 'b'\nimport 'c';")).toEqual(['c']);
  });
});

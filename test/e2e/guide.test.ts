import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { document, scriptsOf } from '../support/documents.ts';
import { folderOfFile } from '../support/folders.ts';
import { type Shell, shellIn } from '../support/shell.ts';

/** A page whose every script runs in its order, in one home. */
interface Page {
  readonly name: string;
  readonly scripts: number;
  /** What people have before they read it. */
  readonly before: string;
  readonly after: (shell: Shell) => void;
}

const PAGES: readonly Page[] = [
  {
    name: 'docs/guide.md',
    scripts: 9,
    before: 'memport add "Prices are in cents." --project shop',
    after: shell => {
      expect(shell('memport list').output).toContain('Prices are in cents.');
      expect(shell('memport backup verify --all').code).toBe(0);
    },
  },
  {
    name: 'docs/markdown.md',
    scripts: 2,
    before: 'memport add "Prices are in cents." --project shop; git init --quiet notes',
    after: shell => {
      expect(shell('git -C notes show --stat HEAD').output).toMatch(/\.memport-export\.jsonl/);
      expect(shell('memport import notes').output).toContain('1 unchanged');
    },
  },
];

const folder = folderOfFile();

describe.skipIf(process.platform === 'win32').each(PAGES)(
  '[P8-03] every command of $name, in its order',
  ({ name, scripts, before, after }) => {
    const blocks = scriptsOf(document(name));
    const { shell } = shellIn(mkdtempSync(join(folder, 'page-')));

    test('the page has its scripts', () => {
      expect(blocks.length).toBe(scripts);
      expect(shell(before)).toMatchObject({ code: 0 });
    });

    test.each(blocks)('$heading', ({ text }) => {
      expect(shell(text)).toMatchObject({ code: 0 });
    });

    test('what they leave is whole', () => after(shell));
  },
);

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);

/** A file of the repository. */
export const document = (name: string): string => readFileSync(new URL(name, ROOT), 'utf8');

/** What people read to use memport: the README and the pages of docs/, without the decisions. */
export const PAGES: readonly string[] = [
  'README.md',
  ...readdirSync(fileURLToPath(new URL('docs', ROOT)))
    .filter(name => name.endsWith('.md'))
    .map(name => `docs/${name}`),
];

/** A fenced block of a page. */
export interface Block {
  /** The heading that it stands under. */
  readonly heading: string;
  /** The first word behind the fence. */
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page, in order; what stands in a longer fence is text. */
export function blocksOf(page: string): readonly Block[] {
  const found = page.matchAll(/^(`{3,})([^\s`]*)[^\n]*\n(.*?)^\1$/gms);
  return [...found].map(({ 2: language = '', 3: text = '', index }) => ({
    heading: [...page.slice(0, index).matchAll(/^##+ (.*)$/gm)].at(-1)?.[1] ?? '',
    language,
    text,
  }));
}

/** The scripts for the shell of a page, in order. */
export function scriptsOf(page: string): readonly Block[] {
  return blocksOf(page).filter(({ language }) => language === 'sh');
}

/** The command lines of a script. */
export function linesOfScript(script: string): readonly string[] {
  return script.split('\n').filter(line => line.trim() !== '');
}

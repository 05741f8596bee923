import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import GithubSlugger from 'github-slugger';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { describe, expect, test } from 'vitest';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../../src/model/record.ts';
import { exportStore } from '../../../src/transfer/export.ts';
import { HOSTILE } from '../../formats/markdown/generated.ts';
import { scratch } from '../../support/cli.ts';
import { storeOf } from '../../support/markdown.ts';
import { aCodeUnit, aMemory, at, idOf } from '../../support/records.ts';

interface Node {
  readonly type: string;
  readonly url?: string;
  readonly value?: string;
  readonly depth?: number;
  readonly children?: readonly Node[];
}

const all = (node: Node): readonly Node[] => [node, ...(node.children ?? []).flatMap(all)];
const shown = (node: Node): string => node.value ?? (node.children ?? []).map(shown).join('');

/** The page below its front matter, as a git host reads it. */
function parsed(page: string): Node {
  return fromMarkdown(page.replace(/^---\n[\s\S]*?\n---\n/, '')) as Node;
}

/** Every heading of a page under the anchor that GitHub gives it. */
function anchorsOf(page: Node): ReadonlySet<string> {
  const slugger = new GithubSlugger();
  return new Set(
    all(page)
      .filter(({ type }) => type === 'heading')
      .map(heading => slugger.slug(shown(heading))),
  );
}

/** Links that lead nowhere, of all pages; `pages` by path. */
function deadLinks(pages: ReadonlyMap<string, string>): readonly string[] {
  const nodes = new Map([...pages].map(([path, text]) => [path, parsed(text)]));
  const anchors = new Map([...nodes].map(([path, page]) => [path, anchorsOf(page)]));
  return [...nodes].flatMap(([path, page]) =>
    all(page).flatMap(({ type, url = '' }) => {
      if (type !== 'link' || /^https?:/.test(url)) return [];
      const [file = '', anchor] = decodeURI(url).split('#');
      const target = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), file));
      const found = anchors.get(target);
      return found !== undefined && (anchor === undefined || found.has(anchor)) ? [] : [`${path}: ${url}`];
    }),
  );
}

const links = (page: Node): readonly string[] =>
  all(page).flatMap(({ type, url }) => (type === 'link' ? [url ?? ''] : []));

function manyRecords(): readonly Entry[] {
  const projects = ['shop', 'Shop', '..', 'CON', 'a/b', '.git', '\u3164', 'Ünï cödé (x)', '日本', null];
  const memories = Array.from({ length: 1200 }, (_, n) => {
    const projectName = n < 700 ? 'shop' : (projects[n % projects.length] ?? null);
    const content =
      n % 3 === 0 ? `${HOSTILE[n % HOSTILE.length]} ${n % 50}` : `Memory ${n % 40}, *again*: a_b_c & co.`;
    const category = n < 700 ? 'fact' : (['fact', 'event', 'code'] as const)[n % 3];
    const createdAt = at('2026-01-01') + BigInt(n);
    return memoryEntry(
      aMemory({
        id: idOf(n),
        content,
        projectName,
        ...(category && { category }),
        createdAt,
        updatedAt: createdAt,
      }),
      null,
    );
  });
  const units = Array.from({ length: 300 }, (_, n) =>
    codeUnitEntry(
      aCodeUnit({
        id: idOf(n),
        name: `unit_${n % 7}`,
        filePath: `src/f${n % 9}.py`,
        startLine: n + 1,
        endLine: n + 3,
      }),
      null,
    ),
  );
  return [...memories, ...units];
}

async function exported(singleFile: boolean): Promise<string> {
  const folder = scratch();
  await using store = await storeOf(join(folder, 'x.db'), manyRecords());
  const target = join(folder, 'kb.md');
  await exportStore(store, {
    format: 'markdown',
    filter: EVERYTHING,
    target,
    embeddings: false,
    code: true,
    singleFile,
    exportDate: at('2026-06-01T00:00:00Z'),
    generator: 'memport 0.0.0',
    config: {},
  });
  return target;
}

function pagesOf(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.md'),
  );
  return new Map(names.map(name => [name.replaceAll('\\', '/'), readFileSync(join(folder, name), 'utf8')]));
}

describe('[P2-03] [P7-04] every link of a large export leads somewhere', () => {
  test('in a folder, whatever projects and memories are called', async () => {
    const pages = pagesOf(await exported(false));
    expect(deadLinks(pages)).toEqual([]);
    const index = parsed(pages.get('index.md') ?? '');
    expect(new Set(links(index).map(decodeURI))).toEqual(
      new Set([...pages.keys()].filter(path => path !== 'index.md')),
    );
    expect(new Set([...pages.keys()].map(path => dirname(path))).size).toBe(12);
    for (const [path, text] of pages) {
      if (path === 'index.md') continue;
      const sections = all(parsed(text)).filter(
        ({ type, depth }) => type === 'heading' && depth === 2,
      ).length;
      expect(text).toContain(`\ncount: ${sections}\n`);
      expect(links(parsed(text)).filter(url => url.startsWith('#'))).toHaveLength(sections);
    }
  });

  test('pages fill up from the oldest record on, and the newest stands first', async () => {
    const pages = pagesOf(await exported(false));
    const ids = ['fact.md', 'fact-2.md', 'fact-1.md'].map(name =>
      [...(pages.get(`shop/${name}`) ?? '').matchAll(/^id: (0.*)$/gm)].map(([, id]) => id ?? ''),
    );
    expect(ids.slice(1).map(({ length }) => length)).toEqual([250, 250]);
    expect(ids.flat()).toEqual(ids.flat().toSorted().reverse());
    expect(ids[2]?.at(-1)).toBe(idOf(0));
    expect(pages.get('shop/fact-2.md')).toContain('[newer](fact.md) · [older](fact-1.md)');
  });

  test('in a single file', async () => {
    const text = readFileSync(await exported(true), 'utf8');
    expect(deadLinks(new Map([['kb.md', text]]))).toEqual([]);
    expect(links(parsed(text)).length).toBeGreaterThan(300);
  });
});

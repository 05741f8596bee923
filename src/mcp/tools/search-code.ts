import { z } from 'zod';
import { toMemportError } from '../../errors.ts';
import { readCodeFilter } from '../../model/code-filter.ts';
import { makeCursor, readCursor } from '../cursor.ts';
import { CODE_UNIT, codeLineOf, viewCodeUnit } from '../schemas/code-unit.ts';
import { CURSOR, LIMIT } from '../schemas/id.ts';
import { many, oneOrMany } from '../schemas/many.ts';
import { defineTool, READS } from '../tool.ts';

/** How far a search ranks. A fixed depth, so that the pages of one search fit together. */
const RANKED = 100;
const OFFSET = z.int().min(1).max(RANKED);

export const searchCode = defineTool({
  name: 'search_code',
  title: 'Search indexed code',
  description: `Find functions, methods, classes, types and headings in code that was indexed with index_codebase, by words, parts of names (getUserName is found by "user name") and likeness of meaning, the best first. Each result says the file and the lines. When next_cursor is not null there are more. A search ranks the best ${RANKED}; complete says whether that was all that could match.`,
  effects: READS,
  input: z.strictObject({
    query: z.string().min(1).max(10_000).describe('What the code does, or what it is called.'),
    project: oneOrMany(z.string()).optional().describe('Only this project, or these: exact names.'),
    language: oneOrMany(z.string())
      .optional()
      .describe('Only this language, or these: typescript, python, rust, markdown, …'),
    type: oneOrMany(z.string())
      .optional()
      .describe('Only units of this type, or these: function, method, class, interface, …'),
    path: z
      .string()
      .max(4096)
      .optional()
      .describe('Only files whose path in the project begins so: src/store/'),
    limit: LIMIT,
    cursor: CURSOR,
  }),
  output: z.object({
    results: z.array(
      z.object({ unit: CODE_UNIT, score: z.number().describe('Comparable within this search only.') }),
    ),
    complete: z.boolean().describe(`False when more than ${RANKED} match and the rest is not ranked.`),
    next_cursor: z.string().nullable(),
  }),
  recovery: { not_found: 'Nothing is stored here yet. index_codebase makes the index of a folder of code.' },
  async run({ query, limit, cursor, ...words }, { host, signal }) {
    const { searchCode: search } = await import('../../code-index/search.ts');
    const { project, language, type, path } = words;
    const filter = readCodeFilter({
      projects: many(project),
      languages: many(language),
      unitTypes: many(type),
      path,
    });
    const asked = ['search_code', query, words];
    const offset = cursor === undefined ? 0 : readCursor(cursor, asked, OFFSET);
    const embedder = await host.embedder();
    const onEmbedderFailure = (error: unknown): void =>
      host.log('warning', `searched by words alone: ${toMemportError(error).message}`);
    const { found, roots } = await host.withStore('existing', async store => ({
      found: await search(store, { query, filter, limit: RANKED }, embedder, { signal, onEmbedderFailure }),
      roots: new Map((await store.projects()).map(({ name, rootPath }) => [name, rootPath])),
    }));
    const page = found.slice(offset, offset + limit);
    const end = offset + page.length;
    const next = end < found.length ? makeCursor(asked, end) : null;
    const complete = found.length < RANKED;
    const results = page.map(({ unit, score }) => ({
      unit: viewCodeUnit(unit, roots.get(unit.projectName) ?? null),
      score,
    }));
    const head =
      found.length === 0
        ? 'Nothing was found. Try other words or fewer filters; index_codebase indexes a folder that is not indexed yet.'
        : `Results ${offset + 1} to ${end} of ${found.length}${complete ? '' : ' or more'}, the best first:`;
    const more =
      next === null ? [] : [`There are more: call search_code with the same arguments and cursor ${next}`];
    return {
      text: [head, ...results.map(({ unit }) => codeLineOf(unit)), ...more].join('\n'),
      data: { results, complete, next_cursor: next },
    };
  },
});

import { z } from 'zod';
import { makeCursor, readCursor } from '../cursor.ts';
import { FILTER_ARGUMENTS, filterOf } from '../schemas/filter.ts';
import { CURSOR, LIMIT } from '../schemas/id.ts';
import { BRIEF, MEMORY, memoryLineOf, viewMemory } from '../schemas/memory.ts';
import { defineTool, READS } from '../tool.ts';

/** How far a search ranks. A fixed depth, so that the pages of one search fit together. */
const RANKED = 100;
const OFFSET = z.int().min(1).max(RANKED);

export const searchMemories = defineTool({
  name: 'search_memories',
  title: 'Search memories',
  description: `Find memories by words and by likeness of meaning, the best first. Use it at the beginning of a task, with the words that the memory would have. Filters narrow it down. When next_cursor is not null there are more. A search ranks the best ${RANKED}; complete says whether that was all that could match.`,
  effects: READS,
  input: z.strictObject({
    query: z.string().min(1).max(10_000).describe('What to look for, in plain words.'),
    ...FILTER_ARGUMENTS,
    limit: LIMIT,
    cursor: CURSOR,
  }),
  output: z.object({
    results: z.array(
      z.object({ memory: MEMORY, score: z.number().describe('Comparable within this search only.') }),
    ),
    complete: z.boolean().describe(`False when more than ${RANKED} match and the rest is not ranked.`),
    next_cursor: z.string().nullable(),
  }),
  async run({ query, limit, cursor, ...words }, { host, signal }) {
    const { searchMemories: search } = await import('../../memories/search.ts');
    const filter = filterOf(words, host.now());
    const asked = ['search', query, words];
    const offset = cursor === undefined ? 0 : readCursor(cursor, asked, OFFSET);
    const embedder = await host.embedder();
    const request = { query, filter, limit: RANKED };
    const others = {
      open: (label: string) => host.embedderOf(label),
      warn: (warning: string) => host.log('warning', warning),
    };
    const found = await host.withStore('existing', store => search(store, request, embedder, signal, others));
    const page = found.slice(offset, offset + limit);
    const end = offset + page.length;
    const next = end < found.length ? makeCursor(asked, end) : null;
    const complete = found.length < RANKED;
    const results = page.map(({ memory, score }) => ({ memory: viewMemory(memory, BRIEF), score }));
    const head =
      found.length === 0
        ? 'Nothing was found. Try other words, or list_memories.'
        : `Results ${offset + 1} to ${end} of ${found.length}${complete ? '' : ' or more'}, the best first:`;
    const more =
      next === null
        ? []
        : [`There are more: call search_memories with the same arguments and cursor ${next}`];
    return {
      text: [head, ...results.map(({ memory }) => memoryLineOf(memory)), ...more].join('\n'),
      data: { results, complete, next_cursor: next },
    };
  },
});

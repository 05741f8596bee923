import { z } from 'zod';
import { filterRecord } from '../../model/filter.ts';
import { formatInstant, parseInstant } from '../../model/instant.ts';
import { makeCursor, readCursor } from '../cursor.ts';
import { FILTER_ARGUMENTS, filterOf } from '../schemas/filter.ts';
import { CURSOR, LIMIT } from '../schemas/id.ts';
import { BRIEF, MEMORY, memoryLineOf, viewMemory } from '../schemas/memory.ts';
import { defineTool, READS } from '../tool.ts';

/** The memory that was shown last. */
const PLACE = z.tuple([z.string().transform(text => parseInstant(text) ?? 0n), z.string()]);

export const listMemories = defineTool({
  name: 'list_memories',
  title: 'List memories',
  description: `List memories, the last changed first, all of them or those of a project, category, tag or time. Long texts are cut to 500 characters; get_memory gives the whole. When next_cursor is not null there are more: call again with the same arguments and that cursor. To find something by what it says, use search_memories.`,
  effects: READS,
  input: z.strictObject({ ...FILTER_ARGUMENTS, limit: LIMIT, cursor: CURSOR }),
  output: z.object({
    memories: z.array(MEMORY),
    total: z.int().describe('How many there are in all pages.'),
    next_cursor: z.string().nullable(),
  }),
  async run({ limit, cursor, ...words }, { host }) {
    const { storedMemory } = await import('../../transfer/stored-entry.ts');
    const filter = filterOf(words, host.now());
    const query = ['list', words];
    const after = cursor === undefined ? null : readCursor(cursor, query, PLACE);
    const page = after === null ? { offset: 0 } : { after: { updatedAt: after[0], id: after[1] } };
    const { found, total } = await host.withStore('existing', async store => ({
      // One more than is shown tells whether there is more.
      found: (await store.newest(filter, { ...page, limit: limit + 1 })).map(storedMemory),
      total: (await store.counts(filter)).memories,
    }));
    const shown = found.slice(0, limit);
    const last = shown.at(-1);
    const hasMore = found.length > limit && last !== undefined;
    const next = hasMore ? makeCursor(query, [formatInstant(last.updatedAt), last.id]) : null;
    const memories = shown.map(memory => viewMemory(memory, BRIEF));
    const what = Object.keys(filterRecord(filter)).length === 0 ? 'memories' : 'matching memories';
    const head =
      total === 0
        ? `There are no ${what}.`
        : `${memories.length} of ${total} ${what}, the last changed first:`;
    const more =
      next === null ? [] : [`There are more: call list_memories with the same arguments and cursor ${next}`];
    return {
      text: [head, ...memories.map(memory => memoryLineOf(memory)), ...more].join('\n'),
      data: { memories, total, next_cursor: next },
    };
  },
});

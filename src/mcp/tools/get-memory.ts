import { z } from 'zod';
import { MemportError } from '../../errors.ts';
import { formatInstant } from '../../model/instant.ts';
import { makeCursor, readCursor } from '../cursor.ts';
import { ID } from '../schemas/id.ts';
import { FULL, MEMORY, memoryLineOf, viewMemory } from '../schemas/memory.ts';
import { defineTool, READS } from '../tool.ts';

const PLACE = z.tuple([z.string(), z.int().min(0)]);

export const getMemory = defineTool({
  name: 'get_memory',
  title: 'Read a memory',
  description: `Read one memory in full by its id, or by the first 4 or more characters of it. A text of more than 20,000 characters comes in parts: call again with the cursor of the answer for the next one.`,
  effects: READS,
  input: z.strictObject({
    id: ID,
    cursor: z.string().optional().describe('next_cursor of the answer before, for the rest of a long text.'),
  }),
  output: z.object({ memory: MEMORY, next_cursor: z.string().nullable() }),
  async run({ id, cursor }, { host }) {
    const { findMemory } = await import('../../memories/resolve-id.ts');
    const { memory } = await host.withStore('existing', store => findMemory(store, id));
    const version = formatInstant(memory.updatedAt);
    const [of, offset] = cursor === undefined ? [version, 0] : readCursor(cursor, memory.id, PLACE);
    if (of !== version) {
      throw new MemportError('usage', 'the memory was changed since the first part of it was read', {
        hint: 'Call get_memory again without a cursor.',
      });
    }
    const view = viewMemory(memory, { ...FULL, offset });
    const end = offset + view.content.length;
    const next = view.content_truncated ? makeCursor(memory.id, [version, end]) : null;
    const rest =
      next === null
        ? ''
        : `\n\nCharacters ${offset} to ${end} of ${view.content_length}. For the rest call get_memory with id ${memory.id} and cursor ${next}`;
    const left =
      view.omitted.length === 0
        ? ''
        : `\nToo large to show here: ${view.omitted.join(', ')}; see the resource memport://memory/${memory.id}`;
    return {
      text: memoryLineOf(view, FULL.content) + left + rest,
      data: { memory: view, next_cursor: next },
    };
  },
});

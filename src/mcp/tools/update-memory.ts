import { z } from 'zod';
import { toMemportError } from '../../errors.ts';
import { DRAFT_ARGUMENTS, draftOf } from '../schemas/draft.ts';
import { ID } from '../schemas/id.ts';
import { BRIEF, MEMORY, memoryLineOf, viewMemory } from '../schemas/memory.ts';
import { defineTool } from '../tool.ts';

export const updateMemory = defineTool({
  name: 'update_memory',
  title: 'Change a memory',
  description: `Change a memory: only what is given changes, and a given value replaces the old one whole (tags and metadata too). The old text is not kept, so read it first. The id comes from search_memories or list_memories.`,
  effects: { readOnlyHint: false, destructiveHint: true, idempotentHint: false },
  input: z.strictObject({
    id: ID,
    content: z.string().optional().describe('The new text, at most 50,000 characters.'),
    ...DRAFT_ARGUMENTS,
  }),
  output: z.object({ memory: MEMORY }),
  recovery: { not_found: 'Call search_memories or list_memories for ids that exist.' },
  async run({ id, ...args }, { host, signal }) {
    const { updateMemory: update } = await import('../../memories/edit.ts');
    const onVectorFailure = (error: unknown): void =>
      host.log('warning', `stored without a vector: ${toMemportError(error).message}`);
    const context = { embedder: await host.embedder(), nowMs: host.now(), signal, onVectorFailure };
    const draft = draftOf(args);
    const changed = await host.withStore('existing', store => update(store, id, draft, context));
    const memory = viewMemory(changed, BRIEF);
    return { text: `Changed.\n${memoryLineOf(memory)}`, data: { memory } };
  },
});

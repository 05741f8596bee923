import { z } from 'zod';
import { ID } from '../schemas/id.ts';
import { defineTool } from '../tool.ts';

export const deleteMemory = defineTool({
  name: 'delete_memory',
  title: 'Delete a memory',
  description: `Forget one memory for good; only a backup brings it back. Do it when the user asks for it or when the memory is wrong, and use update_memory when it only needs correcting.`,
  effects: { readOnlyHint: false, destructiveHint: true, idempotentHint: true },
  input: z.strictObject({ id: ID }),
  output: z.object({ deleted: z.string().describe('The id of the memory that is gone.') }),
  recovery: { not_found: 'It may be deleted already. search_memories and list_memories show what there is.' },
  async run({ id }, { host, signal }) {
    const { deleteMemories } = await import('../../memories/edit.ts');
    const [deleted = id] = await host.withStore('existing', store =>
      deleteMemories(store, [id], host.now(), signal),
    );
    return { text: `Deleted ${deleted}.`, data: { deleted } };
  },
});

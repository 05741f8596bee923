import { z } from 'zod';
import { toMemportError } from '../../errors.ts';
import { DRAFT_ARGUMENTS, draftOf } from '../schemas/draft.ts';
import { BRIEF, MEMORY, memoryLineOf, viewMemory } from '../schemas/memory.ts';
import { defineTool } from '../tool.ts';

/** An assistant may say that it only writes down what somebody else said, but not that memport's own tools said it. */
const SOURCES = ['claude_inferred', 'user_explicit', 'documentation'] as const;

export const storeMemory = defineTool({
  name: 'store_memory',
  title: 'Store a memory',
  description: `Remember one thing for later conversations: a preference of the user, a fact, a decision, a way of working. Store one thing a call, in a sentence that makes sense on its own. The answer has its id. Search first, and use update_memory when it is known already. Content is at most 50,000 characters.`,
  effects: { readOnlyHint: false, destructiveHint: false, idempotentHint: false },
  input: z.strictObject({
    content: z.string().describe('What to remember, kept exactly as given.'),
    ...DRAFT_ARGUMENTS,
    source: z
      .enum(SOURCES)
      .default('claude_inferred')
      .describe(
        'Who says it: user_explicit when the user stated it or asked to remember it, documentation when it was read somewhere, else claude_inferred.',
      ),
    conversation_id: z.string().max(200).optional().describe('The conversation that it comes from.'),
  }),
  output: z.object({ memory: MEMORY }),
  async run({ source, conversation_id, ...args }, { host, signal }) {
    const { addMemory } = await import('../../memories/edit.ts');
    const origin = { source, createdBy: 'mcp', conversationId: conversation_id ?? null };
    const onVectorFailure = (error: unknown): void =>
      host.log('warning', `stored without a vector: ${toMemportError(error).message}`);
    const context = { embedder: await host.embedder(), nowMs: host.now(), signal, onVectorFailure, origin };
    const draft = draftOf(args);
    const stored = await host.withStore('create', store => addMemory(store, draft, context));
    const memory = viewMemory(stored, BRIEF);
    return { text: `Stored.\n${memoryLineOf(memory)}`, data: { memory } };
  },
});

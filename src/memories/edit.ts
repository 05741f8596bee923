import type { Embedder } from '../embedding/embedder.ts';
import { MemportError } from '../errors.ts';
import { newId } from '../model/id.ts';
import { instantFromMilliseconds } from '../model/instant.ts';
import type { Memory } from '../model/memory.ts';
import { memoryEntry } from '../model/record.ts';
import type { Store } from '../store/store.ts';
import { planVectors } from '../transfer/plan-vectors.ts';
import { type Draft, edited, newMemory, type Origin } from './draft.ts';
import { findMemory, resolveId } from './resolve-id.ts';

export interface EditContext {
  readonly embedder: Embedder | null;
  readonly nowMs: number;
  /** Ends a wait for the store. */
  readonly signal?: AbortSignal | undefined;
  /** Who says what is new; the user, unless it is told. */
  readonly origin?: Origin;
}

/** Adds a memory; it is on stable storage when this resolves. */
export async function addMemory(store: Store, draft: Draft, context: EditContext): Promise<Memory> {
  const { embedder, nowMs, origin } = context;
  const now = instantFromMilliseconds(nowMs);
  const memory = newMemory(draft, newId(nowMs), now, embedder?.model ?? null, origin);
  const { writes } = await planVectors([memoryEntry(memory, null)], embedder);
  await store.transact(async transaction => transaction.put(writes), { signal: context.signal });
  return memory;
}

/** Changes what the draft names in the memory whose id begins so. */
export async function updateMemory(
  store: Store,
  prefix: string,
  draft: Draft,
  context: EditContext,
): Promise<Memory> {
  if (Object.values(draft).every(value => value === undefined)) {
    throw new MemportError('usage', 'nothing to change was given', {
      hint: 'memport update <id> --content "…", see memport update --help',
    });
  }
  return store.transact(
    async transaction => {
      const { memory: before, vector } = await findMemory(transaction, prefix);
      const changed = edited(before, draft, instantFromMilliseconds(context.nowMs));
      const sameText = changed.content === before.content;
      const model = sameText ? before.embeddingModel : (context.embedder?.model ?? null);
      const memory = { ...changed, embeddingModel: model };
      const { writes } = await planVectors([memoryEntry(memory, sameText ? vector : null)], context.embedder);
      await transaction.put(writes);
      return memory;
    },
    { signal: context.signal },
  );
}

/** Deletes the memories whose ids begin so, all or none, leaving tombstones. Resolves to their ids. */
export async function deleteMemories(
  store: Store,
  prefixes: readonly string[],
  nowMs: number,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  return store.transact(
    async transaction => {
      const ids = new Set<string>();
      for (const prefix of prefixes) ids.add(await resolveId(transaction, prefix));
      await transaction.delete('memory', [...ids], instantFromMilliseconds(nowMs));
      return [...ids];
    },
    { signal },
  );
}

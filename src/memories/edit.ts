import type { Embedder } from '../embedding/embedder.ts';
import { MemportError } from '../errors.ts';
import { newId } from '../model/id.ts';
import { instantFromMilliseconds } from '../model/instant.ts';
import type { Memory } from '../model/memory.ts';
import { type Entry, memoryEntry } from '../model/record.ts';
import { sameVector } from '../model/vector.ts';
import type { Store, Write } from '../store/store.ts';
import { planVectors } from '../transfer/plan-vectors.ts';
import { type Draft, edited, newMemory, type Origin } from './draft.ts';
import { findMemory, resolveId } from './resolve-id.ts';

export interface EditContext {
  readonly embedder: Embedder | null;
  readonly nowMs: number;
  /** Ends a wait for the store or the embedder. */
  readonly signal?: AbortSignal | undefined;
  /** Told why the embedder made no vector: what is stored is pending, and found by full text. */
  readonly onVectorFailure?: ((error: unknown) => void) | undefined;
  /** Who says what is new; the user, unless it is told. */
  readonly origin?: Origin;
}

/** Adds a memory; it is on stable storage when this resolves, with a vector or, where the embedder fails, without. */
export async function addMemory(store: Store, draft: Draft, context: EditContext): Promise<Memory> {
  const { embedder, nowMs, origin } = context;
  const now = instantFromMilliseconds(nowMs);
  const memory = newMemory(draft, newId(nowMs), now, embedder?.model ?? null, origin);
  const writes = await planned(memoryEntry(memory, null), context);
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
  for (;;) {
    // The vector is made before the transaction: an embedder may take long, and nobody else could write meanwhile.
    const found = await findMemory(store, prefix);
    const { memory: before, vector } = found;
    const changed = edited(before, draft, instantFromMilliseconds(context.nowMs));
    const sameText = changed.content === before.content;
    const model = sameText ? before.embeddingModel : (context.embedder?.model ?? null);
    const memory = { ...changed, embeddingModel: model };
    const writes = await planned(memoryEntry(memory, sameText ? vector : null), context);
    const isDone = await store.transact(
      async transaction => {
        const now = await findMemory(transaction, prefix);
        if (now.line !== found.line || !sameVector(now.vector, vector)) return false;
        await transaction.put(writes);
        return true;
      },
      { signal: context.signal },
    );
    if (isDone) return memory;
  }
}

async function planned(entry: Entry, context: EditContext): Promise<readonly Write[]> {
  const { writes, failure } = await planVectors([entry], context.embedder, { signal: context.signal });
  if (failure !== null) context.onVectorFailure?.(failure);
  return writes;
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

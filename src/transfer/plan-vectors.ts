import type { Embedder } from '../embedding/embedder.ts';
import { toMemportError } from '../errors.ts';
import type { Entry } from '../model/record.ts';
import type { Write } from '../store/store.ts';

export interface PlannedWrites {
  readonly writes: readonly Write[];
  /** Memories that can't be found by vector yet. */
  readonly pending: number;
}

/**
 * Gives each memory a vector of the embedder to be searched by. A record's own vector is never replaced: where that is
 * of another model, the made one goes beside it. A made vector becomes the record's own where the record is labelled
 * with the embedder's model and has none. An embedder that fails costs the vectors, never the memories.
 */
export async function planVectors(
  entries: readonly Entry[],
  embedder: Embedder | null,
  signal?: AbortSignal,
): Promise<PlannedWrites> {
  const lacking = entries.filter(entry => entry.kind === 'memory' && !isSearchable(entry, embedder));
  const made = new Map<Entry, Float32Array>();
  if (embedder !== null && lacking.length > 0) {
    const vectors = await embedOrNothing(embedder, lacking, signal);
    vectors.forEach((vector, i) => {
      const entry = lacking[i];
      if (entry) made.set(entry, vector);
    });
  }
  const writes = entries.map(entry => {
    const vector = made.get(entry);
    if (embedder === null || vector === undefined) return { entry, searchVector: null };
    const own = entry.vector === null && entry.record.embeddingModel === embedder.model;
    return own
      ? { entry: { ...entry, vector }, searchVector: null }
      : { entry, searchVector: { model: embedder.model, vector } };
  });
  return { writes, pending: lacking.length - made.size };
}

function isSearchable(entry: Entry, embedder: Embedder | null): boolean {
  if (embedder === null || entry.vector === null) return false;
  return entry.record.embeddingModel === embedder.model && entry.vector.length === embedder.dimensions;
}

async function embedOrNothing(
  embedder: Embedder,
  entries: readonly Entry[],
  signal?: AbortSignal,
): Promise<readonly Float32Array[]> {
  try {
    return await embedder.embed(
      entries.map(entry => entry.record.content),
      signal,
    );
  } catch (error) {
    if (signal?.aborted || toMemportError(error).code === 'interrupted') throw error;
    return [];
  }
}

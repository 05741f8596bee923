import type { Embedder } from '../embedding/embedder.ts';
import { toMemportError } from '../errors.ts';
import type { Entry } from '../model/record.ts';
import type { Reader, Write } from '../store/store.ts';

export interface PlannedWrites {
  readonly writes: readonly Write[];
  /** Memories that this gives no vector to be found by; the store may have one for the same text: countPending. */
  readonly pending: number;
  /** Why the embedder made no vector for some of them; null when it did not fail. */
  readonly failure: unknown;
}

export interface PlanOptions {
  readonly signal?: AbortSignal | undefined;
  /** `false`: nothing is made, what is missing is pending. */
  readonly make?: boolean;
  /** Told how many texts have just been embedded. */
  readonly onEmbedded?: ((count: number) => void) | undefined;
}

/** So many texts are given to an embedder at a time: between them progress is told. */
const TEXTS = 128;

/**
 * Gives each memory a vector of the embedder to be searched by. A record's own vector is never replaced: where that is
 * of another model, the made one goes beside it. A made vector becomes the record's own where the record is labelled
 * with the embedder's model and has none. An embedder that fails costs the vectors, never the memories.
 */
export async function planVectors(
  entries: readonly Entry[],
  embedder: Embedder | null,
  options: PlanOptions = {},
): Promise<PlannedWrites> {
  const lacking = entries.filter(entry => entry.kind === 'memory' && !isSearchable(entry, embedder));
  const made = new Map<Entry, Float32Array>();
  const failure =
    embedder === null || options.make === false ? null : await embedInto(made, lacking, embedder, options);
  const writes = entries.map(entry => {
    const vector = made.get(entry);
    if (embedder !== null && vector !== undefined) return withVector(entry, vector, embedder.model);
    const isLacking = entry.kind === 'memory' && !isSearchable(entry, embedder);
    return { entry, searchVector: null, ...(isLacking && { keepSearchVector: true }) };
  });
  return { writes, pending: lacking.length - made.size, failure };
}

/** How many of the memories that have been written can't be found by a vector of the embedder. */
export async function countPending(
  reader: Pick<Reader, 'comparableVectors'>,
  writes: readonly Write[],
  embedder: Embedder | null,
): Promise<number> {
  const lacking = writes.filter(write => write.searchVector === null && write.keepSearchVector === true);
  if (embedder === null || lacking.length === 0) return lacking.length;
  const { model, dimensions } = embedder;
  const ids = lacking.map(({ entry }) => entry.record.id);
  return lacking.length - (await reader.comparableVectors({ model, dimensions }, ids)).length;
}

function withVector(entry: Entry, vector: Float32Array, model: string): Write {
  const own = entry.vector === null && entry.record.embeddingModel === model;
  return own
    ? { entry: { ...entry, vector }, searchVector: null }
    : { entry, searchVector: { model, vector } };
}

function isSearchable(entry: Entry, embedder: Embedder | null): boolean {
  if (embedder === null || entry.vector === null) return false;
  return entry.record.embeddingModel === embedder.model && entry.vector.length === embedder.dimensions;
}

/** Resolves to why the embedder failed, else null; what was made before is there all the same. */
async function embedInto(
  made: Map<Entry, Float32Array>,
  entries: readonly Entry[],
  embedder: Embedder,
  { signal, onEmbedded }: PlanOptions,
): Promise<unknown> {
  for (let start = 0; start < entries.length; start += TEXTS) {
    const part = entries.slice(start, start + TEXTS);
    try {
      const vectors = await embedder.embed(
        part.map(entry => entry.record.content),
        signal,
      );
      for (const [i, vector] of vectors.entries()) {
        const entry = part[i];
        if (entry) made.set(entry, vector);
      }
    } catch (error) {
      if (signal?.aborted || toMemportError(error).code === 'interrupted') throw error;
      return error;
    }
    onEmbedded?.(part.length);
  }
  return null;
}

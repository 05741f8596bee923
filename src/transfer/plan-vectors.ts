import { type Embedder, knownDimensions } from '../embedding/embedder.ts';
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
  const made = new Map<Entry, Float32Array>();
  const failure =
    embedder === null || options.make === false ? null : await embedInto(made, entries, embedder, options);
  const writes = entries.map(entry => {
    const vector = made.get(entry);
    if (embedder !== null && vector !== undefined) return withVector(entry, vector, embedder.model);
    const isLacking = entry.kind === 'memory' && !isSearchable(entry, embedder);
    return { entry, searchVector: null, ...(isLacking && { keepSearchVector: true }) };
  });
  return { writes, pending: writes.filter(write => write.keepSearchVector === true).length, failure };
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
  if (dimensions === null) return lacking.length;
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
  const { model, dimensions } = embedder;
  return entry.record.embeddingModel === model && (dimensions ?? entry.vector.length) === entry.vector.length;
}

/** Resolves to why the embedder failed, else null; what was made before is there all the same. */
async function embedInto(
  made: Map<Entry, Float32Array>,
  entries: readonly Entry[],
  embedder: Embedder,
  { signal, onEmbedded }: PlanOptions,
): Promise<unknown> {
  try {
    await measureFirst(entries, embedder, signal);
  } catch (error) {
    return failureOf(error, signal);
  }
  const lacking = entries.filter(entry => entry.kind === 'memory' && !isSearchable(entry, embedder));
  for (let start = 0; start < lacking.length; start += TEXTS) {
    const part = lacking.slice(start, start + TEXTS);
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
      return failureOf(error, signal);
    }
    onEmbedded?.(part.length);
  }
  return null;
}

/** A label may lie: where a vector has the embedder's, its length tells, and so the embedder's must be known. */
async function measureFirst(
  entries: readonly Entry[],
  embedder: Embedder,
  signal: AbortSignal | undefined,
): Promise<void> {
  const claim = entries.some(
    entry => entry.vector !== null && entry.record.embeddingModel === embedder.model,
  );
  if (claim) await knownDimensions(embedder, signal);
}

/** An interruption is no failure of the embedder and goes on up. */
function failureOf(error: unknown, signal: AbortSignal | undefined): unknown {
  if (signal?.aborted || toMemportError(error).code === 'interrupted') throw error;
  return error;
}

/** Makes vectors of texts. Every vector of one embedder has the same length and can be compared with its others only. */
export interface Embedder {
  /** The label that its vectors carry in `embedding_model`. */
  readonly model: string;
  /** null until it is known: a model that has to be loaded or asked tells with its first vectors. */
  readonly dimensions: number | null;
  /** One vector per text, in order. Deterministic unless the provider is not. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
}

/** How long the embedder's vectors are; asks for one where that is not known yet, and throws what the embedder throws. */
export async function knownDimensions(embedder: Embedder, signal?: AbortSignal): Promise<number> {
  if (embedder.dimensions !== null) return embedder.dimensions;
  const [vector] = await embedder.embed(['memport'], signal);
  if (vector === undefined) throw new Error(`${embedder.model} left out a vector`);
  return vector.length;
}

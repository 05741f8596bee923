/** Makes vectors of texts. Every vector of one embedder has the same length and can be compared with its others only. */
export interface Embedder {
  /** The label that its vectors carry in `embedding_model`. */
  readonly model: string;
  readonly dimensions: number;
  /** One vector per text, in order. Deterministic unless the provider is not. */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]>;
}

import { type Embedder, knownDimensions } from './embedder.ts';

/** An embedder that is not asked again once it has failed: much work waits for a server that is down only once. */
export class GivingUp implements Embedder {
  readonly #embedder: Embedder;
  #failed: { readonly error: unknown } | null = null;

  constructor(embedder: Embedder) {
    this.#embedder = embedder;
  }

  get model(): string {
    return this.#embedder.model;
  }

  get dimensions(): number | null {
    return this.#embedder.dimensions;
  }

  /** Why it failed; null while it has not. An interruption is no failure. */
  get failure(): unknown {
    return this.#failed?.error ?? null;
  }

  /** Loads a model or asks a server before anyone is kept waiting by it; a failure is kept, not thrown. */
  async prepare(signal?: AbortSignal): Promise<void> {
    try {
      await knownDimensions(this, signal);
    } catch {
      signal?.throwIfAborted();
    }
  }

  async embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    if (this.#failed !== null) throw this.#failed.error;
    try {
      return await this.#embedder.embed(texts, signal);
    } catch (error) {
      if (!signal?.aborted) this.#failed = { error };
      throw error;
    }
  }
}

import type { Embedder } from '../embedding/embedder.ts';
import { toMemportError } from '../errors.ts';

/** So many texts are given to an embedder at a time. */
const TEXTS = 128;

/** Makes the vectors of one index run. An embedder that fails is not asked again: units stay without a vector, and are found by text. */
export class UnitVectors {
  readonly model: string | null;
  readonly #embedder: Embedder | null;
  readonly #signal: AbortSignal | undefined;
  /** Why the embedder failed; null while it does not. */
  failure: unknown = null;

  constructor(embedder: Embedder | null, signal: AbortSignal | undefined) {
    this.#embedder = embedder;
    this.#signal = signal;
    this.model = embedder?.model ?? null;
  }

  get canMake(): boolean {
    return this.#embedder !== null && this.failure === null;
  }

  /** A vector for each text, null where there is none to be had. Throws when the signal aborts. */
  async of(texts: readonly string[]): Promise<readonly (Float32Array | null)[]> {
    const vectors: (Float32Array | null)[] = [];
    for (let start = 0; start < texts.length; start += TEXTS) {
      vectors.push(...(await this.#embed(texts.slice(start, start + TEXTS))));
    }
    return vectors;
  }

  async #embed(texts: readonly string[]): Promise<readonly (Float32Array | null)[]> {
    if (this.#embedder === null || this.failure !== null) return texts.map(() => null);
    try {
      const vectors = await this.#embedder.embed(texts, this.#signal);
      return texts.map((_text, n) => vectors[n] ?? null);
    } catch (error) {
      if (this.#signal?.aborted || toMemportError(error).code === 'interrupted') throw error;
      this.failure = error;
      return texts.map(() => null);
    }
  }
}

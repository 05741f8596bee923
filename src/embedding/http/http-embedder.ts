import { MemportError } from '../../errors.ts';
import type { Embedder } from '../embedder.ts';
import { TooLarge } from './failure.ts';
import { type Patience, postPatiently } from './retry.ts';
import { readVectors } from './vectors.ts';

export interface HttpOptions extends Pick<Patience, 'key' | 'timeoutMs' | 'sleep' | 'now'> {
  readonly endpoint: URL;
  readonly model: string;
  /** Asked for and insisted on; null: whatever the model gives, but always the same. */
  readonly dimensions: number | null;
}

const MAX_TEXTS = 64;
const MAX_CHARACTERS = 100_000;
/** A text is not cut shorter than this to make it pass. */
const SHORTEST = 200;

/**
 * An embedder behind an OpenAI-compatible `/v1/embeddings`. At most 64 texts and 100,000 characters go into a request; what
 * the server finds too large is halved, and a single text loses its end. Throws MemportError `network` or `no_key`.
 */
export class HttpEmbedder implements Embedder {
  readonly #options: HttpOptions;
  readonly #where: string;
  #dimensions: number | null;
  #longest = MAX_CHARACTERS;

  constructor(options: HttpOptions) {
    this.#options = options;
    this.#dimensions = options.dimensions;
    this.#where = `${options.endpoint.origin}${options.endpoint.pathname}`;
  }

  get model(): string {
    return this.#options.model;
  }

  get dimensions(): number | null {
    return this.#dimensions;
  }

  async embed(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    const vectors: Float32Array[] = [];
    let batch: string[] = [];
    let characters = 0;
    const flush = async (): Promise<void> => {
      if (batch.length > 0) vectors.push(...(await this.#embedBatch(batch, signal)));
      [batch, characters] = [[], 0];
    };
    for (const text of texts) {
      const read = beginning(text, this.#longest);
      if (batch.length === MAX_TEXTS || characters + read.length > MAX_CHARACTERS) await flush();
      batch.push(read);
      characters += read.length;
    }
    await flush();
    return vectors;
  }

  async #embedBatch(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    try {
      return await this.#ask(texts, signal);
    } catch (error) {
      const [text = ''] = texts;
      if (!(error instanceof TooLarge) || (texts.length === 1 && text.length <= SHORTEST)) throw error;
      if (texts.length === 1) return this.#embedShorter(text, signal);
      const middle = Math.ceil(texts.length / 2);
      const first = await this.#embedBatch(texts.slice(0, middle), signal);
      return [...first, ...(await this.#embedBatch(texts.slice(middle), signal))];
    }
  }

  async #embedShorter(text: string, signal?: AbortSignal): Promise<readonly Float32Array[]> {
    const length = Math.ceil(text.length / 2);
    const vectors = await this.#embedBatch([beginning(text, length)], signal);
    // What follows is not sent longer than what has passed.
    this.#longest = Math.min(this.#longest, length);
    return vectors;
  }

  async #ask(texts: readonly string[], signal?: AbortSignal): Promise<readonly Float32Array[]> {
    const { endpoint, model, dimensions } = this.#options;
    const body = JSON.stringify({
      model,
      input: texts,
      encoding_format: 'float',
      ...(dimensions !== null && { dimensions }),
    });
    const answer = await postPatiently(endpoint, body, { ...this.#options, signal });
    const vectors = readVectors(answer, texts.length, this.#where);
    this.#checkDimensions(vectors);
    return vectors;
  }

  /** Vectors of two lengths under one name can't all be of one model. */
  #checkDimensions(vectors: readonly Float32Array[]): void {
    const expected = this.#dimensions ?? vectors[0]?.length ?? null;
    const odd = vectors.find(vector => vector.length !== expected);
    if (odd !== undefined) {
      throw new MemportError(
        'network',
        `${this.#where} gave a vector of ${odd.length} dimensions in place of ${expected}`,
        { hint: 'check embedding_model and embedding_dimensions: memport config show' },
      );
    }
    this.#dimensions = expected;
  }
}

/** Never half a character at the end, and none that JSON can't carry. */
function beginning(text: string, length: number): string {
  return (text.length > length ? text.slice(0, length) : text).toWellFormed();
}

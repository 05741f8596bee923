import type { Embedder } from '../../embedding/embedder.ts';
import { vectorFromBytes } from '../../model/vector.ts';
import type { ModelVectors, Reader, Write } from '../../store/store.ts';
import { storedMemory } from '../stored-entry.ts';

export interface ComparedVector {
  readonly id: string;
  readonly vector: Float32Array;
}

const PAGE = 500;
/** Vectors that are held at a time to be compared. */
const COMPARED = 256;

/**
 * The vectors of one model by which memories are compared. With `text`, an embedder of that model that needs nothing, also
 * those of memories that have none of it: they are made of the text, for the comparison only.
 */
export class ComparedVectors {
  readonly #reader: Reader;
  readonly #group: ModelVectors;
  readonly #text: Embedder | null;

  constructor(reader: Reader, group: ModelVectors, text: Embedder | null) {
    this.#reader = reader;
    this.#group = group;
    this.#text = text;
  }

  /** For each of the memories that are to be written its vector, null where it has none of this model. */
  async of(writes: readonly Write[]): Promise<readonly (Float32Array | null)[]> {
    const vectors = writes.map(write => vectorIn(write, this.#group));
    if (this.#text === null) return vectors;
    const lacking = writes.filter((_, i) => vectors[i] === null).map(write => write.entry.record.content);
    const made = (await this.#text.embed(lacking)).values();
    return vectors.map(vector => vector ?? made.next().value ?? null);
  }

  /** How many `all` gives. */
  async count(): Promise<number> {
    const { memories } = await this.#reader.counts();
    if (this.#text !== null) return memories;
    return memories - (await this.#reader.pendingVectors(this.#group.model, this.#group.dimensions));
  }

  /** Those of all memories of the store, page after page. */
  async *all(signal: AbortSignal | undefined): AsyncIterable<readonly ComparedVector[]> {
    for (let after: string | null = null; ; ) {
      signal?.throwIfAborted();
      const page = await this.#reader.comparableVectors(this.#group, { after, limit: PAGE });
      const last = page.at(-1);
      if (last === undefined) break;
      yield page.map(({ id, bytes }) => ({ id, vector: vectorFromBytes(bytes) }));
      after = last.id;
    }
    if (this.#text === null) return;
    for (let after: string | null = null; ; ) {
      signal?.throwIfAborted();
      const ids: readonly string[] = await this.#reader.idsWithoutVector(this.#group, { after, limit: PAGE });
      const last = ids.at(-1);
      if (last === undefined) return;
      yield await this.#ofTexts(ids, this.#text);
      after = last;
    }
  }

  /** Those of these memories of the store that have one. */
  async *byId(ids: readonly string[]): AsyncIterable<ComparedVector> {
    for (let start = 0; start < ids.length; start += COMPARED) {
      const part = ids.slice(start, start + COMPARED);
      const stored = await this.#reader.comparableVectors(this.#group, part);
      for (const { id, bytes } of stored) yield { id, vector: vectorFromBytes(bytes) };
      if (this.#text === null) continue;
      const there = new Set(stored.map(({ id }) => id));
      yield* await this.#ofTexts(
        part.filter(id => !there.has(id)),
        this.#text,
      );
    }
  }

  async #ofTexts(ids: readonly string[], text: Embedder): Promise<readonly ComparedVector[]> {
    if (ids.length === 0) return [];
    const memories = (await this.#reader.get('memory', ids)).map(storedMemory);
    const vectors = await text.embed(memories.map(({ content }) => content));
    return memories.flatMap(({ id }, i) => {
      const vector = vectors[i];
      return vector === undefined ? [] : [{ id, vector }];
    });
  }
}

/** The memory's own vector or its search vector, whichever is of this model and dimension. */
export function vectorIn({ entry, searchVector }: Write, group: ModelVectors): Float32Array | null {
  if (entry.record.embeddingModel === group.model && entry.vector?.length === group.dimensions)
    return entry.vector;
  const made = searchVector?.model === group.model ? searchVector.vector : null;
  return made?.length === group.dimensions ? made : null;
}

export function spaceKey({ model, dimensions }: ModelVectors): string {
  return `${dimensions} ${model}`;
}

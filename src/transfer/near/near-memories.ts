import type { Embedder } from '../../embedding/embedder.ts';
import { hashingEmbedder } from '../../embedding/hashing.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { mostDistance, SIGNATURE_WORDS, Signer } from '../../model/signature.ts';
import type { ModelVectors, Reader, Write } from '../../store/store.ts';
import { ComparedVectors, spaceKey, vectorIn } from './compared-vectors.ts';
import { type Candidate, SignatureIndex } from './signature-index.ts';

/** Another memory that says nearly the same, and the cosine of the angle between both vectors. */
export interface Near {
  readonly id: string;
  readonly similarity: number;
}

export interface NearOptions extends WorkOptions {
  /** From this cosine on, two memories are near. */
  readonly threshold: number;
  /** Whether those that are found near are left out, so that nothing after them is near to them. */
  readonly leaveOut: boolean;
  readonly embedder: Embedder | null;
}

/** Vectors that are compared with each other. */
interface Space {
  readonly vectors: ComparedVectors;
  readonly signer: Signer;
  readonly index: SignatureIndex;
}

/** Forgives what floating point makes of two equal vectors. */
const ROUNDING = 1e-9;

/**
 * Finds memories that are near to one of the store or to one before them, as docs/duplicates.md tells: signatures give
 * candidates, and the vectors themselves decide. What a store holds is read once, when the first memory is compared, and
 * told as progress of the phase `comparing`.
 */
export class NearMemories {
  readonly #reader: Reader;
  readonly #options: NearOptions;
  readonly #text = hashingEmbedder();
  readonly #spaces = new Map<string, Space>();
  readonly #limit: number;
  readonly #signature = new Int32Array(SIGNATURE_WORDS);

  constructor(reader: Reader, options: NearOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#limit = mostDistance(options.threshold);
  }

  /**
   * To be told of all memories that are going to be written, in order and before they are. Gives for each of `wanted` that
   * is near to another one the nearest.
   */
  async find(
    writes: readonly Write[],
    wanted: (write: Write) => boolean,
  ): Promise<ReadonlyMap<string, Near>> {
    const memories = writes.filter(write => write.entry.kind === 'memory');
    const spaces = new Map<Write, Space>();
    for (const write of memories) if (wanted(write)) spaces.set(write, await this.#spaceOf(write));
    const near = new Map<string, Near>();
    // Where those that are found are left out, that of each must be known before the next one is looked for.
    const step = this.#options.leaveOut ? 1 : Math.max(1, memories.length);
    for (const space of this.#spaces.values()) {
      const vectors = await space.vectors.of(memories);
      const fresh = new Map<string, Float32Array>();
      const own = memories.map((write, i): Looking => {
        return {
          id: write.entry.record.id,
          vector: vectors[i] ?? null,
          isWanted: spaces.get(write) === space,
        };
      });
      for (let start = 0; start < own.length; start += step)
        await this.#findIn(space, own.slice(start, start + step), fresh, near);
    }
    return near;
  }

  /** Adds those that are near to others to `near`; `fresh` gets the vectors of all. */
  async #findIn(
    space: Space,
    looking: readonly Looking[],
    fresh: Map<string, Float32Array>,
    near: Map<string, Near>,
  ): Promise<void> {
    const looked: Looked[] = [];
    const slots = new Map<string, number>();
    for (const { id, vector, isWanted } of looking) {
      if (vector === null) continue;
      space.signer.sign(vector, this.#signature, 0);
      const found = isWanted ? space.index.search(this.#signature, this.#limit) : [];
      const candidates = found.filter(candidate => candidate.id !== id);
      if (candidates.length > 0) looked.push({ id, vector, candidates, similarities: new Map() });
      slots.set(id, space.index.add(id, this.#signature));
      fresh.set(id, vector);
    }
    await measure(looked, fresh, space);
    for (const one of looked) {
      const nearest = this.#nearest(one);
      if (nearest === null) continue;
      near.set(one.id, nearest);
      const slot = slots.get(one.id);
      if (this.#options.leaveOut && slot !== undefined) space.index.forget(slot);
    }
  }

  /** Of equally near ones the first candidate. */
  #nearest({ candidates, similarities }: Looked): Near | null {
    const { threshold } = this.#options;
    let nearest: Near | null = null;
    for (const { id } of candidates) {
      const similarity = similarities.get(id) ?? 0;
      if (similarity + ROUNDING < threshold) continue;
      if (nearest === null || similarity > nearest.similarity + ROUNDING) nearest = { id, similarity };
    }
    return nearest;
  }

  /** By the vector of the configured embedder, else by the own one where its model has a name, else by the text. */
  async #spaceOf(write: Write): Promise<Space> {
    const { embedder } = this.#options;
    const { entry } = write;
    const group = embedder !== null && modelVectors(embedder);
    if (group && vectorIn(write, group) !== null) return this.#space(group);
    const model = entry.record.embeddingModel;
    if (entry.vector !== null && entry.vector.length > 0 && model !== null)
      return this.#space({ model, dimensions: entry.vector.length });
    return this.#space(this.#text);
  }

  async #space({ model, dimensions }: { model: string; dimensions: number }): Promise<Space> {
    const group = { model, dimensions };
    const key = spaceKey(group);
    const known = this.#spaces.get(key);
    if (known !== undefined) return known;
    const text = key === spaceKey(this.#text) ? this.#text : null;
    const vectors = new ComparedVectors(this.#reader, group, text);
    const space = { vectors, signer: new Signer(dimensions), index: new SignatureIndex() };
    const { signal, onProgress } = this.#options;
    const total = onProgress === undefined ? null : await vectors.count();
    for await (const page of vectors.all(signal)) {
      for (const { id, vector } of page) {
        space.signer.sign(vector, this.#signature, 0);
        space.index.add(id, this.#signature);
      }
      onProgress?.({ phase: 'comparing', done: space.index.size, total, unit: 'records' });
    }
    this.#spaces.set(key, space);
    return space;
  }
}

/** null while the embedder has made none. */
function modelVectors({ model, dimensions }: Embedder): ModelVectors | null {
  return dimensions === null ? null : { model, dimensions };
}

interface Looking {
  readonly id: string;
  readonly vector: Float32Array | null;
  readonly isWanted: boolean;
}

interface Looked {
  readonly id: string;
  readonly vector: Float32Array;
  readonly candidates: readonly Candidate[];
  /** Id → cosine. */
  readonly similarities: Map<string, number>;
}

/** Fills in the similarities to all candidates that still have a vector; vectors of the store are held a few at a time. */
async function measure(
  looked: readonly Looked[],
  fresh: ReadonlyMap<string, Float32Array>,
  space: Space,
): Promise<void> {
  const askers = new Map<string, Looked[]>();
  for (const one of looked) {
    for (const { id } of one.candidates) {
      const mine = fresh.get(id);
      if (mine !== undefined) one.similarities.set(id, cosine(one.vector, mine));
      else askers.set(id, [...(askers.get(id) ?? []), one]);
    }
  }
  for await (const { id, vector } of space.vectors.byId([...askers.keys()]))
    for (const one of askers.get(id) ?? []) one.similarities.set(id, cosine(one.vector, vector));
}

/** 0 where one of them is all zeros. */
function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] ?? 0, b[i] ?? 0];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return aa === 0 || bb === 0 ? 0 : Math.min(1, dot / Math.sqrt(aa) / Math.sqrt(bb));
}

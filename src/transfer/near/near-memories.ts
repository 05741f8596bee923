import type { Embedder } from '../../embedding/embedder.ts';
import { hashingEmbedder } from '../../embedding/hashing.ts';
import type { WorkOptions } from '../../model/progress.ts';
import { mostDistance } from '../../model/signature.ts';
import type { ModelVectors, Reader, Write } from '../../store/store.ts';
import { type ComparedVector, ComparedVectors, spaceKey, vectorIn } from './compared-vectors.ts';
import { type Found, SignatureSpace, type VectorBatch } from './signature-space.ts';
import { SignatureThread } from './signature-thread.ts';

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
  /** About how many memories are compared, those of the store and those to be written. */
  readonly about: number;
  readonly embedder: Embedder | null;
}

/** Vectors that are compared with each other. */
interface Space {
  readonly group: ModelVectors;
  readonly vectors: ComparedVectors;
  readonly take: (batch: VectorBatch) => Promise<readonly Found[]>;
  readonly forgetLast: () => void;
}

/** Forgives what floating point makes of two equal vectors. */
const ROUNDING = 1e-9;
/** So many are worth a thread. */
const MANY = 20_000;

/**
 * Finds memories that are near to one of the store or to one before them, as docs/duplicates.md tells: signatures give
 * candidates, and the vectors themselves decide. What a store holds is read once, when the first memory is compared, and
 * told as progress of the phase `comparing`. Signatures of many memories are compared on another thread.
 */
export class NearMemories implements Disposable {
  readonly #reader: Reader;
  readonly #options: NearOptions;
  readonly #text = hashingEmbedder();
  readonly #spaces = new Map<string, Space>();
  readonly #limit: number;
  readonly #thread: Promise<SignatureThread | null>;

  constructor(reader: Reader, options: NearOptions) {
    this.#reader = reader;
    this.#options = options;
    this.#limit = mostDistance(options.threshold);
    // What is found must be known at once where it is left out.
    this.#thread = options.leaveOut || options.about < MANY ? Promise.resolve(null) : SignatureThread.start();
  }

  [Symbol.dispose](): void {
    void this.#thread.then(thread => thread?.[Symbol.dispose]());
  }

  /**
   * To be told of all memories that are going to be written, in order and before they are. Resolves as soon as they may be,
   * to a function that gives for each of `wanted` that is near to another one the nearest.
   */
  async look(
    writes: readonly Write[],
    wanted: (write: Write) => boolean,
  ): Promise<() => Promise<ReadonlyMap<string, Near>>> {
    const memories = writes.filter(write => write.entry.kind === 'memory');
    const spaces = new Map<Write, Space>();
    for (const write of memories) if (wanted(write)) spaces.set(write, await this.#spaceOf(write));
    const near = new Map<string, Near>();
    const looks: (() => Promise<void>)[] = [];
    for (const space of this.#spaces.values()) {
      const vectors = await space.vectors.of(memories);
      const looking = memories.flatMap((write, i): Looking[] => {
        const vector = vectors[i] ?? null;
        if (vector === null) return [];
        return [{ id: write.entry.record.id, vector, isWanted: spaces.get(write) === space }];
      });
      if (this.#options.leaveOut) await this.#leaveOut(space, looking, near);
      else looks.push(this.#begin(space, looking, near));
    }
    return async () => {
      for (const end of looks) await end();
      return near;
    };
  }

  /** One after the other: that of each must be known before the next one is looked for. */
  async #leaveOut(space: Space, looking: readonly Looking[], near: Map<string, Near>): Promise<void> {
    const fresh = new Map<string, Float32Array>();
    for (const one of looking) {
      await this.#begin(space, [one], near, fresh)();
      if (near.has(one.id)) space.forgetLast();
    }
  }

  /** Adds those that are near to others to `near`, when what it returns is called; `fresh` gets the vectors of all. */
  #begin(
    space: Space,
    looking: readonly Looking[],
    near: Map<string, Near>,
    fresh = new Map<string, Float32Array>(),
  ): () => Promise<void> {
    const taken = space.take(batchOf(looking, space.group.dimensions));
    taken.catch(() => {});
    return async () => {
      const found = await taken;
      for (const { id, vector } of looking) fresh.set(id, vector);
      const looked = found.flatMap(({ at, ids }): Looked[] => {
        const one = looking[at];
        return one === undefined ? [] : [{ ...one, candidates: ids, similarities: new Map() }];
      });
      await measure(looked, fresh, space);
      for (const one of looked) {
        const nearest = this.#nearest(one);
        if (nearest !== null) near.set(one.id, nearest);
      }
    };
  }

  /** Of equally near ones the first candidate. */
  #nearest({ candidates, similarities }: Looked): Near | null {
    const { threshold } = this.#options;
    let nearest: Near | null = null;
    for (const id of candidates) {
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
    const space = { group, vectors, ...(await this.#signatures(group)) };
    const { signal, onProgress } = this.#options;
    const total = onProgress === undefined ? null : await vectors.count();
    let done = 0;
    for await (const page of vectors.all(signal)) {
      await space.take(batchOf(page, dimensions));
      done += page.length;
      onProgress?.({ phase: 'comparing', done, total, unit: 'records' });
    }
    this.#spaces.set(key, space);
    return space;
  }

  async #signatures(group: ModelVectors): Promise<Pick<Space, 'take' | 'forgetLast'>> {
    const { dimensions } = group;
    const limit = this.#limit;
    const thread = await this.#thread;
    if (thread !== null) {
      const space = this.#spaces.size;
      return { take: batch => thread.take({ space, dimensions, batch, limit }), forgetLast: () => {} };
    }
    const space = new SignatureSpace(dimensions);
    return { take: async batch => space.take(batch, limit), forgetLast: () => space.forgetLast() };
  }
}

/** null while the embedder has made none. */
function modelVectors({ model, dimensions }: Embedder): ModelVectors | null {
  return dimensions === null ? null : { model, dimensions };
}

interface Looking extends ComparedVector {
  readonly isWanted: boolean;
}

interface Looked extends ComparedVector {
  /** Ids. */
  readonly candidates: readonly string[];
  /** Id → cosine. */
  readonly similarities: Map<string, number>;
}

function batchOf(vectors: readonly (ComparedVector & Partial<Looking>)[], dimensions: number): VectorBatch {
  const joined = new Float32Array(vectors.length * dimensions);
  const wanted = new Set<number>();
  for (const [at, { vector, isWanted }] of vectors.entries()) {
    joined.set(vector, at * dimensions);
    if (isWanted) wanted.add(at);
  }
  return { ids: vectors.map(({ id }) => id), vectors: joined, wanted };
}

/** Fills in the similarities to all candidates that still have a vector; vectors of the store are held a few at a time. */
async function measure(
  looked: readonly Looked[],
  fresh: ReadonlyMap<string, Float32Array>,
  space: Space,
): Promise<void> {
  const askers = new Map<string, Looked[]>();
  for (const one of looked) {
    for (const id of one.candidates) {
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

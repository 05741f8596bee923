// Searches of a store whose vectors are made of its texts, so that likeness means something.
import { hashingEmbedder } from '../src/embedding/hashing.ts';
import { searchMemories } from '../src/memories/search.ts';
import { EVERYTHING } from '../src/model/filter.ts';
import type { MemoryEntry } from '../src/model/record.ts';
import type { Store } from '../src/store/store.ts';
import { benchBatches, benchMemory } from './data.ts';

const RUNS = 40;
const DEPTH = 100;
const EMBEDDER = hashingEmbedder();

export type SearchWay = 'text' | 'vector' | 'hybrid';

export interface SearchMeasure {
  /** The median. */
  readonly ms: number;
  readonly p95: number;
  /** The median of processor time: what else the machine does counts less. */
  readonly cpuMs: number;
}

/** The memories of the bench with vectors of their texts. */
export async function* searchBatches(count: number): AsyncIterable<readonly MemoryEntry[]> {
  for (const batch of benchBatches(count)) {
    const vectors = await EMBEDDER.embed(batch.map(({ record }) => record.content));
    yield batch.map((entry, i) => ({ ...entry, vector: vectors[i] ?? null }));
  }
}

/** Three words of one of the memories, another for each run. */
export function benchQuery(run: number, count: number): string {
  return benchMemory((run * 7919) % count)
    .record.content.split(' ')
    .slice(3, 6)
    .join(' ');
}

export async function measureSearch(store: Store, way: SearchWay, count: number): Promise<SearchMeasure> {
  await search(store, way, benchQuery(RUNS, count));
  const runs: { readonly ms: number; readonly cpuMs: number }[] = [];
  for (let run = 0; run < RUNS; run++) {
    const query = benchQuery(run, count);
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    await search(store, way, query);
    const [ms, { user, system }] = [performance.now() - start, process.cpuUsage(cpu)];
    runs.push({ ms, cpuMs: (user + system) / 1000 });
  }
  const at = (values: readonly number[], share: number): number =>
    values.toSorted((a, b) => a - b)[Math.floor(values.length * share)] ?? Number.NaN;
  const times = runs.map(({ ms }) => ms);
  const cpuMs = at(
    runs.map(run => run.cpuMs),
    0.5,
  );
  return { ms: at(times, 0.5), p95: at(times, 0.95), cpuMs };
}

async function search(store: Store, way: SearchWay, query: string): Promise<void> {
  if (way === 'text') await store.searchText(query, EVERYTHING, DEPTH);
  if (way === 'hybrid') await searchMemories(store, { query, filter: EVERYTHING, limit: 10 }, EMBEDDER);
  if (way !== 'vector') return;
  const [vector = new Float32Array()] = await EMBEDDER.embed([query]);
  await store.searchVectors(vector, EMBEDDER.model, EVERYTHING, DEPTH);
}

/** The first search, which makes the index of the codes of many vectors, and what share of the nearest is found by it. */
export async function measureFirst(
  store: Store,
  count: number,
): Promise<{ readonly ms: number; readonly recall: number }> {
  const start = performance.now();
  await search(store, 'vector', benchQuery(RUNS, count));
  const ms = performance.now() - start;
  return { ms, recall: await measureRecall(store, count) };
}

/** The share of the ten nearest that a search finds; with a limit this high all vectors are compared. */
async function measureRecall(store: Store, count: number): Promise<number> {
  let found = 0;
  for (let run = 0; run < RUNS / 4; run++) {
    const [vector = new Float32Array()] = await EMBEDDER.embed([benchQuery(run, count)]);
    const ids = async (limit: number): Promise<readonly string[]> =>
      (await store.searchVectors(vector, EMBEDDER.model, EVERYTHING, limit)).slice(0, 10).map(({ id }) => id);
    const [fast, exact] = [new Set(await ids(DEPTH)), await ids(2000)];
    found += exact.filter(id => fast.has(id)).length / exact.length;
  }
  return found / (RUNS / 4);
}

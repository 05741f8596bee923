import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hashingEmbedder } from '../../src/embedding/hashing.ts';
import { searchMemories } from '../../src/memories/search.ts';
import { EVERYTHING, type Filter } from '../../src/model/filter.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { storedMemory } from '../../src/transfer/stored-entry.ts';
import { ok, scratch } from '../support/cli.ts';
import { type LabelledQuery, MEMORIES, QUERIES } from './labelled.ts';

const EMBEDDER = hashingEmbedder();
const DEPTH = 5;

type Ways = Readonly<Record<'text' | 'vector' | 'hybrid', readonly string[]>>;

async function answersOf(store: Store, { query, project, tag }: LabelledQuery): Promise<Ways> {
  const filter: Filter = {
    ...EVERYTHING,
    projects: project === undefined ? [] : [project],
    tags: tag === undefined ? [] : [tag],
  };
  const [vector = new Float32Array()] = await EMBEDDER.embed([query]);
  const contents = (hits: readonly { readonly id: string; readonly line: string }[]): readonly string[] =>
    hits.map(hit => storedMemory(hit).content);
  const found = await searchMemories(store, { query, filter, limit: DEPTH }, EMBEDDER);
  return {
    text: contents(await store.searchText(query, filter, DEPTH)),
    vector: contents(await store.searchVectors(vector, EMBEDDER.model, filter, DEPTH)),
    hybrid: found.map(({ memory }) => memory.content),
  };
}

/** The share of the answers that are among the first five. */
function recall(found: readonly string[], { answers }: LabelledQuery): number {
  const there = answers.filter(answer => found.some(content => content.startsWith(answer)));
  return there.length / answers.length;
}

test('recall@5 over labelled queries: the hybrid is no worse than the better of text and vectors', async () => {
  const home = scratch();
  for (const [i, args] of MEMORIES.entries())
    await ok(['add', ...args], { home, now: () => 1_750_000_000_000 + i });
  await using store = await openStore({ path: join(home, 'memport.db') });
  const sums = { text: 0, vector: 0, hybrid: 0 };
  const missed: string[] = [];
  for (const labelled of QUERIES) {
    const found = await answersOf(store, labelled);
    for (const way of ['text', 'vector', 'hybrid'] as const) sums[way] += recall(found[way], labelled);
    if (recall(found.hybrid, labelled) < 1) missed.push(labelled.query);
  }
  const mean = (way: keyof typeof sums): number => sums[way] / QUERIES.length;
  process.stdout.write(
    `recall@5 of ${QUERIES.length} queries over ${MEMORIES.length} memories: text ${mean('text').toFixed(3)}, ` +
      `vector ${mean('vector').toFixed(3)}, hybrid ${mean('hybrid').toFixed(3)}; hybrid misses: ${missed.join(' | ') || 'none'}\n`,
  );
  expect(MEMORIES.length).toBeGreaterThanOrEqual(40);
  expect(QUERIES.length).toBeGreaterThanOrEqual(25);
  expect(mean('text')).toBeGreaterThanOrEqual(0.7);
  expect(mean('vector')).toBeGreaterThanOrEqual(0.9);
  expect(mean('hybrid')).toBeGreaterThanOrEqual(Math.max(mean('text'), mean('vector'), 0.95));
});

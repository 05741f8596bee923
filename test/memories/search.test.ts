import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { hashingEmbedder } from '../../src/embedding/hashing.ts';
import { addMemory } from '../../src/memories/edit.ts';
import { searchMemories } from '../../src/memories/search.ts';
import { EVERYTHING } from '../../src/model/filter.ts';
import { memoryLine } from '../../src/model/memory.ts';
import { openStore } from '../../src/store/open.ts';
import type { Hit, Store } from '../../src/store/store.ts';
import { scratch } from '../support/cli.ts';
import { aMemory, idOf } from '../support/records.ts';

const EMBEDDER: Embedder = {
  model: 'm',
  dimensions: 1,
  embed: async texts => texts.map(() => Float32Array.of(1)),
};
const MUTE: Embedder = { ...EMBEDDER, embed: async () => [] };

const hit = (n: number, score = 1): Hit => ({
  id: idOf(n),
  score,
  line: memoryLine(aMemory({ id: idOf(n) })),
});

/** A reader that finds these by text and by vector, and tells what it was asked. */
function reader(byText: readonly Hit[], byVector: readonly Hit[]) {
  const asked: unknown[] = [];
  return {
    asked,
    newest: async () => [],
    counts: async () => ({ memories: 0, codeUnits: 0, tombstones: 0 }),
    vectorGroups: async () => [],
    pendingVectors: async () => 0,
    searchText: async (query: string, _filter: unknown, limit: number) => {
      asked.push(['text', query, limit]);
      return byText;
    },
    searchVectors: async (vector: Float32Array, model: string, _filter: unknown, limit: number) => {
      asked.push(['vector', [...vector], model, limit]);
      return byVector;
    },
  };
}
async function ranks(of: ReturnType<typeof reader>, embedder: Embedder | null = EMBEDDER, limit = 10) {
  const found = await searchMemories(of, { query: 'q', filter: EVERYTHING, limit }, embedder);
  return found.map(({ memory, score }) => [memory.id, score]);
}

describe('fusion', () => {
  test('adds up reciprocal ranks: found by both beats found first by one', async () => {
    const both = reader([hit(1), hit(2)], [hit(3), hit(2)]);
    expect(await ranks(both)).toEqual([
      [idOf(2), 1 / 62 + 1 / 62],
      [idOf(1), 1 / 61],
      [idOf(3), 1 / 61],
    ]);
    expect(both.asked).toEqual([
      ['text', 'q', 100],
      ['vector', [1], 'm', 100],
    ]);
  });

  test.each([
    [[hit(1)], [hit(2)]],
    [[hit(2)], [hit(1)]],
  ])('equal scores go by id, whichever way they were found', async (byText, byVector) => {
    expect((await ranks(reader(byText, byVector))).map(([id]) => id)).toEqual([idOf(1), idOf(2)]);
  });

  test('looks deeper than the limit, and as deep as the limit', async () => {
    const shallow = reader([hit(1), hit(2)], []);
    expect(await ranks(shallow, null, 1)).toEqual([[idOf(1), 1 / 61]]);
    const deep = reader([], []);
    await ranks(deep, null, 700);
    expect(deep.asked).toEqual([['text', 'q', 700]]);
  });

  test('what is not like the query at all is not found by likeness', async () => {
    expect(await ranks(reader([], [hit(1, 0.2), hit(2, 0), hit(3, -0.1)]))).toEqual([[idOf(1), 1 / 61]]);
  });
});

describe('without vectors it goes by text', () => {
  test.each([
    ['no embedder', null],
    ['an embedder that gives nothing', MUTE],
  ])('%s', async (_, embedder) => {
    const only = reader([hit(1)], [hit(2)]);
    expect(await ranks(only, embedder)).toEqual([[idOf(1), 1 / 61]]);
    expect(only.asked).toEqual([['text', 'q', 100]]);
  });
});

describe('on a store', () => {
  async function filled(): Promise<Store> {
    const store = await openStore({ path: join(scratch(), 'm.db'), create: true });
    const texts = ['The API listens on port 8443.', 'Vents open at 27 degrees.', 'Prices are in cents.'];
    for (const [i, content] of texts.entries())
      await addMemory(store, { content }, { embedder: hashingEmbedder(), nowMs: 1000 + i });
    return store;
  }
  const contents = async (store: Store, query: string, embedder: Embedder | null, limit = 10) =>
    (await searchMemories(store, { query, filter: EVERYTHING, limit }, embedder)).map(
      found => found.memory.content,
    );

  test('by word, by likeness, and nothing where nothing is', async () => {
    await using store = await filled();
    expect(await contents(store, 'degrees', null)).toEqual(['Vents open at 27 degrees.']);
    expect((await contents(store, 'pricing', hashingEmbedder()))[0]).toBe('Prices are in cents.');
    expect(await contents(store, 'zzzz', null)).toEqual([]);
  });

  test.each(['', '  \n'])('an empty query gives the newest: %j', async query => {
    await using store = await filled();
    const found = await searchMemories(store, { query, filter: EVERYTHING, limit: 2 }, hashingEmbedder());
    expect(found.map(({ memory, score }) => [memory.content, score])).toEqual([
      ['Prices are in cents.', 0],
      ['Vents open at 27 degrees.', 0],
    ]);
    expect(found[0]?.line).toContain('"content":"Prices are in cents."');
  });
});

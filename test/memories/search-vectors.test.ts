import { expect, test } from 'vitest';
import type { Embedder } from '../../src/embedding/embedder.ts';
import { MemportError } from '../../src/errors.ts';
import { searchByVectors } from '../../src/memories/search-vectors.ts';
import { EVERYTHING } from '../../src/model/filter.ts';
import type { Hit } from '../../src/store/store.ts';
import { idOf } from '../support/records.ts';

const embedder = (model: string, dimensions: number | null = 1): Embedder => ({
  model,
  dimensions,
  embed: async (texts, signal) => {
    signal?.throwIfAborted();
    return texts.map(() => Float32Array.of(1));
  },
});
const hit = (n: number, score = 1): Hit => ({ id: idOf(n), score, line: '' });
const REQUEST = { query: 'q', filter: EVERYTHING, limit: 9 };

/** A store with these vectors by model, of which so many memories have none of the embedder. */
function reader(groups: Readonly<Record<string, readonly Hit[]>>, pending: number) {
  const asked: string[] = [];
  return {
    asked,
    counts: async () => ({ memories: 9, codeUnits: 0, tombstones: 0 }),
    vectorGroups: async () =>
      Object.entries(groups).map(([model, hits]) => ({ model, dimensions: 1, count: hits.length })),
    pendingVectors: async () => pending,
    searchVectors: async (_vector: Float32Array, model: string) => {
      asked.push(model);
      return groups[model] ?? [];
    },
  };
}

async function search(
  of: ReturnType<typeof reader>,
  open: (label: string) => Promise<Embedder | null>,
  signal?: AbortSignal,
) {
  const warnings: string[] = [];
  const others = { open, warn: (warning: string) => void warnings.push(warning) };
  const hits = await searchByVectors(of, REQUEST, embedder('m'), { others, signal });
  return { ids: hits.map(({ id }) => id), warnings };
}

test('each vector is compared with a query of its own model, and the rankings take turns', async () => {
  const store = reader({ m: [hit(1), hit(2)], old: [hit(3), hit(4), hit(5, -1)], older: [hit(6)] }, 4);
  expect(await search(store, async label => embedder(label))).toEqual({
    ids: [1, 3, 6, 2, 4].map(idOf),
    warnings: [],
  });
  expect(store.asked).toEqual(['m', 'old', 'older']);
});

test('a memory that two models find counts once', async () => {
  const store = reader({ m: [hit(1), hit(2)], old: [hit(2), hit(1)] }, 4);
  expect((await search(store, async label => embedder(label))).ids).toEqual([1, 2].map(idOf));
});

test('others are not asked where nothing is pending, and no more than three', async () => {
  const settled = reader({ m: [hit(1)], old: [hit(3)] }, 0);
  expect((await search(settled, async label => embedder(label))).ids).toEqual([idOf(1)]);
  const many = reader(Object.fromEntries('abcdef'.split('').map(label => [label, [hit(1)]])), 9);
  await search(many, async label => embedder(label));
  expect(many.asked).toEqual(['m', 'a', 'b', 'c']);
});

test('a model that is not at hand, or fails, is told of, and the rest is searched', async () => {
  const store = reader({ m: [hit(1)], gone: [hit(3)], broken: [hit(4)] }, 4);
  const open = async (label: string) => {
    if (label === 'gone') return null;
    throw new MemportError('failed', 'it is broken', { hint: 'mend it' });
  };
  const { ids, warnings } = await search(store, open);
  expect(ids).toEqual([idOf(1)]);
  expect(warnings).toEqual([
    expect.stringMatching(
      /vectors of broken .*it is broken \(mend it\); memport embed --all makes those of m/,
    ),
    expect.stringMatching(/vectors of gone .*not at hand; memport embed --all/),
  ]);
});

test('an interruption is none of that', async () => {
  const store = reader({ m: [hit(1)], old: [hit(3)] }, 4);
  await expect(search(store, async label => embedder(label), AbortSignal.abort())).rejects.toThrow(/abort/i);
  const controller = new AbortController();
  const open = async () => {
    controller.abort();
    throw new Error('closed');
  };
  await expect(search(store, open, controller.signal)).rejects.toThrow('closed');
});

test('without others to ask, a failing embedder finds nothing and fails nobody', async () => {
  const failing: Embedder = { ...embedder('m'), embed: () => Promise.reject(new Error('down')) };
  expect(await searchByVectors(reader({}, 0), REQUEST, failing, {})).toEqual([]);
  expect(await searchByVectors(reader({}, 0), REQUEST, null, {})).toEqual([]);
});

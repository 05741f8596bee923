import { expect, test } from 'vitest';
import { LINE_SEPARATOR } from '../../../src/model/digest.ts';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import type { LineRun, Store } from '../../../src/store/store.ts';
import { scratch } from '../../support/cli.ts';
import { aCodeUnit, aMemory, idOf } from '../../support/records.ts';

async function storeOf(entries: readonly Entry[]): Promise<Store> {
  const store = await openStore({ path: `${scratch()}/memport.db` });
  await store.transact(async transaction =>
    transaction.put(entries.map(entry => ({ entry, searchVector: null }))),
  );
  return store;
}

const memory = (
  n: number,
  model: string | null,
  vector: Float32Array | null,
  content = `Memory ${n} 日本 \u0000`,
): Entry =>
  memoryEntry(
    aMemory({ id: idOf(n), content, embeddingModel: model, projectName: n % 2 ? 'odd' : 'even' }),
    vector,
  );

/** The page as a scan gives it, put together again. */
async function expected(store: Store, after: string | null, limit: number): Promise<string> {
  const lines = await store.scan('memory', { after, limit });
  return lines
    .map(({ id, line, model, dimensions }) => `${id} ${dimensions && `${model} ${dimensions}`} ${line}`)
    .join('\n');
}

function flat(runs: readonly LineRun[]): string {
  return runs
    .flatMap(({ count, ids, lines, vectors }) => {
      const parts = Buffer.from(lines).toString('utf8').split(LINE_SEPARATOR);
      expect(parts).toHaveLength(count);
      return parts.map(
        (line, i) =>
          `${ids.slice(i * 36, i * 36 + 36)} ${vectors && `${vectors.model} ${vectors.dimensions}`} ${line}`,
      );
    })
    .join('\n');
}

const TWO = Float32Array.of(1, 2);
const THREE = Float32Array.of(1, 2, 3);

test.each([
  ['alike', [memory(1, 'm', TWO), memory(2, 'm', TWO), memory(3, 'm', TWO)], 1],
  ['without vectors, labelled differently', [memory(1, 'm', null), memory(2, null, null)], 1],
  ['without a label', [memory(1, null, TWO), memory(2, null, TWO)], 1],
  ['with and without a label', [memory(1, null, TWO), memory(2, 'm', TWO)], 2],
  ['of two models', [memory(1, 'm', TWO), memory(2, 'm', TWO), memory(3, 'n', TWO)], 2],
  ['of two dimensions', [memory(1, 'm', TWO), memory(2, 'm', THREE), memory(3, 'm', TWO)], 3],
  ['some without a vector', [memory(1, 'm', null), memory(2, 'm', TWO), memory(3, 'm', null)], 3],
])('records %s', async (_, entries, count) => {
  await using store = await storeOf(entries);
  const runs = await store.scanRuns('memory', { after: null, limit: 100 });
  expect(runs).toHaveLength(count);
  expect(flat(runs)).toBe(await expected(store, null, 100));
  expect(flat(await store.scanRuns('memory', { after: idOf(1), limit: 1 }))).toBe(
    await expected(store, idOf(1), 1),
  );
  expect(await store.scanRuns('memory', { after: idOf(9), limit: 1 })).toEqual([]);
});

test('filters, code units and an empty store', async () => {
  await using store = await storeOf([
    memory(1, 'm', TWO),
    memory(2, 'm', TWO),
    codeUnitEntry(aCodeUnit(), TWO),
  ]);
  const filter = { ...EVERYTHING, projects: ['even'] };
  expect(await store.scanRuns('memory', { filter, after: null, limit: 9 })).toMatchObject([
    { count: 1, ids: idOf(2) },
  ]);
  expect(await store.scanRuns('code_unit', { after: null, limit: 9 })).toMatchObject([
    { count: 1, vectors: { model: null, dimensions: 2 } },
  ]);
  expect(
    await store.scanRuns('code_unit', { filter: { ...EVERYTHING, tags: ['x'] }, after: null, limit: 9 }),
  ).toEqual([]);
});

test('a page of large records ends early, and none is left out', async () => {
  const large = 'x'.repeat(3_000_000);
  await using store = await storeOf([
    memory(1, 'm', TWO, `${large}1`),
    memory(2, 'm', TWO, `${large}2`),
    memory(3, 'm', TWO, `${large}3`),
  ]);
  let [after, found]: [string | null, string[]] = [null, []];
  for (;;) {
    const runs = await store.scanRuns('memory', { after, limit: 1000 });
    if (runs.length === 0) break;
    expect(runs.reduce((sum, run) => sum + run.lines.length, 0)).toBeLessThan(8_000_000);
    found = [...found, ...runs.flatMap(run => run.ids.match(/.{36}/g) ?? [])];
    after = found.at(-1) ?? null;
  }
  expect(found).toEqual([idOf(1), idOf(2), idOf(3)]);
});

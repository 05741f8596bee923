import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hashingEmbedder } from '../../src/embedding/hashing.ts';
import { FIXED_STRATEGIES } from '../../src/merge-strategies.ts';
import { EVERYTHING } from '../../src/model/filter.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { Store } from '../../src/store/store.ts';
import { embedAll } from '../../src/transfer/embed.ts';
import { exportStore } from '../../src/transfer/export.ts';
import { importSource } from '../../src/transfer/import/pipeline.ts';
import { NO_RENAMES } from '../../src/transfer/import/rename.ts';
import type { Strategy } from '../../src/transfer/import/strategy.ts';
import { openInput } from '../../src/transfer/open-input.ts';
import { storeDigest } from '../../src/transfer/store-digest.ts';
import { type Left, undoOperation } from '../../src/transfer/undo.ts';
import { put } from '../contract/place.ts';
import { scratch } from '../support/cli.ts';
import { points } from '../support/deep.ts';
import { dump, type Step, steps, takeSteps } from '../support/random-store.ts';
import { aMemory, at, idOf } from '../support/records.ts';

const NOW = Date.parse('2026-06-01');

async function archiveOf(folder: string, taken: readonly Step[]): Promise<string> {
  await using store = await openStore({ path: join(folder, 'other.db') });
  await takeSteps(store, taken);
  const target = join(folder, 'other.tar.gz');
  const what = { format: 'archive', filter: EVERYTHING, embeddings: true, code: true } as const;
  await exportStore(store, { ...what, target, exportDate: 1n, generator: 'memport test', config: {} });
  return target;
}

async function importArchive(store: Store, file: string, strategy: Strategy, nowMs = NOW): Promise<unknown> {
  await using input = await openInput(file);
  return await importSource(store, input.source, {
    input: file,
    filter: EVERYTHING,
    strategy,
    dryRun: false,
    keepDuplicates: true,
    renames: NO_RENAMES,
    nearDuplicates: 'keep',
    nearThreshold: 0.95,
    vectors: 'auto',
    rejectsPath: `${file}.rejects.jsonl`,
    embedder: hashingEmbedder(),
    nowMs,
  });
}

const undo = (store: Store, operation: string | null = null, parts: object = {}) =>
  undoOperation(store, { operation, dryRun: false, nowMs: NOW + 1, ...parts });

it('brings back to the bit what an import changed, and again when the undo is undone', async () => {
  await fc.assert(
    fc.asyncProperty(steps, steps, fc.constantFrom(...FIXED_STRATEGIES), async (mine, theirs, strategy) => {
      const folder = scratch();
      const file = await archiveOf(folder, theirs);
      const path = join(folder, 'memport.db');
      await using store = await openStore({ path });
      await takeSteps(store, mine);
      const [before, digest] = [dump(path), await storeDigest(store)];
      await importArchive(store, file, strategy);
      const [after, operations] = [dump(path), await store.operations({ prefix: '', after: null, limit: 9 })];
      expect(operations).toHaveLength(JSON.stringify(after) === JSON.stringify(before) ? 0 : 1);
      const report = await undo(store);
      expect(dump(path)).toEqual(before);
      expect(await storeDigest(store)).toBe(digest);
      if (report === null) return;
      expect(report).toMatchObject({ left: 0, operation: { id: operations[0]?.id } });
      const again = await undo(store, report.operationId, { nowMs: NOW + 2 });
      expect(dump(path)).toEqual(after);
      const third = await undo(store, again?.operationId ?? '', { nowMs: NOW + 3 });
      expect(dump(path)).toEqual(before);
      expect(third).toMatchObject({ left: 0 });
    }),
    { numRuns: points(300, 25) },
  );
});

it('brings back just the vectors of before when `embed --all` follows an import, step by step and again', async () => {
  let [embeds, imports] = [0, 0];
  await fc.assert(
    fc.asyncProperty(steps, steps, fc.constantFrom(...FIXED_STRATEGIES), async (mine, theirs, strategy) => {
      const folder = scratch();
      const file = await archiveOf(folder, theirs);
      const path = join(folder, 'memport.db');
      await using store = await openStore({ path });
      await takeSteps(store, mine);
      const states = [dump(path)];
      const ids: string[] = [];
      await importArchive(store, file, strategy);
      for (const { id } of await store.operations({ prefix: '', after: null, limit: 1 })) {
        ids.push(id);
        imports += 1;
        states.push(dump(path));
      }
      const { operation_id: embed } = await embedAll(store, hashingEmbedder(), NOW + 1);
      if (embed !== null) {
        ids.push(embed);
        embeds += 1;
        states.push(dump(path));
      }
      const undone: string[] = [];
      for (const [n, id] of [...ids.entries()].toReversed()) {
        const report = await undo(store, null, { nowMs: NOW + 2 });
        expect(report).toMatchObject({ operation: { id }, left: 0 });
        undone.push(report?.operationId ?? '');
        expect(dump(path)).toEqual(states[n]);
      }
      for (const [n, id] of undone.toReversed().entries()) {
        expect(await undo(store, id, { nowMs: NOW + 3 })).toMatchObject({ left: 0 });
        expect(dump(path)).toEqual(states[n + 1]);
      }
    }),
    { numRuns: points(300, 25) },
  );
  expect([embeds > 0, imports > 0]).toEqual([true, true]);
});

it('an import that `embed --all` has changed since is left where it did, and comes undone after it', async () => {
  const { store, path } = await imported();
  await using _ = store;
  const [operation] = await store.operations({ prefix: '', after: null, limit: 1 });
  const after = dump(path);
  await embedAll(store, hashingEmbedder(), NOW + 1);
  const embedded = dump(path);
  const first = await undo(store, operation?.id ?? '', { nowMs: NOW + 2 });
  expect(first).toMatchObject({ restored: 0, left: 2, operationId: null });
  expect(dump(path)).toEqual(embedded);
  await undo(store, null, { nowMs: NOW + 3 });
  expect(dump(path)).toEqual(after);
  expect(await undo(store, operation?.id ?? '', { nowMs: NOW + 4 })).toMatchObject({ restored: 2, left: 0 });
});

it('leaves rows that were changed since, names them, and takes back all others', async () => {
  let some = 0;
  await fc.assert(
    fc.asyncProperty(
      steps,
      steps,
      fc.uniqueArray(fc.nat(9), { maxLength: 4 }),
      async (mine, theirs, edits) => {
        const folder = scratch();
        const file = await archiveOf(folder, theirs);
        const path = join(folder, 'memport.db');
        await using store = await openStore({ path });
        await takeSteps(store, mine);
        const before = dump(path);
        await importArchive(store, file, 'keep-newer');
        const [operation] = await store.operations({ prefix: '', after: null, limit: 1 });
        const changed =
          operation === undefined ? [] : await store.changes(operation.id, { after: null, limit: 99 });
        const edited = edits.map(n => memoryEntry(aMemory({ id: idOf(n), content: `edited ${n}` }), null));
        await put(store, ...edited);
        const left: Left[] = [];
        await undo(store, null, { onLeft: (row: Left) => left.push(row) });
        const ids = new Set<unknown>(edits.map(idOf));
        const touched = changed.filter(({ kind, id }) => kind === 'memory' && ids.has(id));
        expect(left).toEqual(touched.map(({ kind, id }) => ({ kind, id })));
        some += left.length;
        const rest = (state: ReturnType<typeof dump>) =>
          Object.fromEntries(
            Object.entries(state).map(([table, rows]) => [
              table,
              rows.flat().filter(row => !(row instanceof Object && 'id' in row && ids.has(row.id))),
            ]),
          );
        const now = dump(path);
        // Code units share ids with the memories that were edited, so they are compared by themselves.
        expect(now.units).toEqual(before.units);
        expect(rest(now)).toEqual(rest(before));
        expect(now.memories).toEqual(
          expect.arrayContaining(edited.map(({ line }) => expect.objectContaining({ record: line }))),
        );
      },
    ),
    { numRuns: points(300, 25) },
  );
  expect(some).toBeGreaterThan(0);
});

async function imported(): Promise<{ store: Store; path: string; file: string }> {
  const folder = scratch();
  const path = join(folder, 'memport.db');
  const put = { type: 'put', word: 'alpha', vector: [1], searched: false } as const;
  const file = await archiveOf(folder, [
    { ...put, n: 1, day: 3 },
    { ...put, n: 2, day: 3 },
  ]);
  const store = await openStore({ path });
  await takeSteps(store, [{ ...put, n: 1, day: 1 }]);
  await importArchive(store, file, 'keep-newer');
  return { store, path, file };
}

it('goes back in time, one operation after the other, and stops at the first', async () => {
  const { store, path } = await imported();
  await using _store = store;
  const first = dump(path);
  const other = await archiveOf(scratch(), [
    { type: 'put', n: 1, word: 'beta', day: 5, vector: [], searched: false },
  ]);
  await importArchive(store, other, 'keep-newer', NOW + 1);
  expect(await undo(store)).toMatchObject({ restored: 1, left: 0 });
  expect(dump(path)).toEqual(first);
  expect(await undo(store)).toMatchObject({ restored: 2, left: 0 });
  expect(await store.counts()).toMatchObject({ memories: 1 });
  const before = dump(path);
  expect(await undo(store)).toBeNull();
  expect(dump(path)).toEqual(before);
});

it('refuses what is undone already, and changes nothing', async () => {
  const { store, path } = await imported();
  await using _store = store;
  const report = await undo(store);
  const before = dump(path);
  const id = report?.operation.id ?? '';
  await expect(undo(store, id)).rejects.toMatchObject({
    code: 'usage',
    hint: expect.stringContaining(report?.operationId ?? 'none'),
  });
  await expect(undo(store, 'ffffffff')).rejects.toMatchObject({ code: 'not_found' });
  await expect(undo(store, 'no id')).rejects.toMatchObject({ code: 'usage' });
  await expect(undo(store, '01')).rejects.toMatchObject({ code: 'usage' });
  await expect(undo(store, id.slice(0, 4))).rejects.toMatchObject({
    code: 'usage',
    message: expect.stringContaining('several'),
  });
  expect(dump(path)).toEqual(before);
});

it('of two undos of the same operation at once one takes it back, the other is refused', async () => {
  const { store, path } = await imported();
  await using _store = store;
  await using other = await openStore({ path });
  const results = await Promise.allSettled([undo(store), undo(other)]);
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await store.operations({ prefix: '', after: null, limit: 9 })).toHaveLength(2);
});

it('is not recorded, and counts as not done, when everything was changed since', async () => {
  const { store } = await imported();
  await using _store = store;
  const entry = (n: number) =>
    memoryEntry(aMemory({ id: idOf(n), content: 'mine', updatedAt: at('2026-03-01') }), null);
  await put(store, entry(1), entry(2));
  await store.transact(transaction => transaction.deleteProjects(['p2']));
  expect(await undo(store)).toMatchObject({ restored: 0, left: 2, operationId: null });
  expect(await store.operations({ prefix: '', after: null, limit: 9 })).toMatchObject([{ undoneBy: null }]);
});

it('shows in a dry run what it would do, and does nothing', async () => {
  const { store, path } = await imported();
  await using _store = store;
  const before = dump(path);
  expect(await undo(store, null, { dryRun: true })).toMatchObject({
    restored: 2,
    left: 0,
    operationId: null,
  });
  expect(dump(path)).toEqual(before);
  expect(await undo(store)).toMatchObject({ restored: 2 });
});

it('is taken back when it is interrupted', async () => {
  const { store, path } = await imported();
  await using _store = store;
  const before = dump(path);
  const stop = new AbortController();
  const request = { operation: null, dryRun: false, nowMs: NOW };
  const work = undoOperation(store, request, { signal: stop.signal, onProgress: () => stop.abort() });
  await expect(work).rejects.toMatchObject({ code: 'interrupted' });
  expect(dump(path)).toEqual(before);
});

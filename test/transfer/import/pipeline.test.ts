import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { MemportError } from '../../../src/errors.ts';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { type ImportRequest, importSource } from '../../../src/transfer/import/pipeline.ts';
import { openInput } from '../../../src/transfer/open-input.ts';
import { scratch } from '../../support/cli.ts';
import { idOf } from '../../support/records.ts';
import { feat038Json, originalMemory } from '../../support/stores.ts';

const BAD = originalMemory(2, { content: '' });

async function importFile(
  store: Store,
  file: string,
  parts: Partial<ImportRequest> = {},
  signal?: AbortSignal,
) {
  await using input = await openInput(file);
  return await importSource(
    store,
    input.source,
    {
      input: file,
      filter: EVERYTHING,
      strategy: 'keep-newer',
      renames: new Map(),
      dryRun: false,
      keepDuplicates: false,
      nearDuplicates: 'off',
      nearThreshold: 0.95,
      vectors: 'none',
      rejectsPath: `${file}.rejects.jsonl`,
      embedder: null,
      nowMs: Date.parse('2026-06-01T00:00:00Z'),
      ...parts,
    },
    { signal },
  );
}

/** The store, but that no transaction can be committed: `failing` is called where that would be. */
function uncommitting(store: Store, failing: () => Promise<never>): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name !== 'transact') {
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? member.bind(target) : member;
      }
      const transact: Store['transact'] = (work, options) =>
        target.transact(async transaction => {
          await work(transaction);
          return failing();
        }, options);
      return transact;
    },
  });
}

test.each([
  ['beside the file', {}],
  ['in a file of another name', { rejectsNaming: 'refuse' }],
] as const)('an import that can not be committed leaves no rejects behind, %s', async (_, parts) => {
  const folder = scratch();
  const file = feat038Json(folder, [originalMemory(1), BAD]);
  await using store = await openStore({ path: join(scratch(), 'm.db'), create: true });
  let seen: readonly string[] = [];
  const full = uncommitting(store, async () => {
    seen = readdirSync(folder);
    throw new MemportError('no_space', 'the disk is full');
  });
  await expect(importFile(full, file, parts)).rejects.toMatchObject({ code: 'no_space' });
  expect(seen).toContain('original.json.rejects.jsonl');
  expect(readdirSync(folder)).toEqual(['original.json']);
  expect((await store.counts()).memories).toBe(0);
  expect(await importFile(store, file, parts)).toMatchObject({ created: 1, rejected: 1 });
});

test('one that is interrupted while the rejects get their name leaves none either', async () => {
  const folder = scratch();
  const file = feat038Json(folder, [originalMemory(1), BAD]);
  await using store = await openStore({ path: join(scratch(), 'm.db'), create: true });
  const interrupt = new AbortController();
  const pending = uncommitting(store, async () => {
    interrupt.abort();
    return await new Promise<never>(() => {});
  });
  await expect(importFile(pending, file, {}, interrupt.signal)).rejects.toMatchObject({
    code: 'interrupted',
  });
  expect(readdirSync(folder)).toEqual(['original.json']);
});

test('ask with strict asks nobody about a file that is refused, and keeps its rejects', async () => {
  const folder = scratch();
  await using store = await openStore({ path: join(scratch(), 'm.db'), create: true });
  await importFile(store, feat038Json(scratch(), [originalMemory(1)]));
  const file = feat038Json(folder, [originalMemory(1, { content: 'Other.' }), BAD]);
  const told: string[] = [];
  const parts: Partial<ImportRequest> = {
    strategy: 'ask',
    strict: true,
    ask: () => Promise.reject(new Error('nobody is to be asked')),
    onOutcome: ({ type }) => void told.push(type),
  };
  await expect(importFile(store, file, { ...parts, dryRun: true })).rejects.toMatchObject({
    code: 'integrity',
  });
  expect(readdirSync(folder)).toEqual(['original.json']);
  told.length = 0;
  await expect(importFile(store, file, parts)).rejects.toMatchObject({ code: 'integrity' });
  expect(told).toEqual(['reject']);
  expect(readFileSync(`${file}.rejects.jsonl`, 'utf8')).toContain('content is empty');
  const whole = feat038Json(scratch(), [originalMemory(1, { content: 'Other.' })]);
  const ask = async () => ({ choice: 'imported', forAll: false }) as const;
  expect(await importFile(store, whole, { ...parts, ask })).toMatchObject({ updated: 1, rejected: 0 });
});

test('a tombstone that stands before the record of its id is not counted: it is gone again', async () => {
  const folder = scratch();
  const file = join(folder, 'tombstones-first.json');
  const tombstones = [1, 2].map(n => ({
    id: idOf(n),
    kind: 'memory',
    deleted_at: '2026-02-01T00:00:00Z',
    content_hash: 'h',
  }));
  const memory = originalMemory(1, { id: idOf(1) });
  const counts = { memory_count: 1, code_unit_count: 0, tombstone_count: 2 };
  const head = { version: '1.0.0', schema_version: '3.0.0', generator: 'memport 1', ...counts };
  writeFileSync(file, JSON.stringify({ ...head, tombstones, memories: [memory] }));
  await using store = await openStore({ path: join(folder, 'm.db') });
  for (const dryRun of [true, false])
    expect(await importFile(store, file, { dryRun })).toMatchObject({ created: 1, tombstones_added: 1 });
  expect(await store.tombstones({ after: null, limit: 9 })).toMatchObject([{ id: idOf(2) }]);
  expect(await importFile(store, file)).toMatchObject({
    unchanged: 1,
    tombstones_added: 0,
    operation_id: null,
  });
});

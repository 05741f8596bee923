import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashingEmbedder } from '../../../src/embedding/hashing.ts';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { type MemoryEntry, memoryEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Answer, Ask, Choice, Conflict } from '../../../src/transfer/import/ask.ts';
import { type ImportRequest, importSource } from '../../../src/transfer/import/pipeline.ts';
import type { ImportReport } from '../../../src/transfer/import/report.ts';
import { openInput } from '../../../src/transfer/open-input.ts';
import { storeDigest } from '../../../src/transfer/store-digest.ts';
import { scratch } from '../../support/cli.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { feat038Json, originalMemory } from '../../support/stores.ts';

const answer = (choice: Choice, forAll = false): Answer => ({ choice, forAll });

/** A store with `count` memories, and a file with other texts under the same ids. */
async function conflicting(count: number): Promise<{ folder: string; store: Store; file: string }> {
  const folder = scratch();
  const store = await openStore({ path: join(folder, 'memport.db'), create: true });
  await put(store, ...Array.from({ length: count }, (_, n) => stored(n)));
  const theirs = Array.from({ length: count }, (_, n) =>
    originalMemory(n, { id: idOf(n), content: `Theirs ${n}.` }),
  );
  return { folder, store, file: feat038Json(folder, theirs) };
}

const stored = (n: number, content = `Mine ${n}.`): MemoryEntry =>
  memoryEntry(aMemory({ id: idOf(n), content }), null);

async function put(store: Store, ...entries: MemoryEntry[]): Promise<void> {
  await store.transact(transaction => transaction.put(entries.map(entry => ({ entry, searchVector: null }))));
}

async function importFile(
  { store, file, folder }: { store: Store; file: string; folder: string },
  ask: Ask | undefined,
  parts: Partial<ImportRequest> = {},
  signal?: AbortSignal,
): Promise<ImportReport> {
  await using input = await openInput(file);
  const request: ImportRequest = {
    input: file,
    filter: EVERYTHING,
    strategy: 'ask',
    renames: new Map(),
    dryRun: false,
    keepDuplicates: false,
    nearDuplicates: 'keep',
    nearThreshold: 0.95,
    vectors: 'auto',
    rejectsPath: join(folder, 'rejects.jsonl'),
    embedder: hashingEmbedder(),
    nowMs: Date.parse('2026-06-01T00:00:00Z'),
    ...(ask && { ask }),
    ...parts,
  };
  return await importSource(store, input.source, request, { signal });
}

async function contents(store: Store): Promise<readonly string[]> {
  const lines = await store.scan('memory', { after: null, limit: 1000 });
  return lines.map(({ line }) => (JSON.parse(line) as { content: string }).content);
}

describe('asking', () => {
  test('each conflict is asked about once, with its number, and gets what was chosen', async () => {
    const place = await conflicting(4);
    await using store = place.store;
    const choices: readonly Choice[] = ['existing', 'imported', 'both', 'skip'];
    const asked: [Conflict, number][] = [];
    const seen: string[] = [];
    const report = await importFile(
      place,
      async (conflict, number) => {
        asked.push([conflict, number]);
        return answer(choices[number - 1] ?? 'skip');
      },
      { onOutcome: outcome => void seen.push(outcome.type) },
    );
    expect(
      asked.map(([{ existing, imported }, number]) => [
        existing.record.content,
        imported.record.content,
        number,
      ]),
    ).toEqual([
      ['Mine 0.', 'Theirs 0.', 1],
      ['Mine 1.', 'Theirs 1.', 2],
      ['Mine 2.', 'Theirs 2.', 3],
      ['Mine 3.', 'Theirs 3.', 4],
    ]);
    expect(report).toMatchObject({
      strategy: 'ask',
      updated: 1,
      kept_both: 1,
      skipped: 2,
      total: 4,
      pending_vectors: 0,
    });
    expect([...(await contents(store))].sort()).toEqual([
      'Mine 0.',
      'Mine 2.',
      'Mine 3.',
      'Theirs 1.',
      'Theirs 2. (imported)',
    ]);
    expect(seen).toHaveLength(4);
  });

  test('an answer for all that follow ends the asking, and what was answered before stays so', async () => {
    const place = await conflicting(450);
    await using store = place.store;
    let asked = 0;
    const report = await importFile(place, async (_, number) => {
      asked = number;
      return number < 205 ? answer('skip') : answer('imported', true);
    });
    expect(asked).toBe(205);
    expect(report).toMatchObject({ skipped: 204, updated: 246 });
    expect((await contents(store)).filter(text => text.startsWith('Theirs'))).toHaveLength(246);
  });

  test('nothing is asked where nothing is in conflict, or only the vector was missing', async () => {
    const place = await conflicting(0);
    await using store = place.store;
    await put(store, stored(7));
    const never: Ask = () => Promise.reject(new Error('asked'));
    expect(await importFile(place, never)).toMatchObject({ total: 0, operation_id: null });
    const { folder } = place;
    const same = originalMemory(0);
    await importFile({ ...place, file: feat038Json(folder, [same]) }, never);
    const file = feat038Json(folder, [{ ...same, embedding: [0.6, 0.8] }]);
    expect(await importFile({ ...place, file }, never)).toMatchObject({ updated: 1 });
    expect(await importFile({ ...place, file }, never)).toMatchObject({ unchanged: 1 });
  });

  test('a dry run asks too, and changes nothing', async () => {
    const place = await conflicting(3);
    await using store = place.store;
    const before = await storeDigest(store);
    const ask: Ask = async () => answer('both');
    const dry = await importFile(place, ask, { dryRun: true });
    expect(await storeDigest(store)).toBe(before);
    expect(dry).toMatchObject({ kept_both: 3, dry_run: true });
    expect(await importFile(place, ask)).toMatchObject({ kept_both: 3 });
  });

  test('the same id twice in one file: the second is asked about with what became of the first', async () => {
    const { store: opened, folder } = await conflicting(1);
    await using store = opened;
    const twice = [1, 2].map(n => originalMemory(0, { id: idOf(0), content: `Version ${n}.` }));
    const asked: string[] = [];
    await importFile({ store, folder, file: feat038Json(folder, twice) }, async ({ existing, imported }) => {
      asked.push(`${existing.record.content} ${imported.record.content}`);
      return answer('imported');
    });
    expect(asked.at(0)).toBe('Mine 0. Version 1.');
    expect(asked.at(-1)).toBe('Version 1. Version 2.');
    expect(await contents(store)).toEqual(['Version 2.']);
  });
});

describe('while someone thinks', () => {
  test('others write to the store; what they changed is asked about anew', async () => {
    const place = await conflicting(2);
    await using store = place.store;
    const asked: string[] = [];
    const report = await importFile(place, async ({ existing }, number) => {
      asked.push(existing.record.content);
      if (number === 2) await put(store, stored(0, 'Changed meanwhile.'), stored(9, 'New meanwhile.'));
      return answer(number < 3 ? 'imported' : 'existing');
    });
    expect(asked).toEqual(['Mine 0.', 'Mine 1.', 'Changed meanwhile.']);
    expect(report).toMatchObject({ updated: 1, skipped: 1 });
    expect(await contents(store)).toEqual(['Changed meanwhile.', 'Theirs 1.', 'New meanwhile.']);
  });

  test('also what changes after the last trial, found by the real run alone', async () => {
    const place = await conflicting(1);
    await using store = place.store;
    const transact = store.transact.bind(store);
    let runs = 0;
    store.transact = async (work, options) => {
      runs += 1;
      // The first run finds the conflict, the second finds nothing open, the third is the real one.
      if (runs === 3)
        await transact(change => change.put([{ entry: stored(0, 'Just now.'), searchVector: null }]));
      return transact(work, options);
    };
    const asked: string[] = [];
    const report = await importFile(place, async ({ existing }, number) => {
      asked.push(`${number} ${existing.record.content}`);
      return answer('imported');
    });
    expect(asked).toEqual(['1 Mine 0.', '2 Just now.']);
    expect(report).toMatchObject({ updated: 1, total: 1 });
    expect(await contents(store)).toEqual(['Theirs 0.']);
  });

  test('giving up leaves the store as it was', async () => {
    const place = await conflicting(3);
    await using store = place.store;
    const before = await storeDigest(store);
    const controller = new AbortController();
    const aborted = importFile(
      place,
      async () => {
        controller.abort(new Error('enough'));
        return answer('imported');
      },
      {},
      controller.signal,
    );
    await expect(aborted).rejects.toThrow('enough');
    const failed = importFile(place, (_, n) =>
      n < 2 ? Promise.resolve(answer('imported')) : Promise.reject(new Error('gone')),
    );
    await expect(failed).rejects.toThrow('gone');
    expect(await storeDigest(store)).toBe(before);
  });

  test('without someone to ask it is refused', async () => {
    const place = await conflicting(1);
    await using store = place.store;
    await expect(importFile(place, undefined)).rejects.toMatchObject({ code: 'usage' });
    expect(await contents(store)).toEqual(['Mine 0.']);
  });
});

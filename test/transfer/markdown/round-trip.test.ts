import { rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import { EVERYTHING } from '../../../src/model/filter.ts';
import type { Entry } from '../../../src/model/record.ts';
import { memoryEntry } from '../../../src/model/record.ts';
import { openStore } from '../../../src/store/open.ts';
import type { Store } from '../../../src/store/store.ts';
import { exportStore } from '../../../src/transfer/export.ts';
import { importSource } from '../../../src/transfer/import/pipeline.ts';
import { openInput } from '../../../src/transfer/open-input.ts';
import { recordsDigest } from '../../../src/transfer/store-digest.ts';
import { entries, HOSTILE } from '../../formats/markdown/generated.ts';
import { scratch } from '../../support/cli.ts';
import { points, reportFigures } from '../../support/deep.ts';
import { storeOf } from '../../support/markdown.ts';
import { aMemory, at, idOf } from '../../support/records.ts';

const RUNS = points(1000, 30);

async function exportTo(store: Store, target: string, singleFile: boolean): Promise<void> {
  await exportStore(store, {
    format: 'markdown',
    filter: EVERYTHING,
    target,
    embeddings: false,
    code: true,
    singleFile,
    exportDate: at('2026-06-01T00:00:00Z'),
    generator: 'memport 0.0.0',
    config: {},
  });
}

async function importTo(store: Store, target: string) {
  await using input = await openInput(target);
  return await importSource(store, input.source, {
    input: target,
    filter: EVERYTHING,
    strategy: 'keep-newer',
    renames: new Map(),
    dryRun: false,
    keepDuplicates: true,
    nearDuplicates: 'off',
    nearThreshold: 0.95,
    rejectsPath: `${target}.rejects`,
    vectors: 'none',
    embedder: null,
    nowMs: Date.parse('2026-07-01T00:00:00Z'),
  });
}

async function roundTrip(folder: string, records: readonly Entry[], singleFile: boolean): Promise<void> {
  const [from, to, target] = ['from.db', 'to.db', 'kb'].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  try {
    await using store = await storeOf(from, records);
    await using copy = await openStore({ path: to });
    await exportTo(store, target, singleFile);
    const report = await importTo(copy, target);
    expect(report).toMatchObject({ created: records.length, rejected: 0, missing: 0, warnings: {} });
    expect(await recordsDigest(copy)).toBe(await recordsDigest(store));
    const again = await importTo(copy, target);
    expect(again).toMatchObject({ unchanged: records.length, rejected: 0, operation_id: null });
  } finally {
    for (const name of [from, to])
      for (const end of ['', '-wal', '-shm']) rmSync(name + end, { force: true });
    rmSync(target, { recursive: true, force: true });
  }
}

describe.each([
  ['a folder', false],
  ['a single file', true],
])('[P2-05] [UNIT-03] out to %s and back into an empty store', (_, singleFile) => {
  test('gives the same content digest, vectors aside, whatever the store holds', async context => {
    const folder = scratch();
    await fc.assert(
      fc.asyncProperty(entries, records => roundTrip(folder, records, singleFile)),
      { numRuns: RUNS, seed: inject('seed') },
    );
    reportFigures(context, { stores: RUNS });
  }, 1_800_000);

  test('gives every hostile text back', async () => {
    const contents = [
      ...HOSTILE,
      ...HOSTILE.map(piece => `Before.\n${piece}\nAfter.`),
      'x'.repeat(1024 * 1024),
    ];
    const records = contents.map((content, n) =>
      memoryEntry(aMemory({ id: idOf(n + 1), content, category: n % 2 === 0 ? 'fact' : 'code' }), null),
    );
    await roundTrip(scratch(), records, singleFile);
  });
});

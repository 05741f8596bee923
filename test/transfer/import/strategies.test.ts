import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hashingEmbedder } from '../../../src/embedding/hashing.ts';
import { FIXED_STRATEGIES, type FixedStrategy } from '../../../src/merge-strategies.ts';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { type Entry, memoryEntry } from '../../../src/model/record.ts';
import type { Tombstone } from '../../../src/model/tombstone.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Outcome } from '../../../src/transfer/import/batch.ts';
import { importSource } from '../../../src/transfer/import/pipeline.ts';
import { NO_RENAMES } from '../../../src/transfer/import/rename.ts';
import type { ImportReport } from '../../../src/transfer/import/report.ts';
import { openInput } from '../../../src/transfer/open-input.ts';
import { undoOperation } from '../../../src/transfer/undo.ts';
import { exportTo, type Holdings, NOTHING, storeHolding } from '../../support/any-store.ts';
import { scratch } from '../../support/cli.ts';
import { dump } from '../../support/random-store.ts';
import { aMemory, idOf } from '../../support/records.ts';
import {
  ACTIONS,
  COLUMNS,
  DIFFERENCES,
  type Expected,
  MINE,
  NEW,
  OLD,
  TABLE,
  TIMES,
  type Time,
  VECTOR,
  written,
} from './strategy-table.ts';

interface Conflict {
  readonly name: string;
  readonly existing: Entry;
  readonly imported: Entry;
  readonly expected: Expected;
  /** The record that is written under the expectation. */
  readonly result: Entry | null;
}

/** Every cell of a strategy's table, each with an id and a text of its own. */
function conflictsOf(strategy: FixedStrategy): readonly Conflict[] {
  return Object.entries(TABLE[strategy]).flatMap(([time, row], n) =>
    row.map((expected, i) => {
      const differs = COLUMNS[i] ?? 'nothing';
      const number = n * COLUMNS.length + i;
      const memory = aMemory({
        ...MINE,
        id: idOf(number),
        content: `Case ${number}.`,
        embeddingModel: 'own',
      });
      const { stored: updatedAt, imported: importedAt } = TIMES[time as Time];
      const existing = memoryEntry({ ...memory, updatedAt }, VECTOR);
      const imported = DIFFERENCES[differs]({ ...memory, updatedAt: importedAt });
      const result = written(expected, differs, existing, imported);
      return { name: `${time}, ${differs} differs`, existing, imported, expected, result };
    }),
  );
}

const tombstone = (n: number, deletedAt: bigint): Tombstone => ({
  kind: 'memory',
  id: idOf(n),
  deletedAt,
  contentHash: 'h',
});
const live = (n: number, updatedAt: bigint): Entry =>
  memoryEntry(aMemory({ id: idOf(n), content: `Alive ${n}.`, updatedAt }), null);

/** An import never deletes, and brings back what was deleted; neither goes by time or strategy. */
const STORED: Holdings = {
  ...NOTHING,
  records: [live(101, OLD), live(102, NEW)],
  tombstones: [tombstone(201, OLD), tombstone(202, NEW), tombstone(301, OLD)],
};
const IMPORTED: Holdings = {
  ...NOTHING,
  records: [live(201, NEW), live(202, OLD)],
  tombstones: [tombstone(101, NEW), tombstone(102, OLD), tombstone(301, NEW), tombstone(401, OLD)],
};
const AFTER: Holdings = {
  ...NOTHING,
  records: [live(101, OLD), live(102, NEW), live(201, NEW), live(202, OLD)],
  tombstones: [tombstone(301, OLD), tombstone(401, OLD)],
};

async function fileOf(folder: string, holdings: Holdings): Promise<string> {
  await using other = await storeHolding(join(folder, 'other.db'), holdings);
  return await exportTo(other, join(folder, 'other.tar.gz'));
}

/** What the import reports, and what it says of each record. */
async function importFile(
  store: Store,
  input: string,
  strategy: FixedStrategy,
  dryRun = false,
): Promise<{ readonly report: ImportReport; readonly decided: ReadonlyMap<string, string> }> {
  const decided = new Map<string, string>();
  await using opened = await openInput(input);
  const report = await importSource(store, opened.source, {
    input,
    filter: EVERYTHING,
    strategy,
    dryRun,
    renames: NO_RENAMES,
    keepDuplicates: false,
    nearDuplicates: 'keep',
    nearThreshold: 1,
    vectors: 'auto',
    rejectsPath: `${input}.rejects.jsonl`,
    embedder: hashingEmbedder(),
    nowMs: 1,
    onOutcome: (outcome: Outcome) => {
      if (outcome.type !== 'decision') throw new Error(outcome.type);
      decided.set(outcome.imported.record.id, outcome.decision.action);
    },
  });
  return { report, decided };
}

async function memoriesOf(store: Store): Promise<ReadonlyMap<string, unknown>> {
  const page = await store.scan('memory', { after: null, limit: 1000 });
  const found = await store.get(
    'memory',
    page.map(({ id }) => id),
  );
  return new Map(found.map(({ id, line, vector }) => [id, { line, vector }]));
}

const stateOf = (entries: readonly Entry[]): ReadonlyMap<string, unknown> =>
  new Map(entries.map(({ record, line, vector }) => [record.id, { line, vector }]));

describe.each(FIXED_STRATEGIES)('%s, every conflict at once', strategy => {
  const conflicts = conflictsOf(strategy);
  const stored: Holdings = {
    ...STORED,
    records: [...STORED.records, ...conflicts.map(({ existing }) => existing)],
  };
  const imported: Holdings = {
    ...IMPORTED,
    records: [...IMPORTED.records, ...conflicts.map(conflict => conflict.imported)],
  };

  test('the store is what the table says; dry run is real run; twice is once; undo is before', async () => {
    const folder = scratch();
    const path = join(folder, 'memport.db');
    const file = await fileOf(folder, imported);
    await using store = await storeHolding(path, stored);
    // An import puts vectors of its own embedder in their place; undo has to bring these back.
    const searchVector = { model: 'searching', vector: Float32Array.of(1, 2) };
    await store.transact(transaction =>
      transaction.put(stored.records.map(entry => ({ entry, searchVector }))),
    );
    const before = dump(path);

    const dry = await importFile(store, file, strategy, true);
    expect(dump(path)).toEqual(before);
    const real = await importFile(store, file, strategy);
    expect(real.report).toEqual({
      ...dry.report,
      dry_run: false,
      operation_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(real.decided).toEqual(dry.decided);

    expect(conflicts.map(({ name, imported: { record } }) => [name, real.decided.get(record.id)])).toEqual(
      conflicts.map(({ name, expected }) => [name, ACTIONS[expected]]),
    );
    const count = (...wanted: readonly Expected[]) =>
      conflicts.filter(({ expected }) => wanted.includes(expected)).length;
    expect(real.report).toMatchObject({
      total: conflicts.length + 2,
      created: 2,
      updated: count('replaced', 'merged'),
      unchanged: count('same'),
      skipped: count('stays'),
      kept_both: count('copied'),
      duplicates: 0,
      rejected: 0,
      tombstones_added: 1,
      warnings: {},
    });
    const expected = new Map([
      ...stateOf(AFTER.records),
      ...stateOf(conflicts.map(({ existing }) => existing)),
      ...stateOf(conflicts.flatMap(({ result }) => (result === null ? [] : [result]))),
    ]);
    const found = await memoriesOf(store);
    expect([...found.keys()].sort()).toEqual([...expected.keys()].sort());
    for (const [id, state] of expected) expect({ id, state: found.get(id) }).toEqual({ id, state });
    expect(await store.tombstones({ after: null, limit: 99 })).toEqual(AFTER.tombstones);

    const after = dump(path);
    const again = await importFile(store, file, strategy);
    expect(again.report).toMatchObject({
      created: 0,
      updated: 0,
      kept_both: 0,
      tombstones_added: 0,
      operation_id: null,
    });
    expect(dump(path)).toEqual(after);

    const undone = await undoOperation(store, { operation: null, dryRun: false, nowMs: 2 });
    expect(undone).toMatchObject({ left: 0, operation: { id: real.report.operation_id } });
    expect(dump(path)).toEqual(before);
  });
});

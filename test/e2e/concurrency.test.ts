import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openStore } from '../../src/store/open.ts';
import type { Reader } from '../../src/store/store.ts';
import { openInput } from '../../src/transfer/open-input.ts';
import { stageSource } from '../../src/transfer/stage.ts';
import { lines } from '../contract/place.ts';
import { startBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { points, reportFigures } from '../support/deep.ts';
import { connectBinary } from '../support/mcp.ts';
import { feat038Json, originalMemory, summaryOf } from '../support/stores.ts';

/** Of the deep run; the ordinary one ends after so many rounds. */
const SECONDS = points(60, 0);
const ROUNDS = points(Number.POSITIVE_INFINITY, 4);
const MADE_BY_IMPORT = 5;
const CALLS_A_ROUND = 10;

/** A memory that a process was told is stored. */
interface Acknowledged {
  readonly id: string;
  readonly content: string;
  /** Its place among all that began and ended. */
  readonly begun: number;
}

interface Restored {
  readonly safetyBackup: string;
  readonly ended: number;
}

/** What the processes have been told. */
class Record {
  #moment = 0;
  operations = 0;
  readonly writes: Acknowledged[] = [];
  readonly restores: Restored[] = [];

  /** The next moment: whatever got an earlier one came before. */
  next(): number {
    this.#moment += 1;
    return this.#moment;
  }
}

/** The content of each memory by its id. */
async function contentsOf(reader: Reader): Promise<ReadonlyMap<string, string>> {
  const records = (await lines(reader)).map(line => JSON.parse(line) as { id: string; content: string });
  return new Map(records.map(({ id, content }) => [id, content]));
}

test('four processes add, import, back up and restore: what was acknowledged is there, or in the safety backup of the restore that replaced it', async context => {
  const home = scratch();
  const record = new Record();
  const end = performance.now() + SECONDS * 1000;
  const goesOn = (round: number): boolean => round < ROUNDS && (SECONDS === 0 || performance.now() < end);
  const run = async (...args: string[]): Promise<string> => {
    const { code, stdout, stderr } = await startBinary([...args, '--json'], home).ended;
    expect({ args, code, stderr }).toMatchObject({ code: 0 });
    record.operations += 1;
    return stdout.toString();
  };

  await run('add', 'in the old backup');
  const old = String(summaryOf(await run('backup', 'create')).path);
  // So that a restore of the old backup always has something to replace.
  const { id: first } = summaryOf(await run('add', 'after the old backup')) as { id: string };
  record.writes.push({ id: first, content: 'after the old backup', begun: record.next() });

  const server = await connectBinary(home);
  const assistant = async (): Promise<void> => {
    for (let round = 0; goesOn(round); round++) {
      for (let call = 0; call < CALLS_A_ROUND; call++) {
        const [begun, content] = [record.next(), `assistant ${round} ${call}`];
        const { memory } = await server.ok('store_memory', { content });
        record.operations += 1;
        record.writes.push({ id: (memory as { id: string }).id, content, begun });
      }
      if (round % 3 === 1) await server.ok('create_backup');
    }
  };
  const adding = async (): Promise<void> => {
    for (let round = 0; goesOn(round); round++) {
      const [begun, content] = [record.next(), `added ${round}`];
      const { id } = summaryOf(await run('add', content)) as { id: string };
      record.writes.push({ id, content, begun });
    }
  };
  const importing = async (): Promise<void> => {
    for (let round = 0; goesOn(round); round++) {
      const begun = record.next();
      const memories = Array.from({ length: MADE_BY_IMPORT }, (_, i) =>
        originalMemory(round * MADE_BY_IMPORT + i, { content: `imported ${round} ${i}` }),
      );
      const report = summaryOf(await run('import', feat038Json(home, memories)));
      expect(report).toMatchObject({ created: MADE_BY_IMPORT });
      for (const { id, content } of memories)
        record.writes.push({ id: String(id), content: String(content), begun });
    }
  };
  const restoring = async (): Promise<void> => {
    for (let round = 0; goesOn(round); round++) {
      await run('backup', 'create');
      if (round % 2 === 0) continue;
      const { safety_backup } = summaryOf(await run('restore', round % 4 === 1 ? old : 'latest', '--yes'));
      if (typeof safety_backup === 'string')
        record.restores.push({ safetyBackup: safety_backup, ended: record.next() });
    }
  };
  await Promise.all([assistant(), adding(), importing(), restoring()]);
  await server.close();

  await using store = await openStore({ path: join(home, 'memport.db') });
  const found = await contentsOf(store);
  const saved: ReadonlyMap<string, string>[] = [];
  for (const { safetyBackup } of record.restores) {
    await using input = await openInput(safetyBackup);
    await using staged = await stageSource(input.source);
    saved.push(await contentsOf(staged.store));
  }
  const isFound = ({ id, content }: Acknowledged): boolean => found.get(id) === content;
  const lost = record.writes.filter(
    write => !isFound(write) && !saved.some(backup => backup.get(write.id) === write.content),
  );
  expect(lost).toEqual([]);
  const last = record.restores.at(-1)?.ended ?? 0;
  expect(record.writes.filter(write => write.begun > last && !isFound(write))).toEqual([]);
  expect(record.restores.length).toBeGreaterThan(0);
  expect(await store.check()).toEqual([]);
  await run('backup', 'verify', '--all');
  const { length } = record.writes.filter(isFound);
  reportFigures(context, {
    operations: record.operations,
    acknowledged: record.writes.length,
    found: length,
    'replaced by a restore, in its safety backup': record.writes.length - length,
    lost: lost.length,
    restores: record.restores.length,
  });
}, 600_000);

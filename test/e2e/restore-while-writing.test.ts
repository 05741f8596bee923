import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import type { Reader, Store } from '../../src/store/store.ts';
import { openInput } from '../../src/transfer/open-input.ts';
import { stageSource } from '../../src/transfer/stage.ts';
import { ids } from '../contract/place.ts';
import { runBinary, startBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { aMemory, idOf } from '../support/records.ts';
import { summaryOf } from '../support/stores.ts';

const WRITER = fileURLToPath(new URL('../store/sqlite/writer-process.ts', import.meta.url));
const OLD = [1, 500] as const;
const RESTORED = [10_000, 12_000] as const;
const ADDED = 100_000;

async function fill(store: Store, [first, last]: readonly [number, number]): Promise<void> {
  const entries = Array.from({ length: last - first }, (_, i) => {
    const memory = aMemory({ id: idOf(first + i), content: `number ${first + i} ${'word '.repeat(30)}` });
    return { entry: memoryEntry(memory, null), searchVector: null };
  });
  await store.transact(transaction => transaction.put(entries));
}

async function among(reader: Reader, [first, last]: readonly [number, number]): Promise<number> {
  const found = await ids(reader);
  return found.filter(id => id >= idOf(first) && id < idOf(last)).length;
}

test('a restore while another process adds and reads: old or new is seen, and nothing acknowledged is lost', async () => {
  const [home, other] = [scratch(), scratch()];
  const path = join(home, 'memport.db');
  await using store = await openStore({ path });
  await fill(store, OLD);
  {
    await using source = await openStore({ path: join(other, 'memport.db') });
    await fill(source, RESTORED);
  }
  const file = join(other, 'file.tar.gz');
  expect(runBinary(['export', file], other).code).toBe(0);

  const writer = spawn(process.execPath, [WRITER, path, String(ADDED), '1000000'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void writer.kill('SIGKILL'));
  const acknowledged: number[] = [];
  let rest = '';
  writer.stdout.on('data', (chunk: Buffer) => {
    const parts = (rest + chunk.toString()).split('\n');
    rest = parts.pop() ?? '';
    acknowledged.push(...parts.map(Number));
  });
  await once(writer.stdout, 'data');
  const { ended } = startBinary(['restore', file, '--yes', '--json'], home);
  let isOver = false;
  const over = ended.then(result => {
    isOver = true;
    return result;
  });
  const seen = new Set<string>();
  while (!isOver) {
    await using snapshot = await store.snapshot();
    seen.add(`${await among(snapshot, OLD)} old, ${await among(snapshot, RESTORED)} restored`);
    await turn();
  }
  const result = await over;
  expect(result.stderr).not.toContain('"message_type":"error"');
  expect(result.code).toBe(0);
  const before = acknowledged.length;
  while (acknowledged.length < before + 3) await once(writer.stdout, 'data');
  writer.kill('SIGKILL');
  await once(writer, 'close');

  seen.add(`${await among(store, OLD)} old, ${await among(store, RESTORED)} restored`);
  expect([...seen].sort()).toEqual(['0 old, 2000 restored', '499 old, 0 restored']);
  const { safety_backup: backup } = summaryOf(result.stdout.toString());
  await using input = await openInput(String(backup));
  await using saved = await stageSource(input.source);
  const kept = new Set([...(await ids(saved.store)), ...(await ids(store))]);
  expect(acknowledged.filter(n => !kept.has(idOf(n)))).toEqual([]);
  const inStore = new Set(await ids(store));
  expect(acknowledged.some(n => !inStore.has(idOf(n)))).toBe(true);
  expect(acknowledged.some(n => inStore.has(idOf(n)))).toBe(true);
});

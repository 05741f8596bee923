import { expect, test } from 'vitest';
import { giveBack } from '../src/given-back.ts';
import { EVERYTHING } from '../src/model/filter.ts';
import { memoryEntry } from '../src/model/record.ts';
import { openStore } from '../src/store/open.ts';
import { scanRuns, scanVectors } from '../src/transfer/scan.ts';
import { scratch } from './support/cli.ts';
import { aMemory, idOf } from './support/records.ts';

test('large memory of its own is given back, at once and with all views of it', () => {
  const bytes = Buffer.allocUnsafeSlow(1024 * 1024);
  const view = bytes.subarray(100, 200);
  giveBack(view);
  expect([bytes.length, view.length]).toEqual([0, 0]);
  giveBack(view);
});

test('memory that small Buffers share is left alone, and so is memory that threads share', () => {
  const small = Buffer.from('small');
  const other = Buffer.from('other');
  giveBack(small);
  expect([small.toString(), other.toString()]).toEqual(['small', 'other']);
  const shared = new Uint8Array(new SharedArrayBuffer(1024 * 1024));
  giveBack(shared);
  expect(shared.length).toBe(1024 * 1024);
});

test('pages of a scan are whole while they are held, and given back when the next one is asked for', async () => {
  await using store = await openStore({ path: `${scratch()}/memport.db` });
  const vectorOf = (n: number) => new Float32Array(384).fill(n);
  const count = 2500;
  const writes = Array.from({ length: count }, (_, n) => ({
    entry: memoryEntry(aMemory({ id: idOf(n), content: 'x'.repeat(200), embeddingModel: 'm' }), vectorOf(n)),
    searchVector: null,
  }));
  await store.transact(transaction => transaction.put(writes));
  const group = { model: 'm', dimensions: 384 };
  let before: Uint8Array | undefined;
  let n = 0;
  for await (const page of scanVectors(store, 'memory', group, EVERYTHING)) {
    expect(before?.length ?? 0).toBe(0);
    for (const { id, bytes } of page) {
      expect(id).toBe(idOf(n));
      expect(Buffer.from(bytes).readFloatLE(4 * 383)).toBe(n);
      n += 1;
    }
    before = page[0]?.bytes;
  }
  expect(n).toBe(count);
  let lines = 0;
  for await (const page of scanRuns(store, 'memory', EVERYTHING)) {
    for (const run of page) lines += Buffer.from(run.lines).toString('utf8').split('\n').length;
  }
  expect(lines).toBe(count);
});

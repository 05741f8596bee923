/**
 * A process of processes.test.ts: `node writer-process.ts <path> <first> <count>` adds memories of numbered ids, each in
 * a transaction of its own, and prints the id of each one that is there. With `hold` for the count it writes one, prints
 * it and stays in its transaction until it is killed.
 */
import { memoryEntry } from '../../../src/model/record.ts';
import { openSqliteStore } from '../../../src/store/open.ts';
import { aMemory, idOf } from '../../support/records.ts';

const [path = '', first = '0', count = '0'] = process.argv.slice(2);
await using store = await openSqliteStore({ path, busyTimeoutMs: 60_000 });

function write(n: number) {
  return [{ entry: memoryEntry(aMemory({ id: idOf(n), content: `number ${n}` }), null), searchVector: null }];
}

if (count === 'hold') {
  await store.transact(async transaction => {
    await transaction.put(write(Number(first)));
    process.stdout.write('holding\n');
    setInterval(() => {}, 1000);
    await new Promise(() => {});
  });
}
for (let n = Number(first); n < Number(first) + Number(count); n++) {
  await store.transact(async transaction => {
    // Reads before it writes: a lost update would show as a wrong count.
    const { memories } = await transaction.counts();
    await transaction.put(write(n));
    const after = await transaction.counts();
    if (after.memories !== memories + 1) throw new Error('somebody else wrote in this transaction');
  });
  process.stdout.write(`${n}\n`);
}

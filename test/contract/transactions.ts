import { describe, expect, it } from 'vitest';
import { MemportError } from '../../src/errors.ts';
import { bareProject } from '../../src/model/project.ts';
import { memoryEntry } from '../../src/model/record.ts';
import type { Transaction } from '../../src/store/store.ts';
import { aMemory, idOf } from '../support/records.ts';
import { ids, lines, type MakePlace, put, write } from './place.ts';

const entryOf = (n: number, content = 'text') => memoryEntry(aMemory({ id: idOf(n), content }), null);
const putOf = (transaction: Transaction, ...numbers: number[]) =>
  transaction.put(numbers.map(n => write(entryOf(n))));

/** Changes everything that can be changed. */
async function changeAll(transaction: Transaction): Promise<void> {
  await transaction.put([write(entryOf(1, 'changed')), write(entryOf(5))]);
  await transaction.delete('memory', [idOf(2)], 7n);
  await transaction.addTombstones([{ kind: 'memory', id: idOf(8), deletedAt: 1n, contentHash: 'h' }]);
  await transaction.putProjects([bareProject('p')]);
}

export function transactionContract(makePlace: MakePlace): void {
  describe('transactions', () => {
    it('resolves with what the work gives, and its reads see its writes', async () => {
      await using store = await (await makePlace()).open();
      await put(store, entryOf(1), entryOf(2));
      const seen = await store.transact(async transaction => {
        await changeAll(transaction);
        expect(await transaction.counts()).toEqual({ memories: 2, codeUnits: 0, tombstones: 2 });
        expect((await transaction.projects()).map(({ name }) => name)).toEqual(['p']);
        return ids(transaction);
      });
      expect(seen).toEqual([1, 5].map(idOf));
      expect(await ids(store)).toEqual(seen);
    });

    it('keeps unfinished writes from reads outside', async () => {
      const place = await makePlace();
      await using store = await place.open();
      await using other = await place.open();
      await put(store, entryOf(1));
      await store.transact(async transaction => {
        await putOf(transaction, 2);
        expect(await ids(store)).toEqual([idOf(1)]);
        expect(await ids(other)).toEqual([idOf(1)]);
      });
      expect(await ids(other)).toEqual([1, 2].map(idOf));
    });

    it.each([
      'throws',
      'rolls back by option',
      'is aborted',
      'is aborted at its end',
      'ends as it is aborted',
    ])('leaves everything as it was when the work %s', async how => {
      await using store = await (await makePlace()).open();
      await put(store, entryOf(1), entryOf(2));
      const before = await lines(store);
      const stop = new AbortController();
      const work = async (transaction: Transaction) => {
        await changeAll(transaction);
        if (how === 'throws') throw new TypeError('on purpose');
        if (how.startsWith('is aborted')) stop.abort();
        if (how === 'ends as it is aborted') queueMicrotask(() => stop.abort());
        if (how === 'is aborted') await new Promise(() => {});
        return 'value';
      };
      const options = { rollback: how === 'rolls back by option', signal: stop.signal };
      const result = await store.transact(work, options).catch((error: unknown) => error);
      if (how === 'throws') expect(result).toEqual(new TypeError('on purpose'));
      else if (options.rollback) expect(result).toBe('value');
      else expect(result).toMatchObject({ code: 'interrupted' });
      expect(await lines(store)).toEqual(before);
      expect(await store.counts()).toEqual({ memories: 2, codeUnits: 0, tombstones: 0 });
      expect(await store.projects()).toEqual([]);
      await put(store, entryOf(3));
      expect(await ids(store)).toEqual([1, 2, 3].map(idOf));
    });

    it('does not begin with a signal that has aborted, and tells its own reason', async () => {
      await using store = await (await makePlace()).open();
      const reason = new MemportError('terminated', 'terminated');
      const signal = AbortSignal.abort(reason);
      let begun = false;
      const work = async () => {
        begun = true;
      };
      await expect(store.transact(work, { signal })).rejects.toBe(reason);
      expect(begun).toBe(false);
    });

    it('refuses calls on a transaction that has ended', async () => {
      await using store = await (await makePlace()).open();
      const kept = await store.transact(async transaction => transaction);
      await expect(putOf(kept, 1)).rejects.toThrow('ended');
      await expect(kept.counts()).rejects.toThrow('ended');
      expect(await ids(store)).toEqual([]);
    });

    it('fails as a whole when a write in it has failed, even if the work does not mind', async () => {
      await using store = await (await makePlace()).open();
      const work = async (transaction: Transaction) => {
        await putOf(transaction, 1);
        await putOf(transaction, 2, 2).catch(() => {});
        await expect(putOf(transaction, 3)).rejects.toThrow('twice');
      };
      await expect(store.transact(work)).rejects.toThrow('twice');
      expect(await ids(store)).toEqual([]);
    });

    it('lets one after the other through, in the order of asking', async () => {
      await using store = await (await makePlace()).open();
      const order: number[] = [];
      const counter = async (n: number) =>
        store.transact(async transaction => {
          const { memories } = await transaction.counts();
          order.push(n);
          await putOf(transaction, memories);
        });
      await Promise.all([0, 1, 2, 3, 4, 5].map(counter));
      expect(order).toEqual([0, 1, 2, 3, 4, 5]);
      expect(await ids(store)).toEqual(order.map(idOf));
    });

    it('loses no write of two stores on one place', async () => {
      const place = await makePlace();
      await using first = await place.open();
      await using second = await place.open();
      const add = (n: number) =>
        (n % 2 === 0 ? first : second).transact(async transaction => {
          const { memories } = await transaction.counts();
          await putOf(transaction, memories);
        });
      await Promise.all(Array.from({ length: 20 }, (_, n) => add(n)));
      expect(await ids(first)).toHaveLength(20);
      expect(await ids(second)).toHaveLength(20);
    });

    it.each(['of the same store', 'of another store'])(
      'gives up with locked when a write %s goes on too long',
      async which => {
        const place = await makePlace();
        await using store = await place.open({ busyTimeoutMs: 20 });
        await using other = await place.open({ busyTimeoutMs: 20 });
        await store.transact(async transaction => {
          await putOf(transaction, 1);
          const blocked = which === 'of the same store' ? store : other;
          const error = await put(blocked, entryOf(2)).catch((reason: unknown) => reason);
          expect(error).toMatchObject({ code: 'locked', hint: expect.stringMatching(/\w/) });
        });
        await put(other, entryOf(3));
        expect(await ids(store)).toEqual([1, 3].map(idOf));
      },
    );

    it.each(['of the same store', 'of another store'])(
      'stops waiting for a write %s when aborted',
      async which => {
        const place = await makePlace();
        await using store = await place.open();
        await using other = await place.open();
        const stop = new AbortController();
        await store.transact(async () => {
          const blocked = which === 'of the same store' ? store : other;
          const waiting = blocked.transact(transaction => putOf(transaction, 2), { signal: stop.signal });
          stop.abort();
          await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
        });
        expect(await ids(store)).toEqual([]);
      },
    );
  });

  describe('snapshots', () => {
    it('stay at their moment while others write, and end', async () => {
      const place = await makePlace();
      await using store = await place.open();
      await put(store, entryOf(1, 'old'));
      const before = await lines(store);
      const snapshot = await store.snapshot();
      await store.transact(changeAll);
      expect(await lines(snapshot)).toEqual(before);
      expect(await snapshot.counts()).toEqual({ memories: 1, codeUnits: 0, tombstones: 0 });
      expect(await ids(store)).toEqual([1, 5].map(idOf));
      await snapshot[Symbol.asyncDispose]();
      await snapshot[Symbol.asyncDispose]();
      await expect(snapshot.counts()).rejects.toThrow('ended');
    });

    it('begin when they are asked for, not at their first read', async () => {
      await using store = await (await makePlace()).open();
      await using snapshot = await store.snapshot();
      await put(store, entryOf(1));
      expect(await ids(snapshot)).toEqual([]);
    });
  });

  describe('closing', () => {
    it('is final and can be repeated', async () => {
      const store = await (await makePlace()).open();
      const snapshot = await store.snapshot();
      await store.close();
      await store.close();
      await expect(store.counts()).rejects.toThrow('closed');
      await expect(store.snapshot()).rejects.toThrow('closed');
      await expect(put(store, entryOf(1))).rejects.toThrow('closed');
      await expect(snapshot.counts()).rejects.toThrow('ended');
    });

    it('waits for the transaction that is going on', async () => {
      const place = await makePlace();
      const store = await place.open();
      const { promise, resolve } = Promise.withResolvers<void>();
      const writing = store.transact(async transaction => {
        await promise;
        await putOf(transaction, 1);
      });
      const closing = store.close();
      resolve();
      await Promise.all([writing, closing]);
      await using again = await place.open();
      expect(await ids(again)).toEqual([idOf(1)]);
    });
  });
}

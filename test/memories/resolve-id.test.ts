import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { deleteMemories } from '../../src/memories/edit.ts';
import { findMemory, resolveId } from '../../src/memories/resolve-id.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import { scratch } from '../support/cli.ts';
import { aMemory, idOf } from '../support/records.ts';

const reader = (...ids: string[]) => ({
  idsByPrefix: async (_: string, prefix: string, limit: number) =>
    ids.filter(id => id.startsWith(prefix)).slice(0, limit),
});

describe('an id', () => {
  test('is told by its first characters, in either case', async () => {
    const ids = ['abcd1111-0000', 'abce2222-0000'];
    expect(await resolveId(reader(...ids), 'ABCD')).toBe('abcd1111-0000');
    expect(await resolveId(reader(...ids), 'abce2222-')).toBe('abce2222-0000');
  });

  test.each(['', 'abc', 'abcg', 'ab%_', "abcd'"])('%j is none', async prefix => {
    await expect(resolveId(reader('abcd'), prefix)).rejects.toMatchObject({ code: 'usage' });
  });

  test('several are named, three at most', async () => {
    await expect(resolveId(reader('aaaa1', 'aaaa2', 'aaaa3'), 'aaaa')).rejects.toMatchObject({
      code: 'usage',
      message: 'several ids begin with aaaa: aaaa1, aaaa2, aaaa3',
    });
    await expect(resolveId(reader('aaaa1', 'aaaa2', 'aaaa3', 'aaaa4'), 'aaaa')).rejects.toThrow(
      'several ids begin with aaaa: aaaa1, aaaa2, aaaa3, …',
    );
  });

  test('that nothing has is not found', async () => {
    await expect(resolveId(reader(), 'abcd')).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a memory', () => {
  test('is found with its line and its vector', async () => {
    await using store = await openStore({ path: join(scratch(), 'm.db'), create: true });
    const entry = memoryEntry(aMemory({ embeddingModel: 'm' }), Float32Array.of(1, 2));
    await store.transact(transaction => transaction.put([{ entry, searchVector: null }]));
    expect(await findMemory(store, idOf(1))).toEqual({
      memory: entry.record,
      line: entry.line,
      vector: Float32Array.of(1, 2),
    });
  });

  test('that another process deletes between look-up and read is gone', async () => {
    await using store = await openStore({ path: join(scratch(), 'm.db'), create: true });
    const entry = memoryEntry(aMemory(), null);
    await store.transact(transaction => transaction.put([{ entry, searchVector: null }]));
    const raced = {
      idsByPrefix: store.idsByPrefix.bind(store),
      get: async (kind: 'memory' | 'code_unit', ids: readonly string[]) => {
        await deleteMemories(store, ids, 0);
        return store.get(kind, ids);
      },
    };
    await expect(findMemory(raced, idOf(1))).rejects.toMatchObject({
      code: 'not_found',
      message: `the memory ${idOf(1)} is gone`,
    });
  });
});

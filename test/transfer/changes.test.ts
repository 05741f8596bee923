import { expect, test } from 'vitest';
import { memoryEntry } from '../../src/model/record.ts';
import { changedFields } from '../../src/transfer/changes.ts';
import { aMemory } from '../support/records.ts';

test('names every member that differs, with both values as JSON', () => {
  const before = memoryEntry(aMemory({ tags: ['a'], extra: { gone: 1 } }), Float32Array.of(1));
  const after = memoryEntry(aMemory({ tags: ['b'], extra: { come: [2] } }), Float32Array.of(2));
  expect(changedFields(before, after)).toEqual([
    { field: 'come', before: null, after: '[2]' },
    { field: 'gone', before: '1', after: null },
    { field: 'tags', before: '["a"]', after: '["b"]' },
    { field: 'embedding', before: null, after: null },
  ]);
  expect(changedFields(before, memoryEntry(before.record, null))).toEqual([]);
});

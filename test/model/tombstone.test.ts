import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { parseRecordLine } from '../../src/model/json-parse.ts';
import { readTombstone, type Tombstone, tombstoneLine } from '../../src/model/tombstone.ts';

const TOMBSTONE: Tombstone = {
  id: '0198c0de-0000-7000-8000-000000000001',
  kind: 'code_unit',
  deletedAt: 1n,
  contentHash: 'ab'.repeat(32),
};
const LINE = `{"content_hash":"${'ab'.repeat(32)}","deleted_at":"1970-01-01T00:00:00.000001Z","id":"${TOMBSTONE.id}","kind":"code_unit"}`;
const read = (record: JsonObject): Tombstone => readTombstone(record, () => {});

describe('tombstone', () => {
  it('has one line and is read back from it', () => {
    expect(tombstoneLine(TOMBSTONE)).toBe(LINE);
    expect(read(parseRecordLine(LINE))).toEqual(TOMBSTONE);
  });

  it('is of a memory unless it says otherwise', () => {
    const { kind: _, ...rest } = parseRecordLine(LINE);
    expect(read(rest as JsonObject).kind).toBe('memory');
  });

  it.each<[JsonObject, string]>([
    [{ id: 'mem_1' }, 'id is not a UUID'],
    [{ deleted_at: null }, 'deleted_at is missing'],
    [{ kind: 'project' }, 'kind is not one of memory, code_unit'],
    [{ content_hash: null }, 'content_hash is missing'],
  ])('rejects %j', (members, reason) => {
    expect(() => read({ ...parseRecordLine(LINE), ...members })).toThrow(reason);
  });
});

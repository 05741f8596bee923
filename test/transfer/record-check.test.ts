import { describe, expect, test } from 'vitest';
import type { SourceRecord } from '../../src/formats/source.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { parseExactJson } from '../../src/model/json-parse.ts';
import { memoryEntry } from '../../src/model/record.ts';
import { RecordCheck } from '../../src/transfer/record-check.ts';
import { aMemory, idOf } from '../support/records.ts';

const { line } = memoryEntry(aMemory(), null);

function record(parts: Partial<SourceRecord> = {}): SourceRecord {
  const value = parseExactJson(line) as JsonObject;
  return {
    type: 'record',
    kind: 'memory',
    position: 0,
    value,
    line,
    vector: null,
    warnings: [],
    ...parts,
  };
}

describe('a check of records', () => {
  test('counts vectors and warnings, and tells whether all are stored as they stand there', () => {
    const check = new RecordCheck('memport');
    expect(check.entry(record({ warnings: ['odd'] }))?.line).toBe(line);
    const vector = Float32Array.of(1);
    check.entry(record({ warnings: ['odd'], vector, value: { ...record().value, embedding_model: 'm' } }));
    expect(check).toMatchObject({ vectors: 1, rejected: 0 });
    expect(check.isExact).toBe(false);
    expect([...check.warnings]).toEqual([['odd', 2]]);
  });

  test('names what can not be stored, the first ten of it', () => {
    const check = new RecordCheck('memport');
    const value = { ...record().value, content: '' };
    expect(check.entry(record({ value, position: 3 }))).toBeNull();
    expect(check.entry(record({ value: { ...value, id: 5 } }))).toBeNull();
    check.unreadable({ type: 'reject', kind: 'memory', position: 9, id: null, reason: 'no JSON', text: '{' });
    expect(check.rejects).toMatchObject([
      { what: 'memory', id: idOf(1), position: 3, reason: expect.stringContaining('content') },
      { id: null },
      { id: null, position: 9, reason: 'no JSON' },
    ]);
    for (let n = 0; n < 20; n += 1) check.entry(record({ value }));
    expect([check.rejects.length, check.rejected]).toEqual([10, 23]);
  });

  test('is no place to hide a mistake of the program', () => {
    expect(() => new RecordCheck('memport').entry(record({ value: null as never }))).toThrow(TypeError);
  });

  test('takes over what another one found', () => {
    const [one, other] = [new RecordCheck('memport'), new RecordCheck('memport')];
    const value = { ...record().value, content: '' };
    for (let n = 0; n < 7; n += 1) for (const check of [one, other]) check.entry(record({ value }));
    other.entry(record({ line: null, warnings: ['odd'] }));
    one.warn('odd');
    one.add(other);
    expect([one.rejects.length, one.rejected, one.isExact]).toEqual([10, 14, false]);
    expect([...one.warnings]).toEqual([['odd', 2]]);
    one.add(new RecordCheck('memport'));
    expect(one.isExact).toBe(false);
  });
});

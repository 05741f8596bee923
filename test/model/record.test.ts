import { describe, expect, it } from 'vitest';
import { codeUnitLine } from '../../src/model/code-unit.ts';
import { memoryLine } from '../../src/model/memory.ts';
import { codeUnitEntry, memoryEntry, RECORD_KINDS } from '../../src/model/record.ts';
import { sampleCodeUnit, sampleMemory } from './samples.ts';

describe('an entry that could not be read again', () => {
  const control = '\u0001'.repeat(8 * 1024 * 1024);

  it('is refused: too long as JSON', () => {
    const reason = 'as JSON the record is longer than 40 MiB';
    expect(() => memoryEntry({ ...sampleMemory(), content: control }, null)).toThrow(reason);
    expect(() => codeUnitEntry({ ...sampleCodeUnit(), content: control }, null)).toThrow(RangeError);
  });

  it('is refused: too many values', () => {
    const tags = Array.from({ length: 200_001 }, () => 't');
    expect(() => memoryEntry({ ...sampleMemory(), tags }, null)).toThrow('more than 200000 values');
  });
});

describe('entries', () => {
  it('hold a record, its line and its vector', () => {
    const vector = Float32Array.of(1, 2);
    const memory = sampleMemory();
    expect(memoryEntry(memory, vector)).toEqual({
      kind: 'memory',
      record: memory,
      line: memoryLine(memory),
      vector,
    });
    const unit = sampleCodeUnit();
    expect(codeUnitEntry(unit, null)).toEqual({
      kind: 'code_unit',
      record: unit,
      line: codeUnitLine(unit),
      vector: null,
    });
    expect(RECORD_KINDS).toEqual(['memory', 'code_unit']);
  });
});

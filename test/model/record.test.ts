import { describe, expect, it } from 'vitest';
import { codeUnitLine } from '../../src/model/code-unit.ts';
import { memoryLine } from '../../src/model/memory.ts';
import { codeUnitEntry, memoryEntry, RECORD_KINDS } from '../../src/model/record.ts';
import { sampleCodeUnit, sampleMemory } from './samples.ts';

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

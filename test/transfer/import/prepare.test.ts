import { expect, test } from 'vitest';
import type { SourceRecord } from '../../../src/formats/source.ts';
import { codeUnitRecord } from '../../../src/model/code-unit.ts';
import type { JsonObject, JsonValue } from '../../../src/model/json.ts';
import { memoryRecord } from '../../../src/model/memory.ts';
import { RecordError } from '../../../src/model/read-fields.ts';
import { prepare } from '../../../src/transfer/import/prepare.ts';
import { aCodeUnit, aMemory } from '../../support/records.ts';

const source = (value: JsonObject, kind: SourceRecord['kind'] = 'memory'): SourceRecord => ({
  type: 'record',
  kind,
  position: 0,
  value,
  line: null,
  vector: null,
  warnings: ['from the reader'],
});

test('a record of either kind becomes an entry with its canonical line', () => {
  const memory = prepare(source(memoryRecord(aMemory())), 'memport');
  expect(memory.entry).toMatchObject({ kind: 'memory', record: aMemory() });
  expect(memory.warnings).toEqual(['from the reader']);
  const unit = prepare(source(codeUnitRecord(aCodeUnit()), 'code_unit'), 'memport');
  expect(unit.entry).toMatchObject({ kind: 'code_unit', record: aCodeUnit() });
});

test('warnings of validation come after those of the reader', () => {
  const record = { ...memoryRecord(aMemory()), category: 'idea' };
  expect(prepare(source(record), 'memport').warnings).toHaveLength(2);
});

test('what can not be stored is a RecordError, also where only its writing fails', () => {
  expect(() => prepare(source({}), 'memport')).toThrow(RecordError);
  let deep: JsonValue = 1;
  for (let i = 0; i < 70; i += 1) deep = [deep];
  expect(() => prepare(source({ ...memoryRecord(aMemory()), metadata: { deep } }), 'memport')).toThrow(
    RecordError,
  );
});

import { describe, expect, it } from 'vitest';
import { codeUnitRecord } from '../../src/model/code-unit.ts';
import { derivedId } from '../../src/model/id.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { MAX_CONTENT_BYTES } from '../../src/model/limits.ts';
import { readCodeUnit } from '../../src/model/read-code-unit.ts';
import { sampleCodeUnit } from './samples.ts';

const read = (record: JsonObject) => readCodeUnit(record, { system: 'other', warn: () => {} });
const MINIMAL: JsonObject = {
  id: 'unit-1',
  project_name: 'p',
  file_path: 'a.py',
  unit_type: 'function',
  name: '',
  content: '',
  indexed_at: '2025-11-17T10:30:00Z',
};

describe('readCodeUnit', () => {
  it('reads back every field of what codeUnitRecord wrote', () => {
    const unit = sampleCodeUnit({ extra: { color: 'blue' } });
    expect(read(codeUnitRecord(unit))).toEqual(unit);
  });

  it('fills in the defaults and keeps a foreign id', () => {
    expect(read(MINIMAL)).toEqual({
      ...sampleCodeUnit(),
      id: derivedId('other:unit-1'),
      projectName: 'p',
      filePath: 'a.py',
      language: 'text',
      name: '',
      signature: null,
      startLine: 1,
      endLine: 1,
      startByte: null,
      endByte: null,
      content: '',
      doc: null,
      imports: [],
      complexity: null,
      fileHash: null,
      indexedAt: 1_763_375_400_000_000n,
      metadata: { source: { id: 'unit-1' } },
    });
  });

  it.each<[JsonObject, string]>([
    [{ project_name: null }, 'project_name is missing'],
    [{ project_name: '' }, 'project_name is missing'],
    [{ content: 'x'.repeat(MAX_CONTENT_BYTES + 1) }, 'content is longer than 16 MiB'],
    [{ indexed_at: null }, 'indexed_at is missing'],
    [{ file_path: '' }, 'file_path is empty'],
    [{ start_line: 1.5 }, 'start_line is not a whole number'],
    [{ end_line: -1 }, 'end_line is not a whole number'],
    [{ imports: {} }, 'imports is not a list'],
  ])('rejects %#', (members, reason) => {
    expect(() => read({ ...MINIMAL, ...members })).toThrow(reason);
  });
});

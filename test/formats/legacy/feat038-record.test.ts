import { describe, expect, it } from 'vitest';
import { readFeat038Record } from '../../../src/formats/legacy/feat038-record.ts';
import type { SourceRecord } from '../../../src/formats/source.ts';
import { type JsonObject, NumberToken } from '../../../src/model/json.ts';
import { readCodeUnit } from '../../../src/model/read-code-unit.ts';
import { readMemory } from '../../../src/model/read-memory.ts';

const PROVENANCE: JsonObject = {
  source: 'user_explicit',
  created_by: 'user_statement',
  last_confirmed: null,
  confidence: 0.8,
  verified: false,
  conversation_id: null,
  file_context: [],
  notes: null,
};
const MOVED: JsonObject = {
  source: 'claude_inferred',
  created_by: 'x',
  confidence: new NumberToken('1.0'),
  verified: true,
};
const MEMORY: JsonObject = {
  id: 'a',
  content: 'c',
  metadata: { k: 1 },
  provenance: { ...PROVENANCE, notes: 'n' },
};
const HEADER = 'File: src/main.py:3-9\nFunction: parse\nSignature: def parse(\n  argv)\n\nContent:\n';
const UNIT_METADATA: JsonObject = {
  file_path: '/home/dev/alpha/src/main.py',
  unit_type: 'function',
  unit_name: 'parse',
  start_line: 3,
  end_line: 9,
  start_byte: 120,
  end_byte: 360,
  signature: 'def parse(argv)',
  language: 'python',
  imports: [{ module: 'sys' }],
  cyclomatic_complexity: new NumberToken('2.0'),
  indexed_at: '2025-05-05T05:05:05+02:00',
  dependencies: ['sys'],
  usage_count: 3,
};
const UNIT: JsonObject = {
  id: '48efb5f04d845dfaf54b235aa1447104',
  content: `${HEADER}def parse(argv):\n\nContent:\n  pass`,
  category: 'code',
  scope: 'project',
  project_name: 'alpha',
  embedding_model: 'all-MiniLM-L6-v2',
  created_at: '2025-01-01T00:00:00+00:00',
  updated_at: '2025-02-02T00:00:00+00:00',
  tags: ['code'],
  metadata: UNIT_METADATA,
  provenance: PROVENANCE,
};

function record(value: JsonObject, vector: Float32Array | null = null): SourceRecord {
  return {
    type: 'record',
    kind: 'memory',
    position: 4,
    value,
    line: 'the line',
    vector,
    warnings: ['before'],
  };
}

const convert = (value: JsonObject, vector?: Float32Array) => readFeat038Record(record(value, vector));
const unit = (changes: JsonObject, metadata: JsonObject = {}) =>
  convert({ ...UNIT, metadata: { ...UNIT_METADATA, ...metadata }, ...changes });

function metadataOf(read: SourceRecord): unknown {
  return read.value.metadata;
}

describe('memories', () => {
  it('pass as they are', () => {
    expect(convert(MEMORY)).toEqual(record(MEMORY));
  });

  it.each([{}, null])('count as imported when their provenance is %j', provenance => {
    const read = convert({ ...MEMORY, provenance, created_at: '2025-01-01', category: 'fact' });
    expect(read.value).not.toHaveProperty('provenance');
    expect(read.line).toBeNull();
    const memory = readMemory(read.value, { system: 's', warn: () => {} });
    expect(memory.provenance.source).toBe('imported');
  });

  it.each([{}, null, PROVENANCE])('get back the provenance that an edit moved, from %j', provenance => {
    const read = convert({ ...MEMORY, provenance, metadata: { k: 1, provenance: MOVED } });
    expect(read.value.provenance).toEqual({ ...provenance, ...MOVED });
    expect(metadataOf(read)).toEqual({ k: 1 });
    expect(read.warnings).toEqual(['before', 'provenance was found in the metadata and put back']);
  });

  it.each<JsonObject>([
    { ...MOVED, source: 'elsewhere' },
    { ...MOVED, created_by: 1 },
    { ...MOVED, confidence: 'high' },
    { ...MOVED, verified: 'yes' },
    { ...MOVED, more: 1 },
  ])('keep metadata that is only called provenance: %j', provenance => {
    const others: JsonObject = { id: 'a', content: 'c', metadata: { provenance } };
    expect(convert(others)).toEqual(record(others));
  });

  it.each<JsonObject>([
    { ...PROVENANCE, source: 'legacy' },
    { ...PROVENANCE, created_by: 'me' },
    { ...PROVENANCE, confidence: 0.9 },
    { ...PROVENANCE, verified: true },
    { ...PROVENANCE, notes: 'n' },
    { ...PROVENANCE, file_context: ['a'] },
    { ...PROVENANCE, mood: 'good' },
  ])('keep a provenance that says something: %j', provenance => {
    const value = { ...MEMORY, provenance, metadata: { provenance: MOVED } };
    expect(convert(value)).toEqual(record(value));
  });

  it('keep a provenance that is no object, for the model to refuse', () => {
    expect(convert({ ...MEMORY, provenance: 'me' }).value.provenance).toBe('me');
  });
});

describe('labels of vectors', () => {
  const labelled = { ...MEMORY, embedding_model: 'all-MiniLM-L6-v2' };

  it('are corrected at 768 numbers, the old one noted', () => {
    const vector = new Float32Array(768).fill(0.1);
    const read = convert(labelled, vector);
    expect(read.value.embedding_model).toBe('all-mpnet-base-v2');
    expect(metadataOf(read)).toEqual({ k: 1, source: { embedding_model: 'all-MiniLM-L6-v2' } });
    expect(read.vector).toBe(vector);
    expect(read.warnings.at(-1)).toMatch(/768 numbers was labelled all-MiniLM-L6-v2/);
    expect(metadataOf(convert({ ...labelled, metadata: null }, vector))).toEqual({
      source: { embedding_model: 'all-MiniLM-L6-v2' },
    });
  });

  it('stay otherwise', () => {
    expect(convert(labelled, new Float32Array(384)).value).toBe(labelled);
    expect(convert(labelled).value).toBe(labelled);
    const other = { ...MEMORY, embedding_model: 'mine' };
    expect(convert(other, new Float32Array(768)).value).toBe(other);
    const odd = { ...labelled, metadata: 'text' };
    expect(convert(odd, new Float32Array(768)).value).toBe(odd);
  });

  it('are noted beside a foreign id', () => {
    const full = { ...labelled, created_at: '2025-01-01', category: 'fact' };
    const { value } = convert(full, new Float32Array(768));
    const memory = readMemory(value, { system: 'claude-memory-server', warn: () => {} });
    expect(memory.metadata).toEqual({ k: 1, source: { embedding_model: 'all-MiniLM-L6-v2', id: 'a' } });
  });
});

describe('code units', () => {
  it('get their fields from metadata and header, and lose nothing', () => {
    const read = unit({});
    expect(read.kind).toBe('code_unit');
    expect(read.position).toBe(4);
    expect(read.value).toEqual({
      id: UNIT.id,
      project_name: 'alpha',
      file_path: 'src/main.py',
      language: 'python',
      unit_type: 'function',
      name: 'parse',
      signature: 'def parse(argv)',
      start_line: 3,
      end_line: 9,
      start_byte: 120,
      end_byte: 360,
      imports: [{ module: 'sys' }],
      complexity: new NumberToken('2.0'),
      indexed_at: '2025-05-05T05:05:05+02:00',
      content: 'def parse(argv):\n\nContent:\n  pass',
      embedding_model: 'all-MiniLM-L6-v2',
      metadata: {
        dependencies: ['sys'],
        usage_count: 3,
        source: { system: 'claude-memory-server', header: HEADER, file_path: '/home/dev/alpha/src/main.py' },
      },
      category: 'code',
      scope: 'project',
      created_at: '2025-01-01T00:00:00+00:00',
      updated_at: '2025-02-02T00:00:00+00:00',
      tags: ['code'],
      provenance: PROVENANCE,
    });
    const kept = readCodeUnit(read.value, { system: 'claude-memory-server', warn: () => {} });
    expect(kept.id).toBe('48efb5f0-4d84-5dfa-f54b-235aa1447104');
    expect(kept.extra).toMatchObject({ category: 'code', tags: ['code'], provenance: PROVENANCE });
  });

  it.each<[string, JsonObject, JsonObject]>([
    ['without a project', { project_name: null }, {}],
    ['without a unit type', {}, { unit_type: '' }],
    ['without a path', {}, { file_path: null }],
    ['with metadata that is none', { metadata: [] }, {}],
  ])('stay memories %s', (_, changes, metadata) => {
    expect(unit(changes, metadata).kind).toBe('memory');
  });

  it('keep content and path where the header is not of the known shape', () => {
    for (const content of [
      'def parse(argv): pass',
      `x${HEADER}y`,
      HEADER.replace('\nContent:', '\nContents:'),
      HEADER.replace(':3-9', ''),
    ]) {
      const { value } = unit({ content });
      expect(value.content).toBe(content);
      expect(value.file_path).toBe('/home/dev/alpha/src/main.py');
      expect(value.metadata).toMatchObject({ source: { system: 'claude-memory-server' } });
    }
    expect(unit({ content: 7 }).value.content).toBe(7);
  });

  it('accept a header without a signature, and nothing after it', () => {
    const header = 'File: a b.py:1-1\nModule: a:b\n\nContent:\n';
    expect(unit({ content: header }).value).toMatchObject({ content: '', file_path: 'a b.py' });
  });

  it('write the path of a Windows file with slashes, the original kept', () => {
    const content = HEADER.replace('src/main.py', 'src\\main.py');
    const { value } = unit({ content }, { file_path: 'C:\\dev\\alpha\\src\\main.py' });
    expect(value.file_path).toBe('src/main.py');
    expect(value.metadata).toMatchObject({
      source: { header: content.slice(0, HEADER.length), file_path: 'C:\\dev\\alpha\\src\\main.py' },
    });
  });

  it('leave in the metadata what its field could not hold', () => {
    const odd: JsonObject = {
      start_line: 'three',
      end_line: -1,
      start_byte: 1.5,
      signature: null,
      imports: 'sys',
      cyclomatic_complexity: 'NaN',
      indexed_at: 'yesterday',
      unit_name: 7,
      language: [],
    };
    const { value } = unit({}, odd);
    expect(value.metadata).toMatchObject(odd);
    expect(value).toMatchObject({ name: '', indexed_at: UNIT.updated_at, end_byte: 360 });
    const kept = readCodeUnit(value, { system: 's', warn: () => {} });
    expect(kept).toMatchObject({ name: '', language: 'text', startLine: 1, complexity: null, imports: [] });
  });

  it('make room for top-level members that mean something else in a code unit', () => {
    const { value } = unit({ doc: 'mine', name: 5, color: 'red' }, { memport_members: 1 });
    expect(value).toMatchObject({ name: 'parse', color: 'red', metadata: { memport_members: 1 } });
    expect(value).not.toHaveProperty('doc');
    expect(value.metadata).toMatchObject({ memport_members_: { doc: 'mine', name: 5 } });
  });

  it('keep a source that the user had in the metadata', () => {
    const { value } = unit({}, { source: 'mine' });
    expect(value.metadata).toMatchObject({ source: 'mine', memport_source: { header: HEADER } });
  });

  it('take the date of creation where there is no other', () => {
    const { updated_at: _, ...others } = UNIT;
    const { indexed_at: __, ...metadata } = UNIT_METADATA;
    expect(convert({ ...others, metadata }).value.indexed_at).toBe(UNIT.created_at);
  });

  it('are corrected and repaired like memories', () => {
    const read = convert(
      { ...UNIT, metadata: { ...UNIT_METADATA, provenance: MOVED } },
      new Float32Array(768),
    );
    expect(read.value).toMatchObject({
      embedding_model: 'all-mpnet-base-v2',
      provenance: { ...PROVENANCE, ...MOVED },
      metadata: { source: { embedding_model: 'all-MiniLM-L6-v2', header: HEADER } },
    });
    expect(read.warnings).toHaveLength(3);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedId } from '../../src/model/id.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { parseRecordLine } from '../../src/model/json-parse.ts';
import { MAX_CONTENT_BYTES } from '../../src/model/limits.ts';
import { memoryLine, memoryRecord } from '../../src/model/memory.ts';
import { readMemory } from '../../src/model/read-memory.ts';
import { sampleMemory } from './samples.ts';

const MINIMAL: JsonObject = {
  id: '0198c0de-0000-7000-8000-000000000001',
  content: 'x',
  category: 'fact',
  created_at: '2025-11-17T10:30:00Z',
};

function read(record: JsonObject, system = 'memport') {
  const warnings: string[] = [];
  return { memory: readMemory(record, { system, warn: warning => warnings.push(warning) }), warnings };
}

const json = (text: string): JsonObject => parseRecordLine(text);

describe('readMemory', () => {
  it('reads back every field of what memoryRecord wrote', () => {
    const memory = sampleMemory({ extra: { color: 'blue' } });
    expect(read(memoryRecord(memory))).toEqual({ memory, warnings: [] });
    const bare = sampleMemory({
      scope: 'global',
      projectName: null,
      embeddingModel: null,
      tags: [],
      metadata: {},
    });
    expect(read(memoryRecord(bare)).memory).toEqual(bare);
  });

  it('keeps any content, tags and metadata byte for byte', () => {
    const text = fc.string({ unit: 'binary', minLength: 1 });
    fc.assert(
      fc.property(text, fc.array(text), fc.dictionary(text, fc.jsonValue()), (content, tags, metadata) => {
        const line = memoryLine(sampleMemory({ content, tags, metadata: json(JSON.stringify(metadata)) }));
        const { memory } = read(parseRecordLine(line));
        expect(memory.content).toBe(content);
        expect(memory.tags).toEqual(tags);
        expect(memoryLine(memory)).toBe(line);
      }),
      { examples: [['a\0b\ud800', ['\0', '\udfff'], { '\ud800': '\0' }]] },
    );
  });

  it('fills in the defaults', () => {
    const { memory, warnings } = read(MINIMAL);
    const at = 1_763_375_400_000_000n;
    expect(memory).toEqual({
      id: MINIMAL.id,
      content: 'x',
      category: 'fact',
      contextLevel: 'PROJECT_CONTEXT',
      scope: 'global',
      projectName: null,
      importance: 0.5,
      tags: [],
      metadata: {},
      provenance: {
        source: 'imported',
        createdBy: null,
        lastConfirmed: null,
        confidence: 0.8,
        verified: false,
        conversationId: null,
        fileContext: [],
        notes: null,
        extra: {},
      },
      lifecycleState: 'ACTIVE',
      createdAt: at,
      updatedAt: at,
      lastAccessed: at,
      embeddingModel: null,
      extra: {},
    });
    expect(warnings).toEqual([]);
    expect(read({ ...MINIMAL, category: 'preference' }).memory.contextLevel).toBe('USER_PREFERENCE');
  });

  it('takes null for a missing member', () => {
    const nulls = Object.fromEntries(
      ['context_level', 'scope', 'project_name', 'importance', 'tags', 'metadata', 'provenance'].map(name => [
        name,
        null,
      ]),
    );
    expect(read({ ...MINIMAL, ...nulls }).memory).toEqual(read(MINIMAL).memory);
  });

  it('turns an unknown category into context and notes it, with one warning', () => {
    const { memory, warnings } = read({ ...MINIMAL, category: 'Wisdom', metadata: { a: 1 } });
    expect(memory.category).toBe('context');
    expect(memory.metadata).toEqual({ a: 1, source: { category: 'Wisdom' } });
    expect(warnings).toEqual(['unknown category "Wisdom" became "context"']);
  });

  it('keeps a foreign id beside the one that it derives', () => {
    const { memory } = read({ ...MINIMAL, id: 'mem_1', category: 'odd' }, 'claude-memory-server');
    expect(memory.id).toBe(derivedId('claude-memory-server:mem_1'));
    expect(memory.metadata).toEqual({ source: { id: 'mem_1', category: 'odd' } });
  });

  it('never overwrites what a user has in metadata', () => {
    const one = read({ ...MINIMAL, id: 'mem_1', metadata: { source: 'wiki' } }).memory;
    expect(one.metadata).toEqual({ source: 'wiki', memport_source: { id: 'mem_1' } });
    const metadata = { source: 'wiki', memport_source: 'mine', memport_source_2: null };
    const two = read({ ...MINIMAL, id: 'mem_1', metadata }).memory;
    expect(two.metadata).toEqual({ ...metadata, memport_source_3: { id: 'mem_1' } });
  });

  it('keeps unknown members, also those of provenance, and hostile names', () => {
    const record = json(
      '{"__proto__":{"admin":true},"constructor":1,"provenance":{"__proto__":2,"mood":"good"},"color":9007199254740993}',
    );
    const { memory } = read({ ...Object.fromEntries(Object.entries(record).slice(1)), ...MINIMAL });
    expect(Object.keys(memory.extra)).toEqual(['constructor', 'color']);
    const line = memoryLine(sampleMemory());
    const hostile = json(
      `{"__proto__":{"admin":true},"provenance":{"__proto__":2,"mood":"good"},${line.slice(1)}`,
    );
    const kept = read(hostile).memory;
    expect(memoryLine(kept)).toContain('"__proto__":{"admin":true}');
    expect('admin' in kept).toBe(false);
    const provenance = json('{"__proto__":2,"mood":"good"}');
    expect(memoryLine(read({ ...MINIMAL, provenance }).memory)).toContain('"__proto__":2,"confidence":0.8');
    expect(read({ ...MINIMAL, provenance }).memory.provenance.source).toBe('imported');
  });

  it('keeps all digits in metadata, and keys that are names of fields', () => {
    const metadata = json(
      '{"id":"mine","content":1.0,"n":123456789012345678901234567890,"embedding":[1e400]}',
    );
    const line = memoryLine(read({ ...MINIMAL, metadata }).memory);
    expect(line).toContain(
      '"metadata":{"content":1.0,"embedding":[1e400],"id":"mine","n":123456789012345678901234567890}',
    );
  });

  it('drops the vector from the record, and nothing else', () => {
    expect(read({ ...MINIMAL, embedding: [1, 2] }).memory.extra).toEqual({});
  });

  it('warns of digits below the microsecond', () => {
    const { memory, warnings } = read({ ...MINIMAL, updated_at: '2025-11-17T10:30:00.1234567Z' });
    expect(memory.updatedAt).toBe(1_763_375_400_123_456n);
    expect(warnings).toEqual(['updated_at has digits below the microsecond, which were cut off']);
  });

  it('takes updated_at for created_at only the one way round', () => {
    expect(() => read({ ...MINIMAL, created_at: null, updated_at: '2025-11-17T10:30:00Z' })).toThrow(
      'created_at',
    );
  });

  it('takes a project name of 200 characters, counted as people do', () => {
    const name = '😀'.repeat(200);
    expect(read({ ...MINIMAL, scope: 'project', project_name: name }).memory.projectName).toBe(name);
    expect(() => read({ ...MINIMAL, project_name: `${name}x` })).toThrow('longer than 200');
    expect(read({ ...MINIMAL, project_name: '../etc' }).memory).toMatchObject({
      scope: 'global',
      projectName: '../etc',
    });
  });

  it('accepts content up to 16 MiB', () => {
    expect(read({ ...MINIMAL, content: 'x'.repeat(MAX_CONTENT_BYTES) }).memory.content).toHaveLength(
      MAX_CONTENT_BYTES,
    );
    expect(() => read({ ...MINIMAL, content: 'x'.repeat(MAX_CONTENT_BYTES + 1) })).toThrow(
      'longer than 16 MiB',
    );
    expect(() => read({ ...MINIMAL, content: 'é'.repeat(MAX_CONTENT_BYTES / 2 + 1) })).toThrow(
      'longer than 16 MiB',
    );
    expect(read({ ...MINIMAL, content: ' \n' }).memory.content).toBe(' \n');
  });

  it.each<[JsonObject, string]>([
    [{ id: null }, 'id is missing'],
    [{ id: 7 }, 'id is not text'],
    [{ id: '' }, 'id is empty'],
    [{ content: '' }, 'content is empty'],
    [{ content: ['x'] }, 'content is not text'],
    [{ category: null }, 'category is missing'],
    [{ context_level: 'GALAXY' }, 'context_level is not one of'],
    [{ scope: 'team' }, 'scope is not one of global, project'],
    [{ scope: 'project' }, 'scope is project, but project_name is missing'],
    [{ scope: 'project', project_name: '' }, 'scope is project, but project_name is missing'],
    [{ importance: 1.1 }, 'importance is not between 0 and 1'],
    [{ importance: -0.1 }, 'importance is not between 0 and 1'],
    [{ importance: 'high' }, 'importance is not a number'],
    [{ tags: 'a,b' }, 'tags is not a list'],
    [{ tags: ['a', 1] }, 'tags holds something that is not text'],
    [{ metadata: [] }, 'metadata is not an object'],
    [{ provenance: 'user' }, 'provenance is not an object'],
    [{ provenance: { source: 'oracle' } }, 'source is not one of'],
    [{ provenance: { verified: 'yes' } }, 'verified is not true or false'],
    [{ provenance: { confidence: 2 } }, 'confidence is not between 0 and 1'],
    [{ provenance: { last_confirmed: 'once' } }, 'last_confirmed is not a date: "once"'],
    [{ lifecycle_state: 'DEAD' }, 'lifecycle_state is not one of'],
    [{ created_at: null }, 'created_at is missing'],
    [{ created_at: 'soon' }, 'created_at is not a date: "soon"'],
    [{ last_accessed: 5 }, 'last_accessed is not text'],
    [{ embedding_model: 384 }, 'embedding_model is not text'],
  ])('rejects %j', (members, reason) => {
    expect(() => read({ ...MINIMAL, ...members })).toThrow(reason);
    expect(() => read({ ...MINIMAL, ...members })).toThrow(expect.objectContaining({ name: 'RecordError' }));
  });
});

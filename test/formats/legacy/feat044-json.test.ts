import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/model/json.ts';
import { parseExactJson } from '../../../src/model/json-parse.ts';
import { readMemory } from '../../../src/model/read-memory.ts';
import { fixturePath, temporaryFile } from '../json/support.ts';
import { madePath, readFileWhole } from './support.ts';

const ID = '00000000-0000-4000-8000-000000000001';

async function readMade(memories: readonly unknown[], top: Record<string, unknown> = {}) {
  const head = { version: '1.0', exported_at: '2025-11-23T09:00:00.5', total_count: memories.length };
  return readFileWhole(await temporaryFile(JSON.stringify({ ...head, ...top, memories })));
}

async function recordOf(memory: Record<string, unknown>, top: Record<string, unknown> = {}) {
  const { records } = await readMade([memory], top);
  return { ...records[0], value: records[0]?.value ?? {} };
}

describe('FEAT-044 JSON', () => {
  test('has every memory as it stands in the file, dates and all', async () => {
    const read = await readFileWhole(fixturePath('feat044.json'));
    const file = parseExactJson(await readFile(fixturePath('feat044.json'), 'utf8')) as unknown as {
      memories: JsonObject[];
    };
    expect(read.format).toBe('feat044-json');
    expect(read.verification).toMatchObject({ memories: 28, codeUnits: 3, vectors: 0, warnings: [] });
    expect(read.migrations).toEqual([
      'claude-memory-server feat044 → 3.0.0',
      'claude-memory-server 3.0.0 → memport 3.0',
    ]);
    const memories = read.records.filter(({ kind }) => kind === 'memory');
    expect(memories).toHaveLength(28);
    for (const { value, position, vector } of memories) {
      const { memory_id, ...others } = file.memories[position] ?? {};
      expect(memory_id).toBe(value.id);
      expect(value).toEqual(others);
      expect(vector).toBe(null);
    }
  });

  test('of one project, with either id or both', async () => {
    const read = await readFileWhole(madePath('feat044_filtered.json'));
    expect(read.records.map(({ kind, value }) => [kind, value.id])).toEqual([
      ['memory', '0000001f-0000-4000-8000-00000000001f'],
      ['memory', '00000020-0000-4000-8000-000000000020'],
      ['memory', '00000021-0000-4000-8000-000000000021'],
      ['code_unit', '00000022-0000-4000-8000-000000000022'],
    ]);
    expect(read.records[3]?.value).toMatchObject({ file_path: 'src/a.py', name: 'retry', start_line: 3 });
  });

  test('what a record lacks, it gets as the original importer gives it', async () => {
    const { value } = await recordOf({
      memory_id: ID,
      content: 'x',
      created_at: '2025-01-01T00:00:00-05:00',
    });
    expect(value).toMatchObject({ id: ID, category: 'fact', context_level: 'SESSION_STATE' });
    const warnings: string[] = [];
    const memory = readMemory(value, {
      system: 'claude-memory-server',
      warn: text => void warnings.push(text),
    });
    expect(memory).toMatchObject({
      importance: 0.5,
      tags: [],
      metadata: {},
      scope: 'global',
      projectName: null,
      lifecycleState: 'ACTIVE',
      provenance: { source: 'imported' },
      embeddingModel: null,
    });
    expect(memory.updatedAt).toBe(memory.createdAt);
    expect(warnings).toEqual([]);
  });

  test('what a record has, no default replaces', async () => {
    const memory = {
      id: ID,
      content: 'x',
      category: 'event',
      context_level: 'PROJECT_CONTEXT',
      created_at: '2025',
    };
    expect((await recordOf(memory)).value).toEqual(memory);
  });

  test('memory_id wins over id, which is noted', async () => {
    const { value } = await recordOf({ id: 'other', memory_id: ID, content: 'x', metadata: { k: 1 } });
    expect(value).toMatchObject({ id: ID, metadata: { k: 1, source: { id: 'other' } } });
    expect((await recordOf({ id: 'other', memory_id: ID, metadata: 'odd' })).value).toMatchObject({
      id: ID,
      metadata: 'odd',
    });
    expect((await recordOf({ id: 'other', memory_id: ID, metadata: null })).value).toMatchObject({
      metadata: { source: { id: 'other' } },
    });
    expect((await recordOf({ id: 'other', memory_id: null })).value).toMatchObject({ id: 'other' });
  });

  test('a record without any date is dated as the export, with a warning', async () => {
    const dated = await recordOf({ id: ID, content: 'x' });
    expect(dated.value.created_at).toBe('2025-11-23T09:00:00.500Z');
    expect(dated.warnings).toEqual([expect.stringMatching(/no date/)]);
    const updated = await recordOf({ id: ID, content: 'x', updated_at: '2025-01-01' });
    expect(updated).toMatchObject({ value: { created_at: '2025-01-01' }, warnings: [] });
    for (const exported_at of ['yesterday', 5])
      expect((await recordOf({ id: ID, content: 'x' }, { exported_at })).value).not.toHaveProperty(
        'created_at',
      );
  });

  test('total_count is held against what is there, where it is there', async () => {
    await expect(readMade([{ id: ID }], { total_count: 2 })).rejects.toMatchObject({ code: 'integrity' });
    expect((await readMade([{ id: ID }], { total_count: undefined })).records).toHaveLength(1);
  });

  test('a file that names nothing but memories is read when its format is given', async () => {
    const path = await temporaryFile(JSON.stringify({ memories: [{ memory_id: ID, content: 'x' }] }));
    await expect(readFileWhole(path)).rejects.toMatchObject({ code: 'unknown_format' });
    const read = await readFileWhole(path, 'feat044-json');
    expect(read.verification.warnings).toEqual([expect.stringMatching(/no version/)]);
    expect(read.records).toHaveLength(1);
  });

  test('of a newer major version is refused', async () => {
    await expect(readMade([], { version: '2.0' })).rejects.toMatchObject({ code: 'newer_version' });
  });

  test('other lists are named and left out; what is no record is rejected', async () => {
    const read = await readMade([1, { id: ID }], { code_units: [{}] });
    expect(read.verification.warnings).toEqual([expect.stringMatching(/code_units/)]);
    expect(read.items).toMatchObject([{ type: 'reject', reason: 'not a JSON object' }, { type: 'record' }]);
  });

  test('one that stops where the original stopped says so', async () => {
    const memories = Array.from({ length: 100_000 }, () => 0);
    const { verification } = await readMade(memories);
    expect(verification.warnings).toEqual([expect.stringMatching(/may have been more/)]);
  });
});

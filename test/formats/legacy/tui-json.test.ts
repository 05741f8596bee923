import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { fixturePath, temporaryFile } from '../json/support.ts';
import { readFileWhole } from './support.ts';

const MEMORY = {
  id: '00000000-0000-4000-8000-000000000001',
  category: 'fact',
  context_level: 'PROJECT_CONTEXT',
  importance: 0.5,
  content: 'x',
  created_at: '2025-01-01T00:00:00+00:00',
  scope: 'global',
  project_name: 'N/A',
  tags: [],
};

async function readMade(memories: readonly unknown[], top: Record<string, unknown> = {}) {
  const head = {
    exported_at: '20251123_090001',
    count: memories.length,
    filter: { type: 'all', value: null },
  };
  return readFileWhole(await temporaryFile(JSON.stringify({ ...head, ...top, memories })));
}

async function recordOf(memory: Record<string, unknown>, top: Record<string, unknown> = {}) {
  return (await readMade([{ ...MEMORY, ...memory }], top)).records[0];
}

describe('JSON of the terminal browser', () => {
  test('has every memory as it stands in the file, N/A being null', async () => {
    const read = await readFileWhole(fixturePath('tui_memories_export.json'));
    const file = JSON.parse(await readFile(fixturePath('tui_memories_export.json'), 'utf8'));
    expect(read).toMatchObject({
      format: 'tui-json',
      migrations: ['claude-memory-server tui → 3.0.0', 'claude-memory-server 3.0.0 → memport 3.0'],
      verification: { memories: 5, codeUnits: 0, warnings: [] },
    });
    expect(read.records.map(({ value }) => value)).toEqual(
      file.memories.map((memory: { project_name: string }) => ({
        ...memory,
        project_name: memory.project_name === 'N/A' ? null : memory.project_name,
      })),
    );
    expect(read.records.filter(({ value }) => value.project_name === null)).toHaveLength(4);
  });

  test('a text that is N/A stays, and so does the project of a project memory', async () => {
    expect((await recordOf({ content: 'N/A', scope: 'project' }))?.value).toMatchObject({
      content: 'N/A',
      project_name: 'N/A',
    });
  });

  test('a memory without date is dated as the export, with a warning', async () => {
    const record = await recordOf({ created_at: 'N/A' });
    expect(record?.value.created_at).toBe('2025-11-23T09:00:01Z');
    expect(record?.warnings).toEqual([expect.stringMatching(/no date/)]);
    const dateless = await recordOf({ created_at: 'N/A' }, { exported_at: 'N/A' });
    expect(dateless).toMatchObject({ value: { created_at: null }, warnings: [] });
  });

  test('the count is held against what is there; a full screen may not have been all', async () => {
    await expect(readMade([MEMORY], { count: 2 })).rejects.toMatchObject({ code: 'integrity' });
    const full = await readMade(Array.from({ length: 100 }, () => MEMORY));
    expect(full.verification.warnings).toEqual([expect.stringMatching(/may have been more/)]);
  });
});

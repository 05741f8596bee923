import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { parseRecordLine } from '../../src/model/json-parse.ts';
import { bareProject, type Project, projectLine, readProject } from '../../src/model/project.ts';

const counts = { memoryCount: 3, unitCount: 2, fileCount: 1, languages: { typescript: 1 } };
const FULL: Project = {
  name: 'web-shop',
  rootPath: '/srv/web-shop',
  aliases: ['shop', 'old shop'],
  firstIndexedAt: 0n,
  lastIndexedAt: 1n,
  git: { remote: 'https://example.org/shop.git', commit: 'abc', branch: null },
};
const read = (record: JsonObject): Project => readProject(record, () => {});

describe('project', () => {
  // Frozen, as the line of a memory.
  it('has this line', () => {
    expect(projectLine({ ...FULL, ...counts })).toBe(
      '{"aliases":["shop","old shop"],"file_count":1,"first_indexed_at":"1970-01-01T00:00:00Z",' +
        '"git":{"branch":null,"commit":"abc","remote":"https://example.org/shop.git"},"languages":{"typescript":1},' +
        '"last_indexed_at":"1970-01-01T00:00:00.000001Z","memory_count":3,"name":"web-shop","root_path":"/srv/web-shop","unit_count":2}',
    );
  });

  it.each([FULL, bareProject('bare'), bareProject('')])('reads back what it wrote', project => {
    expect(read(parseRecordLine(projectLine({ ...project, ...counts })))).toEqual(project);
  });

  it('takes 200 characters of name', () => {
    expect(read({ name: '😀'.repeat(200) })).toEqual(bareProject('😀'.repeat(200)));
    expect(() => read({ name: 'x'.repeat(201) })).toThrow('longer than 200');
    expect(() => read({})).toThrow('name is missing');
    expect(() => read({ name: 'x', git: 'main' })).toThrow('git is not an object');
  });
});

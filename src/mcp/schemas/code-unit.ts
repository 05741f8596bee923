import { z } from 'zod';
import type { CodeUnit } from '../../model/code-unit.ts';
import { cut } from './memory.ts';

const CONTENT = 1000;
const LINE = 300;

/** A unit of code as tools answer with it: what is too long for an answer is in its file. */
export const CODE_UNIT = z.object({
  id: z.string(),
  project_name: z.string(),
  root_path: z.string().nullable().describe("The project's folder on this machine, if it was indexed here."),
  file_path: z.string().describe('Below root_path.'),
  language: z.string(),
  unit_type: z.string().describe('function, method, class, …'),
  name: z.string(),
  signature: z.string().nullable(),
  start_line: z.int().describe('From 1 on.'),
  end_line: z.int(),
  doc: z.string().nullable(),
  content: z.string(),
  content_length: z.int().describe('Of the whole text, in UTF-16 units.'),
  content_truncated: z
    .boolean()
    .describe(`Whether content or doc is cut to ${CONTENT} characters: the lines of the file have the rest.`),
  complexity: z.number().nullable(),
  indexed_file_hash: z.string().nullable().describe('sha256 of the file when it was indexed.'),
});

export function viewCodeUnit(unit: CodeUnit, rootPath: string | null): z.input<typeof CODE_UNIT> {
  const content = cut(unit.content, 0, CONTENT);
  const doc = unit.doc === null ? null : cut(unit.doc, 0, CONTENT);
  return {
    id: unit.id,
    project_name: unit.projectName,
    root_path: rootPath,
    file_path: unit.filePath,
    language: unit.language,
    unit_type: unit.unitType,
    name: unit.name,
    signature: unit.signature === null ? null : cut(unit.signature, 0, CONTENT),
    start_line: unit.startLine,
    end_line: unit.endLine,
    doc,
    content,
    content_length: unit.content.length,
    content_truncated: content.length < unit.content.length || doc?.length !== unit.doc?.length,
    complexity: unit.complexity,
    indexed_file_hash: unit.fileHash,
  };
}

/** Where it is, and what it is. */
export function codeLineOf(unit: z.input<typeof CODE_UNIT>): string {
  const { file_path, start_line, end_line, unit_type, name, signature, project_name, content } = unit;
  const shown = signature ?? content.split('\n').find(line => line.trim() !== '') ?? '';
  return `- ${file_path}:${start_line}-${end_line} ${unit_type} ${name} (project ${JSON.stringify(project_name)}): ${cut(shown, 0, LINE)}`;
}

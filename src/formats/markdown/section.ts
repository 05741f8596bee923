import { hash } from 'node:crypto';
import type { JsonObject } from '../../model/json.ts';
import type { RecordKind } from '../../model/record.ts';
import { contentBlock } from './content-block.ts';
import { fieldsOf } from './fields.ts';
import { codeUnitLanguage, memoryLanguage } from './language.ts';
import { CODE_UNIT_MARK, MEMORY_MARK } from './layout.ts';
import { codeUnitTitle, inlineText, memoryTitle } from './title.ts';
import { yamlBlock } from './yaml-text.ts';

/** What a section is made of. */
export interface SectionParts {
  readonly kind: RecordKind;
  readonly record: JsonObject;
  /** As titleOf makes it. */
  readonly title: string;
  /** lineHash of the canonical line. */
  readonly sha256: string;
}

/**
 * The section of one record: its heading, its metadata in a fence, its content. The info string of the fence has the
 * hash of the canonical line, so that a reader can tell what was edited since.
 */
export function sectionText({ kind, record, title, sha256 }: SectionParts): string {
  const mark = kind === 'memory' ? MEMORY_MARK : CODE_UNIT_MARK;
  const language = kind === 'memory' ? memoryLanguage(record) : codeUnitLanguage(record);
  const content = typeof record.content === 'string' ? record.content : '';
  return `## ${inlineText(title)}

\`\`\`yaml ${mark} sha256=${sha256}
${yamlBlock(fieldsOf(kind, record))}
\`\`\`

${contentBlock(content, language)}
`;
}

export function titleOf(kind: RecordKind, record: JsonObject): string {
  return kind === 'memory' ? memoryTitle(record) : codeUnitTitle(record);
}

/** The sha256 of a record's canonical line, hexadecimal. */
export function lineHash(line: string): string {
  return hash('sha256', line, 'hex');
}

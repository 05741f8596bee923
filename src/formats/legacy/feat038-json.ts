import { parseInstant } from '../../model/instant.ts';
import type { JsonObject } from '../../model/json.ts';
import { checkCount, type Found, type JsonDialect } from '../json/dialect.ts';
import { readElement } from '../json/element.ts';
import type { JsonElement } from '../json/scanner.ts';
import type { SourceItem } from '../source.ts';
import { CLAUDE_MEMORY_SERVER, isCodeUnit } from './feat038-code-unit.ts';
import { readFeat038Element } from './feat038-element.ts';

const UNIT_WORDS = [Buffer.from('"unit_type"'), Buffer.from('"file_path"')];
const CAP = 100;
const CAP_FIXED_AT = parseInstant('2025-11-30') ?? 0n;

/** JSON exports of claude-memory-server (reference/claude-memory-server-formats.md, 1.1): code units are among the memories. */
export const FEAT038_JSON: JsonDialect = {
  format: 'feat038-json',
  system: CLAUDE_MEMORY_SERVER,

  kindOf(element: JsonElement): 'memory' | 'code_unit' | null {
    if (element.array !== 'memories') return null;
    if (!UNIT_WORDS.every(word => element.bytes.includes(word))) return 'memory';
    const read = readElement(element, 'memory');
    return read.type === 'record' && isCodeUnit(read.value) ? 'code_unit' : 'memory';
  },

  check(header: JsonObject, found: Found): readonly string[] {
    const count = found.memories + found.codeUnits;
    const counted = checkCount(header, 'memory_count', count);
    return [...(counted ? [] : ['the file has no memory_count']), ...capWarning(header, count)];
  },

  read(element: JsonElement): SourceItem | null {
    if (element.array !== 'memories') return null;
    return readFeat038Element(element);
  },
};

/** Until 2025-11-29 the original wrote at most 100 memories, without a word (pitfall C1). */
function capWarning(header: JsonObject, count: number): readonly string[] {
  const date = typeof header.export_date === 'string' ? parseInstant(header.export_date) : null;
  if (count !== CAP || date === null || date >= CAP_FIXED_AT) return [];
  return [`exports of that time stopped at ${CAP} memories without saying so: there may have been more`];
}

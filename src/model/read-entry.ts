import { parseRecordLine } from './json-parse.ts';
import { readCodeUnit } from './read-code-unit.ts';
import { readMemory } from './read-memory.ts';
import type { Entry, RecordKind } from './record.ts';

const CONTEXT = { system: 'memport', warn: () => {} };

/** The entry that a canonical line of ours stands for. Throws what the parsers throw for any other text. */
export function readEntry(kind: RecordKind, line: string, vector: Float32Array | null): Entry {
  const value = parseRecordLine(line);
  return kind === 'memory'
    ? { kind, record: readMemory(value, CONTEXT), line, vector }
    : { kind, record: readCodeUnit(value, CONTEXT), line, vector };
}

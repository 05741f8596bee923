import { parseRecordLine } from './json-parse.ts';
import { readCodeUnit } from './read-code-unit.ts';
import { readMemory } from './read-memory.ts';
import type { CodeUnitEntry, Entry, MemoryEntry, RecordKind } from './record.ts';

const CONTEXT = { system: 'memport', warn: () => {} };

/** The entry that a canonical line of ours stands for. Throws what the parsers throw for any other text. */
export function readEntry(kind: RecordKind, line: string, vector: Float32Array | null): Entry {
  return kind === 'memory' ? readMemoryEntry(line, vector) : readCodeUnitEntry(line, vector);
}

export function readMemoryEntry(line: string, vector: Float32Array | null): MemoryEntry {
  return { kind: 'memory', record: readMemory(parseRecordLine(line), CONTEXT), line, vector };
}

export function readCodeUnitEntry(line: string, vector: Float32Array | null): CodeUnitEntry {
  return { kind: 'code_unit', record: readCodeUnit(parseRecordLine(line), CONTEXT), line, vector };
}

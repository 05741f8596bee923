import type { CodeUnit } from './code-unit.ts';
import { codeUnitLine } from './code-unit.ts';
import { hasMoreValues } from './json-values.ts';
import { inMib, isLonger, MAX_RECORD_BYTES, MAX_RECORD_VALUES } from './limits.ts';
import type { Memory } from './memory.ts';
import { memoryLine } from './memory.ts';

export const RECORD_KINDS = ['memory', 'code_unit'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** A memory or a code unit with the canonical line that stands for it, and its own vector or null. */
export type Entry = MemoryEntry | CodeUnitEntry;

export interface MemoryEntry {
  readonly kind: 'memory';
  readonly record: Memory;
  readonly line: string;
  /** The vector labelled by the record's `embedding_model`, finite float32 numbers. */
  readonly vector: Float32Array | null;
}

export interface CodeUnitEntry {
  readonly kind: 'code_unit';
  readonly record: CodeUnit;
  readonly line: string;
  readonly vector: Float32Array | null;
}

/** `likely`: see memoryLine. Throws RangeError for a record that is larger than records may be. */
export function memoryEntry(
  record: Memory,
  vector: Float32Array | null,
  likely: string | null = null,
): MemoryEntry {
  return { kind: 'memory', record, line: checked(memoryLine(record, likely)), vector };
}

/** Throws RangeError for a record that is larger than records may be. */
export function codeUnitEntry(record: CodeUnit, vector: Float32Array | null): CodeUnitEntry {
  return { kind: 'code_unit', record, line: checked(codeUnitLine(record)), vector };
}

/** What is stored must be readable again: by the store, and from every format that it can be exported to. */
function checked(line: string): string {
  if (isLonger(line, MAX_RECORD_BYTES))
    throw new RangeError(`as JSON the record is longer than ${inMib(MAX_RECORD_BYTES)}`);
  if (hasMoreValues(line, MAX_RECORD_VALUES))
    throw new RangeError(`the record has more than ${MAX_RECORD_VALUES} values`);
  return line;
}

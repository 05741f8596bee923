import type { CodeUnit } from './code-unit.ts';
import { codeUnitLine } from './code-unit.ts';
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

/** `likely`: see memoryLine. */
export function memoryEntry(
  record: Memory,
  vector: Float32Array | null,
  likely: string | null = null,
): MemoryEntry {
  return { kind: 'memory', record, line: memoryLine(record, likely), vector };
}

export function codeUnitEntry(record: CodeUnit, vector: Float32Array | null): CodeUnitEntry {
  return { kind: 'code_unit', record, line: codeUnitLine(record), vector };
}

import type { SourceRecord } from '../../formats/source.ts';
import { readCodeUnit } from '../../model/read-code-unit.ts';
import { RecordError } from '../../model/read-fields.ts';
import { readMemory } from '../../model/read-memory.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../model/record.ts';

export interface Prepared {
  readonly entry: Entry;
  readonly warnings: readonly string[];
}

/** Validates one record of a file and gives it today's shape. Throws RecordError when it can't be stored. */
export function prepare(record: SourceRecord, system: string): Prepared {
  const warnings = [...record.warnings];
  const context = { system, warn: (warning: string) => void warnings.push(warning) };
  try {
    const entry =
      record.kind === 'memory'
        ? memoryEntry(readMemory(record.value, context), record.vector, record.line)
        : codeUnitEntry(readCodeUnit(record.value, context), record.vector);
    return { entry, warnings };
  } catch (error) {
    if (error instanceof RangeError) throw new RecordError(error.message);
    throw error;
  }
}

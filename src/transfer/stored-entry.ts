import { MemportError } from '../errors.ts';
import { parseRecordLine } from '../model/json-parse.ts';
import type { Memory } from '../model/memory.ts';
import { readCodeUnit } from '../model/read-code-unit.ts';
import { readMemory } from '../model/read-memory.ts';
import type { Entry, RecordKind } from '../model/record.ts';
import type { StoredEntry, StoredLine } from '../store/store.ts';

const CONTEXT = { system: 'memport', warn: () => {} };

/** The record behind a stored line. A line that can't be read is damage: it throws rather than count as absent. */
export function storedEntry(kind: RecordKind, stored: Pick<StoredEntry, 'id' | 'line' | 'vector'>): Entry {
  const { line, vector } = stored;
  return readStored(stored, value =>
    kind === 'memory'
      ? { kind, record: readMemory(value, CONTEXT), line, vector }
      : { kind, record: readCodeUnit(value, CONTEXT), line, vector },
  );
}

export function storedMemory(stored: Pick<StoredLine, 'id' | 'line'>): Memory {
  return readStored(stored, value => readMemory(value, CONTEXT));
}

function readStored<T>(
  stored: Pick<StoredLine, 'id' | 'line'>,
  read: (value: ReturnType<typeof parseRecordLine>) => T,
): T {
  try {
    return read(parseRecordLine(stored.line));
  } catch (error) {
    throw new MemportError('integrity', `the stored record ${stored.id} can't be read: ${String(error)}`, {
      cause: error,
    });
  }
}

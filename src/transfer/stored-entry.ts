import { MemportError } from '../errors.ts';
import type { Memory } from '../model/memory.ts';
import { readEntry, readMemoryEntry } from '../model/read-entry.ts';
import type { Entry, RecordKind } from '../model/record.ts';
import type { StoredEntry, StoredLine } from '../store/store.ts';

/** The record behind a stored line. A line that can't be read is damage: it throws rather than count as absent. */
export function storedEntry(kind: RecordKind, stored: Pick<StoredEntry, 'id' | 'line' | 'vector'>): Entry {
  return readStored(stored.id, () => readEntry(kind, stored.line, stored.vector));
}

export function storedMemory({ id, line }: Pick<StoredLine, 'id' | 'line'>): Memory {
  return readStored(id, () => readMemoryEntry(line, null).record);
}

function readStored<T>(id: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new MemportError('integrity', `the stored record ${id} can't be read: ${String(error)}`, {
      cause: error,
    });
  }
}

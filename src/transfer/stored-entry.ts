import { MemportError } from '../errors.ts';
import type { Memory } from '../model/memory.ts';
import { readEntry } from '../model/read-entry.ts';
import type { Entry, RecordKind } from '../model/record.ts';
import type { StoredEntry, StoredLine } from '../store/store.ts';

/** The record behind a stored line. A line that can't be read is damage: it throws rather than count as absent. */
export function storedEntry(kind: RecordKind, stored: Pick<StoredEntry, 'id' | 'line' | 'vector'>): Entry {
  try {
    return readEntry(kind, stored.line, stored.vector);
  } catch (error) {
    throw new MemportError('integrity', `the stored record ${stored.id} can't be read: ${String(error)}`, {
      cause: error,
    });
  }
}

export function storedMemory(stored: Pick<StoredLine, 'id' | 'line'>): Memory {
  const entry = storedEntry('memory', { ...stored, vector: null });
  if (entry.kind !== 'memory') throw new TypeError(`${stored.id} is no memory`);
  return entry.record;
}

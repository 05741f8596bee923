import { readMemoryEntry } from '../../../model/read-entry.ts';
import type { Connection } from '../connection.ts';
import { separateDense } from '../dense-text.ts';
import { foldTags, insertMemoryText, removeMemoryText } from '../memory-text.ts';
import { eachRecord } from './each-record.ts';
import type { Migration } from './migration.ts';

/** The full text of memories in scripts without blanks is made again, by dense-text.ts, so that parts of it are found. */
export const DENSE_TEXT: Migration = { version: 3, sql: '', fill };

function fill(connection: Connection): void {
  eachRecord(connection, 'memory', (seq, line) => {
    if (separateDense(line) === line) return;
    const { content, tags } = readMemoryEntry(line, null).record;
    removeMemoryText(connection, seq);
    insertMemoryText(connection, seq, content, foldTags(tags));
  });
}

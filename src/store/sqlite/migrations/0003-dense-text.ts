import { readMemoryEntry } from '../../../model/read-entry.ts';
import type { Connection } from '../connection.ts';
import { separateDense } from '../dense-text.ts';
import { foldTags, insertMemoryText, removeMemoryText } from '../memory-text.ts';
import type { Migration } from './migration.ts';

/** The full text of memories in scripts without blanks is made again, by dense-text.ts, so that parts of it are found. */
export const DENSE_TEXT: Migration = { version: 3, sql: '', fill };

const PAGE = 500;

function fill(connection: Connection): void {
  const sql = 'SELECT seq, record FROM memories WHERE seq > ? ORDER BY seq LIMIT ?';
  for (let after = 0; ; ) {
    const rows = connection.all<readonly [number, string]>(sql, [after, PAGE]);
    const last = rows.at(-1);
    if (last === undefined) return;
    [after] = last;
    for (const [seq, line] of rows) {
      if (separateDense(line) === line) continue;
      const { content, tags } = readMemoryEntry(line, null).record;
      removeMemoryText(connection, seq);
      insertMemoryText(connection, seq, content, foldTags(tags));
    }
  }
}

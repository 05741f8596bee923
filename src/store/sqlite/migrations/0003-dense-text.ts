import type { Connection } from '../connection.ts';
import { separateDense } from '../dense-text.ts';
import { foldTags, insertMemoryText, removeMemoryText } from '../memory-text.ts';
import type { Migration } from './migration.ts';

/** The full text of memories in scripts without blanks is made again, by dense-text.ts, so that parts of it are found. */
export const DENSE_TEXT: Migration = { version: 3, sql: '', fill };

const PAGE = 500;

function fill(connection: Connection): void {
  for (let after = 0; ; ) {
    const sql = 'SELECT seq, record FROM memories WHERE seq > ? ORDER BY seq LIMIT ?';
    const rows = connection.all<readonly [number, string]>(sql, [after, PAGE]);
    if (rows.length === 0) return;
    for (const [seq, line] of rows) if (separateDense(line) !== line) fillRow(connection, seq, line);
    after = rows.at(-1)?.[0] ?? after;
  }
}

function fillRow(connection: Connection, seq: number, line: string): void {
  const record: unknown = JSON.parse(line);
  const member = (name: string): unknown =>
    record !== null && typeof record === 'object' ? Reflect.get(record, name) : null;
  const [content, tags] = [member('content'), member('tags')];
  removeMemoryText(connection, seq);
  const words = Array.isArray(tags) ? tags.filter(tag => typeof tag === 'string') : [];
  insertMemoryText(connection, seq, typeof content === 'string' ? content : '', foldTags(words));
}

import { usableAttachments } from './attachments.ts';
import { type LegacyDatabase, quoted } from './database.ts';
import { MEMORIES } from './row-reader.ts';

/** Tables of SQLite itself, and of its full-text indexes. */
const INTERNAL = /^sqlite_|_fts(?:_(?:data|idx|content|docsize|config))?$/;
/** What a definition that no memory uses is called, and the table and column that use it. */
const DEFINITIONS: readonly (readonly [string, string, string])[] = [
  ['tags', 'memory_tags', 'tag_id'],
  ['collections', 'collection_memories', 'collection_id'],
];

/** What a database holds beside its memories, with how many rows: a note for each table that has any. */
export function notesOnLeftOut(
  database: LegacyDatabase,
  tables: ReadonlyMap<string, readonly string[]>,
): readonly string[] {
  const notes: string[] = [];
  const attachments = usableAttachments(database, tables);
  const note = (count: number, what: string): void => {
    if (count > 0) notes.push(`${what}: ${count} left out`);
  };
  for (const table of tables.keys()) {
    const attachment = attachments.find(candidate => candidate.table === table);
    const definition = DEFINITIONS.find(
      ([name, user]) => name === table && attachments.some(candidate => candidate.table === user),
    );
    if (table === MEMORIES || INTERNAL.test(table)) continue;
    if (attachment !== undefined) {
      const orphans = notAmong(quoted(attachment.owner), 'id', 'memories');
      note(database.count(table, orphans), `rows of ${table} that belong to no memory`);
    } else if (definition !== undefined) {
      const unused = notAmong('id', definition[2], definition[1]);
      note(database.count(table, unused), `${table} without memories`);
    } else {
      note(database.count(table), `rows of ${table}, which are no memories`);
    }
  }
  return notes;
}

/** A condition that also holds for NULL, and whether or not there is NULL among the others. */
function notAmong(name: string, column: string, table: string): string {
  return `(${name} IS NULL OR ${name} NOT IN (SELECT ${column} FROM ${table} WHERE ${column} IS NOT NULL))`;
}

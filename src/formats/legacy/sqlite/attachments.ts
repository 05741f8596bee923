import type { JsonObject, JsonValue } from '../../../model/json.ts';
import type { LegacyDatabase } from './database.ts';

/** Rows of another table that say something of a memory, and become members of its metadata. */
export interface Attachment {
  readonly table: string;
  /** The column with the memory's id. */
  readonly owner: string;
  /** Gives the rows of one memory, in an order that does not change. */
  readonly sql: string;
  notes(rows: readonly JsonObject[]): JsonObject;
}

/** All of the tables that hold what the user, or the program about the user's memories, noted (reference, 4.2). */
export const ATTACHMENTS: readonly Attachment[] = [
  {
    table: 'memory_usage_tracking',
    owner: 'memory_id',
    sql: `SELECT first_seen AS usage_first_seen, last_used AS usage_last_used, use_count AS usage_count,
      last_search_score AS usage_last_score FROM memory_usage_tracking WHERE memory_id = ?`,
    // The names under which the later store kept the same in the metadata.
    notes: ([row = {}]) => row,
  },
  {
    table: 'memory_tags',
    owner: 'memory_id',
    sql: `SELECT tags.full_path AS path, memory_tags.confidence, memory_tags.auto_generated, memory_tags.created_at
      FROM memory_tags LEFT JOIN tags ON tags.id = memory_tags.tag_id
      WHERE memory_tags.memory_id = ? ORDER BY tags.full_path, memory_tags.tag_id`,
    notes: rows => ({ tag_paths: rows }),
  },
  {
    table: 'collection_memories',
    owner: 'memory_id',
    sql: `SELECT collections.name, collections.description, collections.auto_generated, collections.tag_filter,
      collection_memories.added_at
      FROM collection_memories LEFT JOIN collections ON collections.id = collection_memories.collection_id
      WHERE collection_memories.memory_id = ? ORDER BY collections.name, collection_memories.collection_id`,
    notes: rows => ({ collections: rows }),
  },
  {
    table: 'memory_relationships',
    owner: 'source_memory_id',
    sql: `SELECT target_memory_id, relationship_type, confidence, detected_at, detected_by, notes, dismissed
      FROM memory_relationships WHERE source_memory_id = ? ORDER BY id`,
    notes: rows => ({ relationships: rows }),
  },
];

/** Those whose tables are there, in the shape that their statement needs. */
export function usableAttachments(
  database: LegacyDatabase,
  tables: ReadonlyMap<string, readonly string[]>,
): readonly Attachment[] {
  return ATTACHMENTS.filter(({ table, sql }) => tables.has(table) && database.canRun(sql));
}

/** A row as it was read, apart from what other tables had for it, which is given as members for the metadata. */
export function attachmentNotes(value: JsonObject): {
  readonly row: JsonObject;
  readonly notes: JsonObject;
} {
  const isAttached = (name: string): boolean => ATTACHMENTS.some(({ table }) => table === name);
  const row = Object.fromEntries(Object.entries(value).filter(([name]) => !isAttached(name)));
  const notes = ATTACHMENTS.flatMap(({ table, notes: noted }) => {
    const rows = rowsOf(value[table]);
    return rows.length > 0 ? Object.entries(noted(rows)) : [];
  });
  return { row, notes: Object.fromEntries(notes) };
}

function rowsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value) ? (value as readonly JsonObject[]) : [];
}

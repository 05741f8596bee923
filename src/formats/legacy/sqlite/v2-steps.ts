import { isJsonObject, type JsonObject, type JsonValue, withKeys } from '../../../model/json.ts';
import { RecordError } from '../../../model/read-fields.ts';
import type { Migration } from '../../migrations/migration.ts';
import type { SourceRecord } from '../../source.ts';
import { SHAPES } from '../shapes.ts';
import { attachmentNotes } from './attachments.ts';
import { parseColumn } from './json-column.ts';
import { withNotes } from './notes.ts';

const PREFIX = 'provenance_';

/** Rows of before 2025-11-17 (reference/claude-memory-server-formats.md, 4.2); other missing columns have defaults. */
export const SQLITE_V2_FIRST_STEP: Migration = {
  from: SHAPES.sqliteV2First,
  to: SHAPES.sqliteV2,
  describe: 'rows without provenance get the source "legacy"',
  apply: record => ({ ...record, value: withKeys(record.value, { provenance_source: 'legacy' }) }),
};

/** Rows of the last SQLite store, with the rows of other tables that belong to them. */
export const SQLITE_V2_STEP: Migration = {
  from: SHAPES.sqliteV2,
  to: SHAPES.feat038,
  describe:
    'texts become tags, metadata and provenance; usage, tag paths, collections and relationships become metadata',

  apply(record: SourceRecord): SourceRecord {
    const warnings = [...record.warnings];
    const { notes, row } = attachmentNotes(record.value);
    const metadata = parseColumn('metadata', row.metadata, warnings) ?? {};
    if (!isJsonObject(metadata)) throw new RecordError('metadata is not an object');
    const columns = Object.entries(row).filter(([name]) => !name.startsWith(PREFIX));
    const value = withKeys(Object.fromEntries(columns), {
      tags: parseColumn('tags', row.tags, warnings),
      metadata: withNotes(metadata, notes),
      provenance: provenanceOf(row, warnings),
    });
    return { ...record, value, warnings };
  },
};

function provenanceOf(row: JsonObject, warnings: string[]): JsonObject {
  const columns = Object.entries(row)
    .filter(([name]) => name.startsWith(PREFIX))
    .map(([name, value]): [string, JsonValue] => [name.slice(PREFIX.length), value]);
  const provenance = Object.fromEntries(columns);
  return withKeys(provenance, {
    verified: readFlag(provenance.verified),
    file_context: parseColumn('provenance_file_context', provenance.file_context, warnings) ?? [],
  });
}

function readFlag(value: JsonValue | undefined): JsonValue {
  if (value === 0 || value === 1) return value === 1;
  return value ?? null;
}

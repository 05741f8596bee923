import { canonicalJson } from '../../../model/canonical.ts';
import { derivedId } from '../../../model/id.ts';
import { type JsonObject, type JsonValue, NumberToken, withKeys } from '../../../model/json.ts';
import { withSource } from '../../../model/read-memory.ts';
import type { Migration } from '../../migrations/migration.ts';
import type { SourceRecord } from '../../source.ts';
import { SHAPES } from '../shapes.ts';
import { parseColumn } from './json-column.ts';
import { withNotes } from './notes.ts';

const DOCUMENTATION = 'documentation';
const MODEL = 'all-MiniLM-L6-v2';

/** Rows of the first release (reference/claude-memory-server-formats.md, 4.1). */
export const SQLITE_V1_STEP: Migration = {
  from: SHAPES.sqliteV1,
  to: SHAPES.feat038,
  describe:
    'integer ids become derived ones; documentation becomes context, with its file and heading in the metadata; the timestamp becomes all dates',

  apply(record: SourceRecord): SourceRecord {
    const warnings = [...record.warnings];
    const { id, category, memory_type, source_file, heading, timestamp, tags, ...others } = record.value;
    const isDocument = category === DOCUMENTATION || memory_type === DOCUMENTATION;
    const notes = { source_file, heading, memory_type: memory_type === 'memory' ? null : memory_type };
    const metadata = withSource(withNotes({}, notes), {
      id: textOf(id),
      category: category === DOCUMENTATION ? DOCUMENTATION : null,
    });
    const value = withKeys(others, {
      id: idOf(record.value),
      category: category === DOCUMENTATION ? 'context' : (category ?? null),
      tags: parseColumn('tags', tags, warnings),
      metadata,
      created_at: timestamp ?? null,
      embedding_model: record.vector === null ? null : MODEL,
      provenance: { source: isDocument ? DOCUMENTATION : 'legacy' } satisfies JsonObject,
    });
    return { ...record, value, warnings };
  },
};

/**
 * The first release counted its rows from 1 on every machine, so a number alone would give unrelated memories of two
 * machines the same id, and the later one would replace the other: when it was made and what it says go into the id too.
 */
function idOf({ id, timestamp, content }: JsonObject): JsonValue {
  const number = textOf(id);
  return number === null
    ? null
    : derivedId(`claude-memory-server:v1:${canonicalJson([number, timestamp ?? null, content ?? null])}`);
}

function textOf(id: JsonValue | undefined): string | null {
  if (id instanceof NumberToken) return id.text;
  return typeof id === 'number' || typeof id === 'string' ? String(id) : null;
}

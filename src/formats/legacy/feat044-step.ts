import { isJsonObject, type JsonObject, type JsonValue, withKeys } from '../../model/json.ts';
import { withSource } from '../../model/read-memory.ts';
import type { Migration } from '../migrations/migration.ts';
import type { SourceRecord } from '../source.ts';
import { dateOfExport } from './export-date.ts';
import { SHAPES } from './shapes.ts';

/** What the original's own importer takes for what a record does not say. */
const DEFAULTS: JsonObject = { category: 'fact', context_level: 'SESSION_STATE' };

export const FEAT044_STEP: Migration = {
  from: SHAPES.feat044,
  to: SHAPES.feat038,
  describe: 'memory_id becomes id; what is missing gets the defaults of the original importer',

  apply(record: SourceRecord, header: JsonObject): SourceRecord {
    const warnings = [...record.warnings];
    const { memory_id: memoryId = null, ...others } = record.value;
    const missing = Object.entries(DEFAULTS).filter(([name]) => (others[name] ?? null) === null);
    const value = withKeys(others, {
      ...(memoryId === null ? {} : withMemoryId(others, memoryId)),
      ...Object.fromEntries(missing),
      ...dateOfExport(others, header.exported_at, warnings),
    });
    return { ...record, value, line: null, warnings };
  },
};

/** `memory_id` wins, as in the original; an `id` that says something else is noted in the metadata. */
function withMemoryId(record: JsonObject, memoryId: JsonValue): JsonObject {
  const { id } = record;
  const metadata = record.metadata ?? {};
  const isOther = typeof id === 'string' && id !== memoryId;
  return isOther && isJsonObject(metadata)
    ? { id: memoryId, metadata: withSource(metadata, { id }) }
    : { id: memoryId };
}

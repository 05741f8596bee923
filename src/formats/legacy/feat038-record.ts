import { isJsonObject, type JsonObject, type JsonValue, NumberToken, withKeys } from '../../model/json.ts';
import { PROVENANCE_SOURCES } from '../../model/memory.ts';
import type { Warn } from '../../model/read-fields.ts';
import { withSource } from '../../model/read-memory.ts';
import type { Migration } from '../migrations/migration.ts';
import type { SourceRecord } from '../source.ts';
import { codeUnitOf, isCodeUnit } from './feat038-code-unit.ts';
import { SHAPES } from './shapes.ts';

/** The label that the original puts on vectors whatever made them, and the model that makes those of 768 numbers. */
const LABEL = 'all-MiniLM-L6-v2';
const LARGER_MODEL = { name: 'all-mpnet-base-v2', dimensions: 768 };

/**
 * Turns a record of claude-memory-server into one of spec 1.1 or, where it is a code unit, of spec 1.2. Pure. Repairs
 * what the original is known to spoil: provenance that an edit moved into the metadata (pitfall C11), and the label of
 * a vector that another model made. Nothing is lost: what has no field of its own is in `metadata`, in
 * `metadata.source`, or stays a top-level member, which the models keep as `extra`.
 */
export function readFeat038Record(read: SourceRecord): SourceRecord {
  const warnings = [...read.warnings];
  const warn = (warning: string): void => void warnings.push(warning);
  const repaired = relabel(repairProvenance(read.value, warn), read.vector, warn);
  const isUnit = isCodeUnit(repaired);
  const value = isUnit ? codeUnitOf(repaired) : repaired;
  const line = value === read.value ? read.line : null;
  return { ...read, kind: isUnit ? 'code_unit' : 'memory', value, line, warnings };
}

export const FEAT038_STEP: Migration = {
  from: SHAPES.feat038,
  to: SHAPES.memport,
  describe: 'code units leave the memories; provenance in the metadata and labels of vectors are put right',
  apply: readFeat038Record,
};

/** Leaves out an empty provenance, so that the record counts as imported; lifts the one that an edit put elsewhere. */
function repairProvenance(record: JsonObject, warn: Warn): JsonObject {
  const { provenance = null, metadata = null } = record;
  const isEmpty = provenance === null || (isJsonObject(provenance) && Object.keys(provenance).length === 0);
  const moved = isJsonObject(metadata) && Object.hasOwn(metadata, 'provenance') ? metadata.provenance : null;
  if (isMoved(moved) && isJsonObject(metadata) && (isEmpty || isDefault(provenance))) {
    warn('provenance was found in the metadata and put back');
    const lifted = isJsonObject(provenance) ? withKeys(provenance, moved) : moved;
    return withKeys(record, { provenance: lifted, metadata: without(metadata, 'provenance') });
  }
  return isEmpty && Object.hasOwn(record, 'provenance') ? without(record, 'provenance') : record;
}

/** The shape that `store.update` of the original leaves in the metadata. */
function isMoved(value: JsonValue | undefined): value is JsonObject {
  if (!isJsonObject(value) || Object.keys(value).length !== 4) return false;
  const { source, created_by, confidence, verified } = value;
  return (
    PROVENANCE_SOURCES.some(known => known === source) &&
    typeof created_by === 'string' &&
    isNumber(confidence) &&
    typeof verified === 'boolean'
  );
}

/** What the original says of a record that has lost its provenance. */
function isDefault(provenance: JsonValue): boolean {
  if (!isJsonObject(provenance)) return false;
  const {
    source,
    created_by,
    last_confirmed,
    confidence,
    verified,
    conversation_id,
    file_context,
    notes,
    ...others
  } = provenance;
  return (
    source === 'user_explicit' &&
    created_by === 'user_statement' &&
    isNumber(confidence, 0.8) &&
    (verified ?? false) === false &&
    [last_confirmed, conversation_id, notes].every(value => (value ?? null) === null) &&
    (file_context === undefined || (Array.isArray(file_context) && file_context.length === 0)) &&
    Object.keys(others).length === 0
  );
}

function relabel(record: JsonObject, vector: Float32Array | null, warn: Warn): JsonObject {
  const { embedding_model: label, metadata = null } = record;
  if (label !== LABEL || vector?.length !== LARGER_MODEL.dimensions) return record;
  if (metadata !== null && !isJsonObject(metadata)) return record;
  warn(`the vector of ${vector.length} numbers was labelled ${LABEL}: labelled ${LARGER_MODEL.name} now`);
  return withKeys(record, {
    embedding_model: LARGER_MODEL.name,
    metadata: withSource(metadata ?? {}, { embedding_model: LABEL }),
  });
}

function without(record: JsonObject, name: string): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}

function isNumber(value: JsonValue | undefined, expected?: number): boolean {
  const number = value instanceof NumberToken ? Number(value.text) : value;
  return typeof number === 'number' && (expected === undefined || number === expected);
}

import { CODE_UNIT_FIELDS } from '../../model/code-unit.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import { CATEGORIES, defaultContextLevel, MEMORY_FIELDS } from '../../model/memory.ts';
import type { RecordKind } from '../../model/record.ts';

type Fields = readonly (readonly [string, JsonValue])[];

const MEMORY_ORDER = [
  'id',
  'category',
  'project_name',
  'scope',
  'tags',
  'importance',
  'context_level',
  'lifecycle_state',
  'created_at',
  'updated_at',
  'last_accessed',
  'embedding_model',
  'provenance',
  'metadata',
];

const CODE_UNIT_ORDER = [
  'id',
  'project_name',
  'file_path',
  'start_line',
  'end_line',
  'start_byte',
  'end_byte',
  'language',
  'unit_type',
  'name',
  'signature',
  'doc',
  'imports',
  'complexity',
  'file_hash',
  'indexed_at',
  'embedding_model',
  'metadata',
];

/**
 * The fields of a stored record as they stand in its metadata block: in an order for people, without the content, and
 * without those that readMemory and readCodeUnit give a record that has none.
 */
export function fieldsOf(kind: RecordKind, record: JsonObject): Fields {
  const [order, known] =
    kind === 'memory' ? [MEMORY_ORDER, MEMORY_FIELDS] : [CODE_UNIT_ORDER, CODE_UNIT_FIELDS];
  const fields: (readonly [string, JsonValue])[] = [];
  for (const name of order) {
    const stored = record[name] ?? null;
    const value = name === 'provenance' && kind === 'memory' ? withoutDefaults(stored) : stored;
    if (!isDefault(kind, name, value, record)) fields.push([name, value]);
  }
  const unknown = Object.keys(record).filter(name => !known.has(name));
  for (const name of unknown.sort()) fields.push([name, record[name] ?? null]);
  return fields;
}

function isDefault(kind: RecordKind, name: string, value: JsonValue, record: JsonObject): boolean {
  if (value === null) return true;
  if (kind === 'code_unit') return isEmpty(value) && (name === 'imports' || name === 'metadata');
  switch (name) {
    case 'tags':
    case 'metadata':
    case 'provenance':
      return isEmpty(value);
    case 'scope':
      return value === 'global';
    case 'importance':
      return value === 0.5;
    case 'lifecycle_state':
      return value === 'ACTIVE';
    case 'context_level':
      return value === contextLevelOf(record);
    case 'updated_at':
      return value === record.created_at;
    case 'last_accessed':
      return value === record.updated_at;
    default:
      return false;
  }
}

function contextLevelOf({ category }: JsonObject): string | null {
  const known = CATEGORIES.find(name => name === category);
  return known === undefined ? null : defaultContextLevel(known);
}

const PROVENANCE_DEFAULTS: ReadonlyMap<string, JsonValue> = new Map<string, JsonValue>([
  ['source', 'imported'],
  ['confidence', 0.8],
  ['verified', false],
  ['created_by', null],
  ['last_confirmed', null],
  ['conversation_id', null],
  ['notes', null],
]);

function withoutDefaults(provenance: JsonValue): JsonObject {
  if (provenance === null || typeof provenance !== 'object') return {};
  const members = Object.entries(provenance as JsonObject).filter(([name, value]) =>
    name === 'file_context'
      ? !isEmpty(value)
      : !PROVENANCE_DEFAULTS.has(name) || PROVENANCE_DEFAULTS.get(name) !== value,
  );
  return Object.fromEntries(members);
}

function isEmpty(value: JsonValue): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

import { adoptId } from './id.ts';
import type { JsonObject } from './json.ts';
import { isJsonObject, withKeys } from './json.ts';
import { inMib, isLonger, MAX_CONTENT_BYTES } from './limits.ts';
import {
  CATEGORIES,
  type Category,
  CONTEXT_LEVELS,
  defaultContextLevel,
  LIFECYCLE_STATES,
  MEMORY_FIELDS,
  type Memory,
  PROVENANCE_SOURCES,
  type Provenance,
  SCOPES,
} from './memory.ts';
import { FieldReader, RecordError, type Warn } from './read-fields.ts';

export const MAX_PROJECT_NAME = 200;

export interface ReadContext {
  /** Name of the system that wrote the record: `memport`, or the one of a foreign format. Goes into derived ids. */
  readonly system: string;
  readonly warn: Warn;
}

/**
 * Makes a Memory of a record under the field names of spec 1.1. Missing optional members get their defaults, unknown
 * ones are kept in `extra`. Throws RecordError when the record can't be stored.
 */
export function readMemory(record: JsonObject, context: ReadContext): Memory {
  const fields = new FieldReader(record, context.warn);
  const { id, original } = adoptId(fields.filledText('id'), context.system);
  const content = fields.filledText('content');
  checkContent(content);
  const { category, unknown } = readCategory(fields, context.warn);
  const scope = fields.choice('scope', SCOPES, 'global');
  const projectName = readProjectName(fields);
  if (scope === 'project' && !projectName)
    throw new RecordError('scope is project, but project_name is missing');
  const createdAt = fields.optionalInstant('created_at');
  const updatedAt = fields.optionalInstant('updated_at') ?? createdAt;
  if (createdAt === null || updatedAt === null) throw new RecordError('created_at is missing');
  return {
    id,
    content,
    category,
    contextLevel: fields.choice('context_level', CONTEXT_LEVELS, defaultContextLevel(category)),
    scope,
    projectName,
    importance: fields.unitInterval('importance', 0.5),
    tags: fields.texts('tags'),
    metadata: withSource(fields.object('metadata'), { id: original, category: unknown }),
    provenance: readProvenance(fields.object('provenance'), context.warn),
    lifecycleState: fields.choice('lifecycle_state', LIFECYCLE_STATES, 'ACTIVE'),
    createdAt,
    updatedAt,
    lastAccessed: fields.optionalInstant('last_accessed') ?? updatedAt,
    embeddingModel: fields.optionalText('embedding_model'),
    extra: fields.others(MEMORY_FIELDS),
  };
}

/**
 * Notes what a record was called where it came from, in `metadata.source`, beside other notes of this kind; where
 * something else is there, in `metadata.memport_source`, else `memport_source_2` and so on: nothing is overwritten.
 * Members that are null are left out; without any, nothing changes.
 */
export function withSource(
  metadata: JsonObject,
  source: Readonly<Record<string, string | null>>,
): JsonObject {
  const notes = Object.entries(source).filter((entry): entry is [string, string] => entry[1] !== null);
  if (notes.length === 0) return metadata;
  let key = 'source';
  for (let n = 1; !hasRoomFor(notes, metadata, key); n++)
    key = n === 1 ? 'memport_source' : `memport_source_${n}`;
  const present = metadata[key];
  const before = Object.hasOwn(metadata, key) && isJsonObject(present) ? present : {};
  return withKeys(metadata, { [key]: withKeys(before, Object.fromEntries(notes)) });
}

const SOURCE_NOTES: ReadonlySet<string> = new Set([
  'category',
  'embedding_model',
  'file_path',
  'header',
  'id',
  'system',
]);

function hasRoomFor(notes: readonly [string, string][], metadata: JsonObject, key: string): boolean {
  if (!Object.hasOwn(metadata, key)) return true;
  const present = metadata[key];
  const names = isJsonObject(present) ? Object.keys(present) : [];
  if (!isJsonObject(present) || names.length === 0) return false;
  if (!names.every(name => SOURCE_NOTES.has(name))) return false;
  return notes.every(([name, note]) => !Object.hasOwn(present, name) || present[name] === note);
}

/** Throws RecordError for content that is too large for a record. */
export function checkContent(content: string): void {
  if (isLonger(content, MAX_CONTENT_BYTES))
    throw new RecordError(`content is longer than ${inMib(MAX_CONTENT_BYTES)}`);
}

export function readProjectName(fields: FieldReader): string | null {
  const name = fields.optionalText('project_name');
  if (name !== null && [...name].length > MAX_PROJECT_NAME) {
    throw new RecordError(`project_name is longer than ${MAX_PROJECT_NAME} characters`);
  }
  return name;
}

function readCategory(fields: FieldReader, warn: Warn): { category: Category; unknown: string | null } {
  const text = fields.text('category');
  const category = CATEGORIES.find(known => known === text);
  if (category !== undefined) return { category, unknown: null };
  warn(`unknown category ${JSON.stringify(text.slice(0, 60))} became "context"`);
  return { category: 'context', unknown: text };
}

function readProvenance(record: JsonObject, warn: Warn): Provenance {
  const fields = new FieldReader(record, warn);
  return {
    source: fields.choice('source', PROVENANCE_SOURCES, 'imported'),
    createdBy: fields.optionalText('created_by'),
    lastConfirmed: fields.optionalInstant('last_confirmed'),
    confidence: fields.unitInterval('confidence', 0.8),
    verified: fields.boolean('verified', false),
    conversationId: fields.optionalText('conversation_id'),
    fileContext: fields.texts('file_context'),
    notes: fields.optionalText('notes'),
    extra: fields.others(PROVENANCE_FIELDS),
  };
}

const PROVENANCE_FIELDS: ReadonlySet<string> = new Set([
  'source',
  'created_by',
  'last_confirmed',
  'confidence',
  'verified',
  'conversation_id',
  'file_context',
  'notes',
]);

import { canonicalJson } from './canonical.ts';
import { formatInstant, type Instant } from './instant.ts';
import { type JsonObject, withExtra } from './json.ts';

export const CATEGORIES = ['preference', 'fact', 'event', 'workflow', 'context', 'code'] as const;
export const CONTEXT_LEVELS = ['USER_PREFERENCE', 'PROJECT_CONTEXT', 'SESSION_STATE'] as const;
export const SCOPES = ['global', 'project'] as const;
export const LIFECYCLE_STATES = ['ACTIVE', 'RECENT', 'ARCHIVED', 'STALE'] as const;
export const PROVENANCE_SOURCES = [
  'user_explicit',
  'claude_inferred',
  'documentation',
  'auto_classified',
  'imported',
  'code_indexed',
  'legacy',
] as const;

export type Category = (typeof CATEGORIES)[number];
export type ContextLevel = (typeof CONTEXT_LEVELS)[number];
export type Scope = (typeof SCOPES)[number];
export type LifecycleState = (typeof LIFECYCLE_STATES)[number];
export type ProvenanceSource = (typeof PROVENANCE_SOURCES)[number];

/** Where a memory comes from and how far it is to be trusted. `extra` keeps members that this version does not know. */
export interface Provenance {
  readonly source: ProvenanceSource;
  readonly createdBy: string | null;
  readonly lastConfirmed: Instant | null;
  /** 0…1 */
  readonly confidence: number;
  readonly verified: boolean;
  readonly conversationId: string | null;
  readonly fileContext: readonly string[];
  readonly notes: string | null;
  readonly extra: JsonObject;
}

/** One thing that the assistant knows. Its vector travels beside it, labelled by `embeddingModel`. */
export interface Memory {
  readonly id: string;
  readonly content: string;
  readonly category: Category;
  readonly contextLevel: ContextLevel;
  readonly scope: Scope;
  readonly projectName: string | null;
  /** 0…1 */
  readonly importance: number;
  readonly tags: readonly string[];
  readonly metadata: JsonObject;
  readonly provenance: Provenance;
  readonly lifecycleState: LifecycleState;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly lastAccessed: Instant;
  readonly embeddingModel: string | null;
  /** Top-level members that this version does not know; written back at the top level. */
  readonly extra: JsonObject;
}

/** The names that a memory's record gives to its own fields; all others are `extra`. `embedding` is the vector. */
export const MEMORY_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'content',
  'category',
  'context_level',
  'scope',
  'project_name',
  'importance',
  'tags',
  'metadata',
  'provenance',
  'lifecycle_state',
  'created_at',
  'updated_at',
  'last_accessed',
  'embedding_model',
  'embedding',
]);

export function defaultContextLevel(category: Category): ContextLevel {
  return category === 'preference' ? 'USER_PREFERENCE' : 'PROJECT_CONTEXT';
}

/** The record of a memory under the field names of the files, without its vector. */
export function memoryRecord(memory: Memory): JsonObject {
  return withExtra(memory.extra, {
    category: memory.category,
    content: memory.content,
    context_level: memory.contextLevel,
    created_at: formatInstant(memory.createdAt),
    embedding_model: memory.embeddingModel,
    id: memory.id,
    importance: memory.importance,
    last_accessed: formatInstant(memory.lastAccessed),
    lifecycle_state: memory.lifecycleState,
    metadata: memory.metadata,
    project_name: memory.projectName,
    provenance: provenanceRecord(memory.provenance),
    scope: memory.scope,
    tags: memory.tags,
    updated_at: formatInstant(memory.updatedAt),
  });
}

/**
 * The canonical record line of a memory: what is stored, exported, compared and digested. `likely` is a canonical text that
 * may well be it, such as the line that the memory was read from; it makes the work cheaper, never different.
 */
export function memoryLine(memory: Memory, likely: string | null = null): string {
  const record = memoryRecord(memory);
  // What JSON.stringify gives is canonical where it equals a canonical text, and where nothing in it needs sorting.
  if (likely !== null && JSON.stringify(record) === likely) return likely;
  return isPlain(memory) ? JSON.stringify(record) : canonicalJson(record);
}

function isPlain({ metadata, extra, provenance }: Memory): boolean {
  const isEmpty = (object: JsonObject): boolean => Object.keys(object).length === 0;
  return isEmpty(extra) && isEmpty(provenance.extra) && isInOrder(metadata);
}

/** Whether the members of an object are sorted, and none of them is more than a text, a whole number or a word. */
function isInOrder(object: JsonObject): boolean {
  let last = '';
  for (const [key, value] of Object.entries(object)) {
    if (key < last) return false;
    if (
      typeof value === 'object' ? value !== null : typeof value === 'number' && !Number.isSafeInteger(value)
    )
      return false;
    last = key;
  }
  return true;
}

function provenanceRecord(provenance: Provenance): JsonObject {
  return withExtra(provenance.extra, {
    confidence: provenance.confidence,
    conversation_id: provenance.conversationId,
    created_by: provenance.createdBy,
    file_context: provenance.fileContext,
    last_confirmed: provenance.lastConfirmed === null ? null : formatInstant(provenance.lastConfirmed),
    notes: provenance.notes,
    source: provenance.source,
    verified: provenance.verified,
  });
}

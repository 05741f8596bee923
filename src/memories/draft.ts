import { MemportError } from '../errors.ts';
import { advance, type Instant } from '../model/instant.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts';
import { parseExactJson } from '../model/json-parse.ts';
import {
  CATEGORIES,
  type Category,
  defaultContextLevel,
  type Memory,
  type Provenance,
  SCOPES,
  type Scope,
} from '../model/memory.ts';
import { MAX_PROJECT_NAME } from '../model/read-memory.ts';

/** New content longer than this (in characters) is refused; what already exists may be longer. */
export const MAX_NEW_CONTENT = 50_000;

/** Nesting of metadata that still fits into a record, whose depth is limited. */
const MAX_METADATA_DEPTH = 60;

/** What a user says of a memory; members that are undefined are left as they are, or get their default. */
export interface Draft {
  readonly content?: string | undefined;
  readonly category?: string | undefined;
  readonly project?: string | undefined;
  readonly scope?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly importance?: string | undefined;
  /** JSON text of an object. */
  readonly metadata?: string | undefined;
}

/** Who says it: what the provenance of a new memory tells. */
export type Origin = Pick<Provenance, 'source' | 'createdBy' | 'conversationId'>;

export const THE_USER: Origin = {
  source: 'user_explicit',
  createdBy: 'user_statement',
  conversationId: null,
};

/** A new memory of a draft. Throws `usage` with what is wrong in it. */
export function newMemory(
  draft: Draft,
  id: string,
  now: Instant,
  embeddingModel: string | null,
  origin: Origin = THE_USER,
): Memory {
  const category = readCategory(draft.category ?? 'fact');
  const projectName = readProject(draft.project);
  return checkScope({
    id,
    content: readContent(draft.content ?? ''),
    category,
    contextLevel: defaultContextLevel(category),
    scope: draft.scope === undefined ? (projectName === null ? 'global' : 'project') : readScope(draft.scope),
    projectName,
    importance: draft.importance === undefined ? 0.5 : readImportance(draft.importance),
    tags: readTags(draft.tags ?? []),
    metadata: draft.metadata === undefined ? {} : readMetadata(draft.metadata),
    provenance: {
      ...origin,
      lastConfirmed: null,
      confidence: 0.8,
      verified: false,
      fileContext: [],
      notes: null,
      extra: {},
    },
    lifecycleState: 'ACTIVE',
    createdAt: now,
    updatedAt: now,
    lastAccessed: now,
    embeddingModel,
    extra: {},
  });
}

/** The memory with what the draft says; `updatedAt` moves forward, also past a date in the future. */
export function edited(memory: Memory, draft: Draft, now: Instant): Memory {
  const category = draft.category === undefined ? memory.category : readCategory(draft.category);
  return checkScope({
    ...memory,
    content: draft.content === undefined ? memory.content : readContent(draft.content),
    category,
    scope: draft.scope === undefined ? memory.scope : readScope(draft.scope),
    projectName: draft.project === undefined ? memory.projectName : readProject(draft.project),
    importance: draft.importance === undefined ? memory.importance : readImportance(draft.importance),
    tags: draft.tags === undefined ? memory.tags : readTags(draft.tags),
    metadata: draft.metadata === undefined ? memory.metadata : readMetadata(draft.metadata),
    updatedAt: advance(memory.updatedAt, now),
  });
}

function checkScope(memory: Memory): Memory {
  if (memory.scope === 'global' || memory.projectName) return memory;
  throw new MemportError('usage', 'a memory of scope project needs a project', {
    hint: 'add --project <name>, or --scope global',
  });
}

function readContent(content: string): string {
  if (content === '')
    throw new MemportError('usage', 'the content is empty', { hint: 'memport add "what to remember"' });
  // No character has more than two of the units that make up the length.
  if (content.length > 2 * MAX_NEW_CONTENT || [...content].length > MAX_NEW_CONTENT) {
    throw new MemportError('usage', `the content is longer than ${MAX_NEW_CONTENT} characters`, {
      hint: 'split it into several memories',
    });
  }
  return content;
}

function readCategory(text: string): Category {
  return oneOf(CATEGORIES, text, 'category');
}

function readScope(text: string): Scope {
  return oneOf(SCOPES, text, 'scope');
}

function oneOf<T extends string>(choices: readonly T[], text: string, what: string): T {
  const found = choices.find(choice => choice === text);
  if (found !== undefined) return found;
  throw new MemportError('usage', `there is no ${what} ${JSON.stringify(text)}`, {
    hint: `it is one of ${choices.join(', ')}`,
  });
}

function readProject(name: string | undefined): string | null {
  if (name === undefined || name === '') return null;
  if ([...name].length <= MAX_PROJECT_NAME) return name;
  throw new MemportError('usage', `a project's name can't be longer than ${MAX_PROJECT_NAME} characters`);
}

function readImportance(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new MemportError('usage', `importance can't be ${JSON.stringify(text)}`, {
    hint: 'it is a number from 0 to 1',
  });
}

function readTags(tags: readonly string[]): readonly string[] {
  const clean = tags.map(tag => tag.trim().toLowerCase()).filter(tag => tag !== '');
  return [...new Set(clean)];
}

function readMetadata(text: string): JsonObject {
  let value: JsonValue;
  try {
    value = parseExactJson(text, { maxDepth: MAX_METADATA_DEPTH });
  } catch (error) {
    throw new MemportError(
      'usage',
      `the metadata is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  if (isJsonObject(value)) return value;
  throw new MemportError('usage', 'the metadata is not a JSON object', {
    hint: `for example --metadata '{"ticket": 42}'`,
  });
}

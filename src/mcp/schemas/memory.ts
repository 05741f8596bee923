import { z } from 'zod';
import { formatInstant } from '../../model/instant.ts';
import type { JsonObject } from '../../model/json.ts';
import { CATEGORIES, LIFECYCLE_STATES, type Memory, memoryRecord, SCOPES } from '../../model/memory.ts';
import { exactJson } from '../exact-json.ts';

/** A memory as tools answer with it. What is too long for an answer is cut or left out, and said to be. */
export const MEMORY = z.object({
  id: z.string(),
  content: z.string().describe('The text, or the part of it from content_offset on.'),
  content_offset: z.int(),
  content_length: z.int().describe('Of the whole text, in UTF-16 units.'),
  content_truncated: z.boolean().describe('Whether more of the text follows; get_memory gives it.'),
  category: z.enum(CATEGORIES),
  context_level: z.string(),
  scope: z.enum(SCOPES),
  project_name: z.string().nullable(),
  importance: z.number(),
  tags: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()),
  provenance: z.record(z.string(), z.unknown()),
  lifecycle_state: z.enum(LIFECYCLE_STATES),
  created_at: z.string(),
  updated_at: z.string(),
  last_accessed: z.string(),
  embedding_model: z.string().nullable(),
  extra: z
    .record(z.string(), z.unknown())
    .describe('Fields of an imported record that memport does not know.'),
  omitted: z
    .array(z.enum(['tags', 'metadata', 'provenance', 'extra']))
    .describe(
      'Fields that are too large for this answer and empty in it; the resource memport://memory/{id} has them.',
    ),
});

export interface View {
  /** So many characters of the content, from `offset` on. */
  readonly content: number;
  readonly offset?: number;
  /** A field whose JSON is longer is left out. */
  readonly field: number;
}

/** In a list. */
export const BRIEF: View = { content: 500, field: 1000 };
/** Alone. */
export const FULL: View = { content: 20_000, field: 20_000 };

export function viewMemory(memory: Memory, view: View): z.input<typeof MEMORY> {
  const { content, offset = 0, field } = view;
  const record = memoryRecord({ ...memory, extra: {} });
  const shown = cut(memory.content, offset, content);
  const omitted: ('tags' | 'metadata' | 'provenance' | 'extra')[] = [];
  const fitting = (name: (typeof omitted)[number], value: unknown): boolean => {
    if (JSON.stringify(value).length <= field) return true;
    omitted.push(name);
    return false;
  };
  const object = (name: (typeof omitted)[number], value: JsonObject): Record<string, unknown> =>
    fitting(name, value) ? members(value) : {};
  const { provenance } = record;
  return {
    id: memory.id,
    content: shown,
    content_offset: offset,
    content_length: memory.content.length,
    content_truncated: offset + shown.length < memory.content.length,
    category: memory.category,
    context_level: memory.contextLevel,
    scope: memory.scope,
    project_name: memory.projectName,
    importance: memory.importance,
    tags: fitting('tags', memory.tags) ? [...memory.tags] : [],
    metadata: object('metadata', memory.metadata),
    provenance: object('provenance', isObject(provenance) ? provenance : {}),
    lifecycle_state: memory.lifecycleState,
    created_at: formatInstant(memory.createdAt),
    updated_at: formatInstant(memory.updatedAt),
    last_accessed: formatInstant(memory.lastAccessed),
    embedding_model: memory.embeddingModel,
    extra: object('extra', memory.extra),
    omitted,
  };
}

/** A memory in a line of text: enough to choose it by, and its id to ask for it. */
export function memoryLineOf(memory: z.input<typeof MEMORY>, length = 200): string {
  const place = memory.project_name === null ? '' : `, project ${JSON.stringify(memory.project_name)}`;
  const tags = memory.tags
    .slice(0, 10)
    .map(tag => ` #${tag}`)
    .join('');
  const text = cut(memory.content, 0, length);
  const more = memory.content_offset + text.length < memory.content_length ? ' …' : '';
  return `- ${memory.id} (${memory.category}${place}${tags}): ${text}${more}`;
}

/** So many UTF-16 units, without tearing apart a character that is made of two. */
export function cut(text: string, from: number, length: number): string {
  const end = from + length;
  const isTorn =
    end < text.length &&
    /[\ud800-\udbff]/.test(text.charAt(end - 1)) &&
    /[\udc00-\udfff]/.test(text.charAt(end));
  return text.slice(from, isTorn ? end - 1 : end);
}

function members(value: JsonObject): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, exactJson(member)]));
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

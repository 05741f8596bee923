import { z } from 'zod';
import { MemportError } from '../../errors.ts';
import type { Draft } from '../../memories/draft.ts';
import { CATEGORIES, SCOPES } from '../../model/memory.ts';
import { ANY_OBJECT } from './any-object.ts';

/** What a memory is like, besides its text: the same for storing and changing. */
export const DRAFT_ARGUMENTS = {
  category: z.enum(CATEGORIES).optional().describe('What kind of thing it is; fact when left out.'),
  project: z
    .string()
    .optional()
    .describe('The project that it belongs to; leave it out for what holds everywhere.'),
  scope: z.enum(SCOPES).optional().describe('project (the default with a project) or global.'),
  tags: z.array(z.string()).max(100).optional().describe('Words to find it by; trimmed and lower-cased.'),
  importance: z.number().min(0).max(1).optional().describe('From 0 to 1; 0.5 when left out.'),
  metadata: ANY_OBJECT.optional().describe('Any further data, as a JSON object.'),
};

const DRAFT = z.object({ content: z.string().optional(), ...DRAFT_ARGUMENTS });

/** Throws `usage` for metadata that is not what the client meant: with numbers that were altered on their way here. */
export function draftOf(args: z.output<typeof DRAFT>): Draft {
  const { content, category, project, scope, tags, importance, metadata } = args;
  return {
    content,
    category,
    project,
    scope,
    tags,
    importance: importance === undefined ? undefined : String(importance),
    metadata: metadata === undefined ? undefined : metadataText(metadata),
  };
}

function metadataText(metadata: unknown): string {
  try {
    return JSON.stringify(metadata, refuseAltered);
  } catch (error) {
    if (error instanceof RangeError)
      throw new MemportError('usage', 'the metadata is nested too deep', { cause: error });
    throw error;
  }
}

function refuseAltered(_key: string, value: unknown): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const hint = 'Give such numbers as strings.';
  if (!Number.isFinite(value))
    throw new MemportError('usage', 'metadata has a number that is too large', { hint });
  if (!Number.isInteger(value)) return value;
  throw new MemportError(
    'usage',
    'metadata has an integer beyond 2^53, whose last digits were lost on the way',
    { hint },
  );
}

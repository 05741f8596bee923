import { z } from 'zod';
import type { Filter } from '../../model/filter.ts';
import { CATEGORIES } from '../../model/memory.ts';
import { readFilter } from '../../model/read-filter.ts';
import { many, oneOrMany } from './many.ts';

const MOST = 100;

/** The arguments that narrow down which memories are meant, the same for every tool that has them. */
export const FILTER_ARGUMENTS = {
  project: oneOrMany(z.string()).optional().describe('Only this project, or these: exact names.'),
  category: oneOrMany(z.enum(CATEGORIES)).optional().describe('Only this category, or these.'),
  tags: z.array(z.string()).max(MOST).optional().describe('Only memories with at least one of these tags.'),
  since: z
    .string()
    .optional()
    .describe('Only changed at or after: 2026-01-31, 2026-01-31T10:00Z, 12h, 7d, 2w or yesterday.'),
  until: z.string().optional().describe('Only changed at or before; a bare day means its end.'),
};

const FILTER = z.object(FILTER_ARGUMENTS);

/** The filter that the arguments mean. Throws `usage`. */
export function filterOf(args: z.output<typeof FILTER>, nowMs: number): Filter {
  const { project, category, tags, since, until } = args;
  return readFilter({ projects: many(project), categories: many(category), tags, since, until }, nowMs);
}

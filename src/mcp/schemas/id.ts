import { z } from 'zod';

export const ID = z.string().max(100).describe('The id of a memory, or its first 4 or more characters.');

export const LIMIT = z.int().min(1).max(100).default(20).describe('At most so many; 20 when left out.');

export const CURSOR = z
  .string()
  .optional()
  .describe('next_cursor of the answer before, with the same other arguments, for the next page.');

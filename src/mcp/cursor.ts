import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { MemportError } from '../errors.ts';

/** The end of a page as text that a client hands back. `query` is what was asked: a cursor of another query is refused. */
export function makeCursor(query: unknown, place: unknown): string {
  return Buffer.from(JSON.stringify([fingerprint(query), place])).toString('base64url');
}

/** The place in a cursor of the same query. Throws `usage` for any other text. */
export function readCursor<S extends z.ZodType>(cursor: string, query: unknown, place: S): z.output<S> {
  const [of, found] = parts(cursor);
  const read = place.safeParse(found);
  if (of === fingerprint(query) && read.success) return read.data;
  throw new MemportError('usage', 'the cursor does not belong to this query', {
    hint: 'Repeat the arguments of the call that gave the cursor, or leave the cursor out to begin anew.',
  });
}

function parts(cursor: string): readonly unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function fingerprint(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 12);
}

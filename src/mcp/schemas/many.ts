import { z } from 'zod';

const MOST = 100;

/** One, or a list. */
export function oneOrMany<S extends z.ZodType>(schema: S): z.ZodUnion<readonly [S, z.ZodArray<S>]> {
  return z.union([schema, z.array(schema).max(MOST)]);
}

export function many<T extends string>(value: T | readonly T[] | undefined): readonly T[] {
  if (value === undefined) return [];
  return typeof value === 'string' ? [value] : value;
}

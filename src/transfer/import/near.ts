import { MemportError } from '../../errors.ts';

/**
 * What becomes of a new memory that is near to another one: `keep`, imported and reported; `skip`, left out and reported;
 * `off`, nobody looks.
 */
export const NEAR_MODES = ['keep', 'skip', 'off'] as const;
export type NearMode = (typeof NEAR_MODES)[number];

export const NEAR_THRESHOLD = 0.95;

export function parseNearMode(text: string): NearMode {
  const mode = NEAR_MODES.find(known => known === text);
  if (mode !== undefined) return mode;
  throw new MemportError('usage', `--near-duplicates can't be ${JSON.stringify(text)}`, {
    hint: `it is one of ${NEAR_MODES.join(', ')}`,
  });
}

/** Reads the cosine from which on two memories are near. */
export function parseNearThreshold(text: string): number {
  const threshold = Number(text);
  if (threshold > 0 && threshold <= 1) return threshold;
  throw new MemportError('usage', `--near-duplicate-threshold can't be ${JSON.stringify(text)}`, {
    hint: `it is a number above 0 and up to 1, such as ${NEAR_THRESHOLD}`,
  });
}

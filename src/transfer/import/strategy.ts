import { MemportError } from '../../errors.ts';

/** What to do with a record whose id the store has in another version. Later ones are added here, in resolve.ts and in the table of their test. */
export const STRATEGIES = ['keep-newer', 'skip'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Reads a strategy in any of its spellings: `keep-newer`, `keep_newer`, `KEEP_NEWER`. */
export function parseStrategy(text: string): Strategy {
  const name = text.toLowerCase().replaceAll('_', '-');
  const strategy = STRATEGIES.find(known => known === name);
  if (strategy !== undefined) return strategy;
  throw new MemportError('usage', `there is no merge strategy ${JSON.stringify(text)}`, {
    hint: `the strategies are ${STRATEGIES.join(', ')}`,
  });
}

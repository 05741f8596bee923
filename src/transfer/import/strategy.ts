import { MemportError } from '../../errors.ts';
import { FIXED_STRATEGIES, strategyName } from '../../merge-strategies.ts';

/** What to do with a record whose id the store has in another version; `ask`: someone decides, record by record. */
export const STRATEGIES = [...FIXED_STRATEGIES, 'ask'] as const;
export type Strategy = (typeof STRATEGIES)[number];

/** Reads a strategy in any of its spellings: `keep-newer`, `keep_newer`, `KEEP_NEWER`; `merge_metadata` is `merge`. */
export function parseStrategy(text: string): Strategy {
  const name = strategyName(text);
  const strategy = STRATEGIES.find(known => known === name);
  if (strategy !== undefined) return strategy;
  throw new MemportError('usage', `there is no merge strategy ${JSON.stringify(text)}`, {
    hint: `the strategies are ${STRATEGIES.join(', ')}`,
  });
}

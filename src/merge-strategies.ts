/** What an import can do with a record whose id the store has in another version, without asking anyone. */
export const FIXED_STRATEGIES = [
  'keep-newer',
  'keep-older',
  'keep-both',
  'skip',
  'overwrite',
  'merge',
] as const;
export type FixedStrategy = (typeof FIXED_STRATEGIES)[number];

/** The name behind a spelling: `KEEP_NEWER` is `keep-newer`, and `merge_metadata`, as the original system has it, is `merge`. */
export function strategyName(spelling: string): string {
  const name = spelling.toLowerCase().replaceAll('_', '-');
  return name === 'merge-metadata' ? 'merge' : name;
}

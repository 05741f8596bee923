/** The constant of reciprocal rank fusion: the larger, the less the very first ranks weigh (Cormack et al., 2009: 60). */
const RANK_CONSTANT = 60;

/** Reciprocal rank fusion of ranked lists, best first; equal scores go by id, so that the order is always the same. */
export function fuseRanks<T extends { readonly id: string }>(
  rankings: readonly (readonly T[])[],
): readonly { readonly hit: T; readonly score: number }[] {
  const fused = new Map<string, { hit: T; score: number }>();
  for (const ranking of rankings) {
    for (const [rank, hit] of ranking.entries()) {
      const entry = fused.get(hit.id) ?? { hit, score: 0 };
      entry.score += 1 / (RANK_CONSTANT + rank + 1);
      fused.set(hit.id, entry);
    }
  }
  return [...fused.values()].sort((a, b) => b.score - a.score || (a.hit.id < b.hit.id ? -1 : 1));
}

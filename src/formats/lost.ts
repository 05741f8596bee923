/** What a recovery could not bring back. */
export interface Lost {
  /** Declared by the file and neither delivered nor rejected; null where it no longer says how many there were. */
  readonly memories: number | null;
  readonly code_units: number | null;
  readonly tombstones: number | null;
  readonly vectors: number | null;
  /** What was found to be wrong, with how often. */
  readonly reasons: Readonly<Record<string, number>>;
}

export type LostCounts = Readonly<Record<'memories' | 'codeUnits' | 'tombstones' | 'vectors', number>>;

/** Collects reasons, and holds what was found against what was declared. */
export class Losses {
  readonly #reasons = new Map<string, number>();

  add(reason: string): void {
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
  }

  report(declared: Partial<LostCounts>, found: LostCounts): Lost {
    const missing = (name: keyof LostCounts): number | null => {
      const count = declared[name];
      return count === undefined ? null : Math.max(0, count - found[name]);
    };
    return {
      memories: missing('memories'),
      code_units: missing('codeUnits'),
      tombstones: missing('tombstones'),
      vectors: missing('vectors'),
      reasons: Object.fromEntries(this.#reasons),
    };
  }
}

/** A sentence for people. */
export function lostText(lost: Lost): string {
  const names = [
    ['memories', lost.memories],
    ['code units', lost.code_units],
    ['deletions', lost.tombstones],
    ['vectors', lost.vectors],
  ] as const;
  const known = names.flatMap(([name, count]) => (count === null || count === 0 ? [] : [`${count} ${name}`]));
  const unknown = names.flatMap(([name, count]) => (count === null ? [name] : []));
  const parts = [
    ...known,
    ...(unknown.length > 0
      ? [`an unknown number of ${unknown.join(', ')}, since the file no longer counts them`]
      : []),
  ];
  return parts.length > 0 ? `lost: ${parts.join('; ')}` : 'no record is missing by the counts of the file';
}

/** Which code units are meant. Values of one member are alternatives, members narrow each other down. Empty lists and null: all. */
export interface CodeFilter {
  /** Exact names. */
  readonly projects: readonly string[];
  readonly languages: readonly string[];
  readonly unitTypes: readonly string[];
  /** How the path of the file begins. */
  readonly pathPrefix: string | null;
}

export const ALL_CODE: CodeFilter = { projects: [], languages: [], unitTypes: [], pathPrefix: null };

/** What people ask for, in its words. */
export interface CodeFilterWords {
  readonly projects: readonly string[];
  /** In any case. */
  readonly languages: readonly string[];
  readonly unitTypes: readonly string[];
  /** The beginning of a path as people write it: with `./` in front, or backslashes in it. */
  readonly path?: string | undefined;
}

export function readCodeFilter({ projects, languages, unitTypes, path }: CodeFilterWords): CodeFilter {
  const folded = (names: readonly string[]): readonly string[] => names.map(name => name.toLowerCase());
  const pathPrefix = path?.replaceAll('\\', '/').replace(/^(\.?\/)+/, '') || null;
  return { projects, languages: folded(languages), unitTypes: folded(unitTypes), pathPrefix };
}

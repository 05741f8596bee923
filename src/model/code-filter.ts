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

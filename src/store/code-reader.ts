import type { CodeFilter } from '../model/code-filter.ts';
import type { Hit, StoredEntry } from './stored.ts';

/** What a store answers about code units alone. */
export interface CodeReader {
  /**
   * Code units by full text, best first, ties by id. `query` is plain words; a word finds names that have it as a part,
   * as `parse` and `config` find parseConfig and parse_config. Equal records give equal scores, however they came in.
   */
  searchCodeText(query: string, filter: CodeFilter, limit: number): Promise<readonly Hit[]>;

  /** Code units by cosine similarity of their own vectors to one of `model`, nearest first, ties by id. */
  searchCodeVectors(
    vector: Float32Array,
    model: string,
    filter: CodeFilter,
    limit: number,
  ): Promise<readonly Hit[]>;

  /** The files of a project that code units name, by path. */
  indexedFiles(project: string): Promise<readonly IndexedFile[]>;

  /** The code units of these files of a project, in no particular order. */
  codeUnitsOf(project: string, paths: readonly string[]): Promise<readonly StoredEntry[]>;
}

export interface IndexedFile {
  readonly path: string;
  /** That all of its units carry; null where they differ or have none. */
  readonly fileHash: string | null;
  readonly units: number;
  /** How many of them have an own vector, of any model. */
  readonly vectors: number;
}

import { setImmediate as turn } from 'node:timers/promises';
import type { CodeFilter } from '../../model/code-filter.ts';
import type { Filter } from '../../model/filter.ts';
import type { ProjectSummary } from '../../model/project.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Tombstone } from '../../model/tombstone.ts';
import type {
  Change,
  Counts,
  Hit,
  IndexedFile,
  LineRun,
  ModelVectors,
  NewestPage,
  Operation,
  Page,
  Reader,
  RecordGroup,
  Statistics,
  StoredEntry,
  StoredLine,
  StoredVector,
  VectorGroup,
} from '../store.ts';
import { codeUnitsOf, indexedFiles } from './code-files.ts';
import { comparableVectors, idsWithoutVector } from './comparable-vectors.ts';
import type { Connection } from './connection.ts';
import { entriesById, groupIds, idsByContentHash, idsByPrefix, linesById, newestMemories } from './lookup.ts';
import { listOperations, operationChanges } from './operations.ts';
import { listProjects } from './projects.ts';
import { scanLines, scanVectors } from './scan.ts';
import { scanRuns } from './scan-runs.ts';
import { searchCodeText, searchCodeVectors } from './search-code.ts';
import { searchText } from './search-text.ts';
import { searchVectors, type VectorSearch } from './search-vectors.ts';
import { countRecords, pendingVectors, statistics, vectorGroups } from './statistics.ts';
import { tombstonePage } from './tombstones.ts';

/** Runs one read on a connection: says on which, whether it still may, and what becomes of errors. */
export type RunRead = <T>(read: (connection: Connection) => T) => Promise<T>;

/** The reads of a store, a snapshot and a transaction. */
export class SqliteReader implements Reader {
  readonly #run: RunRead;

  constructor(run: RunRead) {
    this.#run = run;
  }

  counts(filter?: Filter): Promise<Counts> {
    return this.#run(connection => countRecords(connection, filter));
  }

  async scan(kind: RecordKind, page: Page): Promise<readonly StoredLine[]> {
    // SQLite answers without waiting for anything: a long scan would let no signal and no other request through.
    await turn();
    return this.#run(connection => scanLines(connection, kind, page));
  }

  async scanRuns(kind: RecordKind, page: Page): Promise<readonly LineRun[]> {
    await turn();
    return this.#run(connection => scanRuns(connection, kind, page));
  }

  async scanVectors(kind: RecordKind, group: VectorGroup, page: Page): Promise<readonly StoredVector[]> {
    await turn();
    return this.#run(connection => scanVectors(connection, kind, group, page));
  }

  get(kind: RecordKind, ids: readonly string[]): Promise<readonly StoredEntry[]> {
    return this.#run(connection => entriesById(connection, kind, ids));
  }

  lines(kind: RecordKind, ids: readonly string[]): Promise<readonly StoredLine[]> {
    return this.#run(connection => linesById(connection, kind, ids));
  }

  newest(filter: Filter, page: NewestPage): Promise<readonly StoredLine[]> {
    return this.#run(connection => newestMemories(connection, filter, page));
  }

  groupIds(group: RecordGroup, filter?: Filter): Promise<string> {
    return this.#run(connection => groupIds(connection, group, filter));
  }

  idsByPrefix(kind: RecordKind, prefix: string, limit: number): Promise<readonly string[]> {
    return this.#run(connection => idsByPrefix(connection, kind, prefix, limit));
  }

  idsByContentHash(kind: RecordKind, hashes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#run(connection => idsByContentHash(connection, kind, hashes));
  }

  tombstones(page: {
    readonly after: Tombstone | null;
    readonly limit: number;
  }): Promise<readonly Tombstone[]> {
    return this.#run(connection => tombstonePage(connection, page));
  }

  projects(filter?: Filter): Promise<readonly ProjectSummary[]> {
    return this.#run(connection => listProjects(connection, filter));
  }

  statistics(filter?: Filter): Promise<Statistics> {
    return this.#run(connection => statistics(connection, filter));
  }

  searchText(query: string, filter: Filter, limit: number): Promise<readonly Hit[]> {
    return this.#run(connection => searchText(connection, query, filter, limit));
  }

  async searchVectors(
    vector: Float32Array,
    model: string,
    filter: Filter,
    limit: number,
  ): Promise<readonly Hit[]> {
    return this.searchAll({ vector, model, filter, limit });
  }

  /** By codes where there are all, else by all vectors. */
  protected searchAll(search: VectorSearch): Promise<readonly Hit[]> {
    return this.#run(connection => searchVectors(connection, search, 'exact'));
  }

  /** null where codes are missing to search by. */
  protected searchCoded(search: VectorSearch): Promise<readonly Hit[] | null> {
    return this.#run(connection => searchVectors(connection, search, 'tell'));
  }

  searchCodeText(query: string, filter: CodeFilter, limit: number): Promise<readonly Hit[]> {
    return this.#run(connection => searchCodeText(connection, query, filter, limit));
  }

  searchCodeVectors(
    vector: Float32Array,
    model: string,
    filter: CodeFilter,
    limit: number,
  ): Promise<readonly Hit[]> {
    return this.#run(connection => searchCodeVectors(connection, vector, model, filter, limit));
  }

  indexedFiles(project: string): Promise<readonly IndexedFile[]> {
    return this.#run(connection => indexedFiles(connection, project));
  }

  codeUnitsOf(project: string, paths: readonly string[]): Promise<readonly StoredEntry[]> {
    return this.#run(connection => codeUnitsOf(connection, project, paths));
  }

  pendingVectors(model: string, dimensions: number | null): Promise<number> {
    return this.#run(connection => pendingVectors(connection, model, dimensions));
  }

  async idsWithoutVector(
    group: ModelVectors,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<readonly string[]> {
    await turn();
    return this.#run(connection => idsWithoutVector(connection, group, page));
  }

  async comparableVectors(
    group: ModelVectors,
    which: readonly string[] | { readonly after: string | null; readonly limit: number },
  ): Promise<readonly StoredVector[]> {
    await turn();
    return this.#run(connection => comparableVectors(connection, group, which));
  }

  vectorGroups(
    kind: RecordKind,
    filter?: Filter,
  ): Promise<readonly (VectorGroup & { readonly count: number })[]> {
    return this.#run(connection => vectorGroups(connection, kind, filter));
  }

  operations(page: {
    readonly prefix: string;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<readonly Operation[]> {
    return this.#run(connection => listOperations(connection, page));
  }

  async changes(
    operation: string,
    page: { readonly after: Pick<Change, 'kind' | 'id'> | null; readonly limit: number },
  ): Promise<readonly Change[]> {
    await turn();
    return this.#run(connection => operationChanges(connection, operation, page));
  }
}

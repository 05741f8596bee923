import type { Filter } from '../model/filter.ts';
import type { Instant } from '../model/instant.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { Project, ProjectSummary } from '../model/project.ts';
import type { Entry, RecordKind } from '../model/record.ts';
import type { Tombstone } from '../model/tombstone.ts';
import type { CodeReader } from './code-reader.ts';
import type { Hit, StoredEntry, StoredLine } from './stored.ts';

export type { IndexedFile } from './code-reader.ts';
export type { Hit, StoredEntry, StoredLine } from './stored.ts';

/**
 * Where records live. The interface suits a remote store as well as a file: everything is asynchronous, scans come in
 * pages, reads by id and writes in batches. test/contract/store-contract.ts is its contract as a test suite.
 */
export interface Store extends Reader, AsyncDisposable {
  /** For messages: the file's path, or the address of a remote store. */
  readonly location: string;

  /** A view of this one moment, however long it is used and whoever writes meanwhile. Dispose of it. */
  snapshot(): Promise<Snapshot>;

  /**
   * Runs `work` so that all of its writes are there when it resolves, on stable storage, or none when it rejects,
   * when `signal` aborts or when the process dies. One at a time across processes: others wait, and fail with `locked`
   * when the wait is too long. `work` may await. Writes are seen by reads on the transaction at once.
   */
  transact<T>(work: (transaction: Transaction) => Promise<T>, options?: TransactOptions): Promise<T>;

  /** The size of what is stored, in bytes, and the version of its schema. */
  describe(): Promise<{ readonly bytes: number; readonly schemaVersion: number }>;

  /** Looks at everything: the file itself, each record, and what is made from records. Changes nothing. */
  check(work?: WorkOptions): Promise<readonly StoreFault[]>;

  /** Makes everything anew that is made from records, in one transaction; records and their vectors stay. Mends faults of `indexes`. */
  reindex(work?: WorkOptions): Promise<void>;

  close(): Promise<void>;
}

export interface StoreFault {
  /** `pages`: the file is damaged; `records`: a record can't be read; `indexes`: what is made from records is not as they are. */
  readonly part: 'pages' | 'records' | 'indexes';
  readonly message: string;
}

export type Snapshot = Reader & AsyncDisposable;

export interface TransactOptions {
  /** Run everything, then take it back and resolve all the same: how a dry run works. */
  readonly rollback?: boolean;
  /**
   * Keep the before-image of each row that is changed, under this operation, so that it can be undone. An operation that
   * changes nothing leaves no trace.
   */
  readonly operation?: {
    readonly id: string;
    readonly kind: string;
    readonly source: string;
    readonly startedAt: Instant;
    /** The id of the operation that this one takes back. From the commit on that counts as undone, and what it had undone holds again. */
    readonly undoes?: string | undefined;
  };
  readonly signal?: AbortSignal | undefined;
}

export interface Reader extends CodeReader {
  counts(filter?: Filter): Promise<Counts>;

  /** Up to `limit` records that pass, in ascending order of id, beginning after `after`. An empty page ends the scan. */
  scan(kind: RecordKind, page: Page): Promise<readonly StoredLine[]>;

  /** As `scan`, for copying many records without looking at each. The caller may detach the memory of the lines. */
  scanRuns(kind: RecordKind, page: Page): Promise<readonly LineRun[]>;

  /** As `scan`, for the own vectors of one model and dimension. The caller may detach the memory of the page's vectors. */
  scanVectors(kind: RecordKind, group: VectorGroup, page: Page): Promise<readonly StoredVector[]>;

  /** The records of these ids that exist, in no particular order. */
  get(kind: RecordKind, ids: readonly string[]): Promise<readonly StoredEntry[]>;

  /** As `get`, without the vectors. */
  lines(kind: RecordKind, ids: readonly string[]): Promise<readonly StoredLine[]>;

  /** The memories that pass, newest `updated_at` first, ties by id. A page behind a place stays right while others write. */
  newest(filter: Filter, page: NewestPage): Promise<readonly StoredLine[]>;

  /** The ids of a group's records that pass, in the order in which people read them: 36 characters each, nothing in between. */
  groupIds(group: RecordGroup, filter?: Filter): Promise<string>;

  /** The ids that begin so, ascending, at most `limit`. */
  idsByPrefix(kind: RecordKind, prefix: string, limit: number): Promise<readonly string[]>;

  /** For each of these content hashes (model/identity.ts) that a stored record has: hash → the lowest id that has it. */
  idsByContentHash(kind: RecordKind, hashes: readonly string[]): Promise<ReadonlyMap<string, string>>;

  /** All tombstones in ascending order of kind (`code_unit`, `memory`) and id, in pages, beginning after `after`. */
  tombstones(page: {
    readonly after: Tombstone | null;
    readonly limit: number;
  }): Promise<readonly Tombstone[]>;

  /** Every project that a record or an index run names and that passes the filter's `projects`, sorted by name; counts are of the records that pass. */
  projects(filter?: Filter): Promise<readonly ProjectSummary[]>;

  statistics(filter?: Filter): Promise<Statistics>;

  /** Memories by full text, best first, ties by id. `query` is plain words, never a query language. */
  searchText(query: string, filter: Filter, limit: number): Promise<readonly Hit[]>;

  /**
   * Memories by cosine similarity to a vector of `model`, nearest first, ties by id. Of very many a store may miss some of
   * those that are not among the very nearest; equal stores miss the same.
   */
  searchVectors(vector: Float32Array, model: string, filter: Filter, limit: number): Promise<readonly Hit[]>;

  /** How many memories have no vector of this model and dimension (null: of any), neither their own nor a search vector. */
  pendingVectors(model: string, dimensions: number | null): Promise<number>;

  /** The ids of those memories, ascending, at most `limit`, beginning after `after`. */
  idsWithoutVector(
    group: ModelVectors,
    page: { readonly after: string | null; readonly limit: number },
  ): Promise<readonly string[]>;

  /**
   * The vectors of this model and dimension by which memories can be compared, their own or search vectors, in ascending
   * order of id: those of `ids`, or all in pages, which may be shorter than `limit`; an empty one ends the scan.
   */
  comparableVectors(
    group: ModelVectors,
    which: readonly string[] | { readonly after: string | null; readonly limit: number },
  ): Promise<readonly StoredVector[]>;

  /** How many own vectors of records that pass there are of each model and dimension, sorted by both. */
  vectorGroups(
    kind: RecordKind,
    filter?: Filter,
  ): Promise<readonly (VectorGroup & { readonly count: number })[]>;

  /** The operations whose ids begin with `prefix`, newest first, beginning after the operation of the id `after`. */
  operations(page: {
    readonly prefix: string;
    readonly after: string | null;
    readonly limit: number;
  }): Promise<readonly Operation[]>;

  /** What an operation changed, in a fixed order, in pages, beginning after the change `after`. An empty page ends it. */
  changes(
    operation: string,
    page: { readonly after: Pick<Change, 'kind' | 'id'> | null; readonly limit: number },
  ): Promise<readonly Change[]>;
}

export interface Transaction extends Reader {
  /**
   * Writes records: new ids are added, existing ones replaced. A record's own vector is replaced by the entry's, also by
   * none. A tombstone of the same kind and id goes away. An id twice in one batch is a mistake of the caller and throws.
   */
  put(entries: readonly Write[]): Promise<void>;

  /** Deletes and leaves tombstones. Ids that do not exist are passed over; resolves to how many did. */
  delete(kind: RecordKind, ids: readonly string[], deletedAt: Instant): Promise<number>;

  /** Adds tombstones for ids that have neither a record nor a tombstone; resolves to those that were added. */
  addTombstones(tombstones: readonly Tombstone[]): Promise<readonly Tombstone[]>;

  /**
   * Leaves no record under these ids and exactly these tombstones: for taking back and restoring, where a record that goes
   * is no deletion to be remembered. Resolves to how many records went.
   */
  clear(kind: RecordKind, places: readonly Vacancy[]): Promise<number>;

  /** Writes what is kept of projects: replaced by name. */
  putProjects(projects: readonly Project[]): Promise<void>;

  /** Forgets what is kept of these projects; records that name them stay. */
  deleteProjects(names: readonly string[]): Promise<void>;
}

export interface Write {
  readonly entry: Entry;
  /**
   * For a memory whose own vector is missing or of another model than the store searches by: the vector that the
   * configured embedder made of its content. An index, like the full text: neither exported nor digested.
   */
  readonly searchVector: { readonly model: string; readonly vector: Float32Array } | null;
  /**
   * Where `searchVector` is null: what is stored to search by stays as long as the content does, also an own vector whose
   * place another takes. Absent: it goes.
   */
  readonly keepSearchVector?: boolean;
}

/** An id without a record. */
export interface Vacancy {
  readonly id: string;
  readonly tombstone: Tombstone | null;
}

/** A transaction that kept before-images. */
export interface Operation {
  readonly id: string;
  readonly kind: string;
  readonly source: string;
  readonly startedAt: Instant;
  readonly finishedAt: Instant;
  /** How many rows it changed; a tombstone counts as its kind. */
  readonly changed: { readonly memories: number; readonly codeUnits: number; readonly projects: number };
  /** The operation that it took back, null for any other. */
  readonly undoes: string | null;
  /** The operation that took it back and holds, else null. */
  readonly undoneBy: string | null;
}

/** What an operation found under one id, and whether what it left there is still so. */
export interface Change {
  readonly kind: RecordKind | 'project';
  /** A project's name. */
  readonly id: string;
  /** Nobody has changed it since: the record with its own vector, the tombstone or the project is as the operation left it. */
  readonly untouched: boolean;
  readonly before: Before;
}

export type Before =
  | { readonly type: 'nothing' }
  | { readonly type: 'tombstone'; readonly tombstone: Tombstone }
  | { readonly type: 'project'; readonly project: Project }
  | {
      readonly type: 'record';
      readonly stored: Pick<StoredEntry, 'id' | 'line' | 'vector'>;
      readonly searchVector: Write['searchVector'];
    };

/**
 * The memories of one category of a project (null: of none), newest `created_at` first, ties by descending id; or the code
 * units of a project by file, line and id.
 */
export type RecordGroup =
  | { readonly kind: 'memory'; readonly project: string | null; readonly category: string }
  | { readonly kind: 'code_unit'; readonly project: string };
/** A part of the memories in their order: behind the first so many, or behind the place of a memory that was seen last. */
export type NewestPage =
  | { readonly offset: number; readonly limit: number }
  | { readonly after: { readonly updatedAt: Instant; readonly id: string }; readonly limit: number };

export interface Page {
  readonly filter?: Filter | undefined;
  readonly after: string | null;
  readonly limit: number;
}

export interface VectorGroup {
  readonly model: string | null;
  readonly dimensions: number;
}

/** As VectorGroup, of a model with a name: vectors without one can't be compared. */
export interface ModelVectors extends VectorGroup {
  readonly model: string;
}

/** Records that follow each other, all with an own vector of one model and dimension or all without one. */
export interface LineRun {
  readonly count: number;
  /** Ascending, 36 characters each, nothing in between. */
  readonly ids: string;
  /** The canonical lines in UTF-8, with LINE_SEPARATOR (model/digest.ts) in between. */
  readonly lines: Uint8Array;
  readonly vectors: VectorGroup | null;
}

export interface StoredVector {
  readonly id: string;
  /** Little-endian float32. */
  readonly bytes: Uint8Array;
}

export interface Counts {
  readonly memories: number;
  readonly codeUnits: number;
  readonly tombstones: number;
}

/** Counts by value, keys sorted. `byTag` goes by the folded tag. null project names are left out of `byProject`. */
export interface Statistics {
  readonly counts: Counts;
  readonly byCategory: Readonly<Record<string, number>>;
  readonly byProject: Readonly<Record<string, number>>;
  readonly byTag: Readonly<Record<string, number>>;
  readonly byLifecycle: Readonly<Record<string, number>>;
  /** Code units by language. */
  readonly byLanguage: Readonly<Record<string, number>>;
  readonly oldestCreatedAt: Instant | null;
  readonly newestUpdatedAt: Instant | null;
}

import { MemportError } from '../../errors.ts';
import type { Lost } from '../../formats/lost.ts';
import type { FormatName } from '../../formats/source.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Decision } from './decision.ts';
import type { Strategy } from './strategy.ts';

/** What an import did. `total = created + updated + unchanged + skipped + kept_both + duplicates + rejected`, checked. */
export interface ImportReport {
  readonly input: string;
  readonly format: FormatName;
  readonly strategy: Strategy;
  readonly dry_run: boolean;
  readonly total: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly skipped: number;
  readonly kept_both: number;
  readonly duplicates: number;
  readonly rejected: number;
  /** New memories that are near to another one: of `created`, or of `duplicates` where they are skipped. */
  readonly near_duplicates: number;
  /** Records that the filters left out; not in `total`. */
  readonly filtered_out: number;
  /** Of `total`, by kind; rejects count for the kind that they stood among. */
  readonly memories: number;
  readonly code_units: number;
  /** Of `total`, those that came in under the new name of their project. */
  readonly renamed: number;
  readonly tombstones_added: number;
  /** Records of the store that were removed from what was imported and stay; not in `total`. */
  readonly missing: number;
  /** Records of the store that were removed from it and are deleted now; not in `total`. */
  readonly deleted: number;
  /** Memories that this import wrote and that have no vector to search by. */
  readonly pending_vectors: number;
  /** Names of the steps that gave records of an older shape today's, in order. */
  readonly migrations: readonly string[];
  /** Distinct warnings with how often each came. */
  readonly warnings: Readonly<Record<string, number>>;
  /** What a recovery could not bring back; null without one, and when nothing was wrong. */
  readonly lost: Lost | null;
  /** The file with the rejected records, null without any. */
  readonly rejects_file: string | null;
  /** null for a dry run and where nothing was changed. */
  readonly operation_id: string | null;
}

/** Distinct warnings that are kept; a file may give cause to another one with every record. */
const MAX_WARNINGS = 100;

/** Counts while an import runs. */
export class Tally {
  readonly #actions: Record<Decision['action'] | 'rejected', number> = {
    created: 0,
    updated: 0,
    unchanged: 0,
    skipped: 0,
    kept_both: 0,
    duplicates: 0,
    rejected: 0,
  };
  readonly #kinds: Record<RecordKind, number> = { memory: 0, code_unit: 0 };
  readonly #warnings = new Map<string, number>();
  readonly #renamed = new Map<string, number>();
  /** Ids of tombstones that were added and still hold. */
  readonly #tombstones: Readonly<Record<RecordKind, Set<string>>> = {
    memory: new Set(),
    code_unit: new Set(),
  };
  filteredOut = 0;
  /** Of these, those whose ids the store does not have; counted where records may be missing. */
  newFilteredOut = 0;
  nearDuplicates = 0;
  missing = 0;
  deleted = 0;
  pendingVectors = 0;
  projectsChanged = 0;
  /** Rows written, for the question whether the import changed anything. */
  written = 0;

  count(action: Decision['action'] | 'rejected', kind: RecordKind): void {
    this.#actions[action] += 1;
    this.#kinds[kind] += 1;
  }

  /** Takes a count back: the record is counted anew. */
  discount(action: Decision['action'], kind: RecordKind): void {
    this.#actions[action] -= 1;
    this.#kinds[kind] -= 1;
  }

  warn(warning: string): void {
    const isKept = this.#warnings.size < MAX_WARNINGS || this.#warnings.has(warning);
    const text = isKept ? warning : 'and other warnings';
    this.#warnings.set(text, (this.#warnings.get(text) ?? 0) + 1);
  }

  /** One more record of the project that was called `from`. */
  countRenamed(from: string): void {
    this.#renamed.set(from, (this.#renamed.get(from) ?? 0) + 1);
  }

  wasRenamed(from: string): boolean {
    return this.#renamed.has(from);
  }

  addTombstone(kind: RecordKind, id: string): void {
    this.#tombstones[kind].add(id);
  }

  /** A record that was written: a tombstone that came before it in the file is no more. */
  wrote(kind: RecordKind, id: string): void {
    this.written += 1;
    this.#tombstones[kind].delete(id);
  }

  get tombstonesAdded(): number {
    return this.#tombstones.memory.size + this.#tombstones.code_unit.size;
  }

  get rejected(): number {
    return this.#actions.rejected;
  }

  get total(): number {
    return Object.values(this.#actions).reduce((sum, count) => sum + count, 0);
  }

  /** Throws when what was counted is not what the store saw: a wrong report must never stand. */
  check(rowsBefore: number, rowsAfter: number): void {
    const added = this.#actions.created + this.#actions.kept_both - this.deleted;
    if (rowsAfter - rowsBefore === added && this.total === this.#kinds.memory + this.#kinds.code_unit) return;
    throw new MemportError(
      'failed',
      `the import does not add up: ${added} more records by its count, ${rowsAfter - rowsBefore} rows added; it was taken back`,
    );
  }

  report(
    run: Pick<
      ImportReport,
      'input' | 'format' | 'strategy' | 'dry_run' | 'migrations' | 'lost' | 'rejects_file' | 'operation_id'
    >,
  ): ImportReport {
    return {
      ...run,
      total: this.total,
      ...this.#actions,
      near_duplicates: this.nearDuplicates,
      filtered_out: this.filteredOut,
      memories: this.#kinds.memory,
      code_units: this.#kinds.code_unit,
      renamed: [...this.#renamed.values()].reduce((sum, count) => sum + count, 0),
      tombstones_added: this.tombstonesAdded,
      missing: this.missing,
      deleted: this.deleted,
      pending_vectors: this.pendingVectors,
      warnings: Object.fromEntries([...this.#warnings].sort(([a], [b]) => (a < b ? -1 : 1))),
    };
  }
}

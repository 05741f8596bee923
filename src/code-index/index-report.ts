import type { JsonObject } from '../model/json.ts';
import type { SkipReason } from './screen.ts';

/** What an index run did. `--json` shows it under these names. */
export interface IndexReport {
  readonly project: string;
  readonly root: string;
  /** Files of the project that have units now. */
  readonly files: number;
  /** Files that were parsed. */
  readonly parsed: number;
  /** Files that are as they were when they were parsed last. */
  readonly unchanged: number;
  /** Files that are gone or not indexed any more, and have lost their units. */
  readonly removed: number;
  /** Units of the project now. */
  readonly units: number;
  readonly units_added: number;
  readonly units_changed: number;
  readonly units_removed: number;
  /** How many files were skipped, by reason. */
  readonly skipped: Readonly<Partial<Record<SkipReason, number>>>;
  /** What could not be read. What the store has of it stays. */
  readonly unreadable: readonly { readonly path: string; readonly reason: string }[];
  /** Parsed files of which a part could not be parsed. */
  readonly broken: readonly string[];
  /** Files of the project by language. */
  readonly languages: Readonly<Record<string, number>>;
  /** Units of the project without a vector. */
  readonly pending_vectors: number;
  /** Units of the project whose vectors are of another model than that of the embedder. */
  readonly other_vectors: number;
}

export function indexSummary(report: IndexReport): JsonObject {
  return { message_type: 'summary', ...report };
}

/** Counts while a run goes on. */
export class IndexTally {
  parsed = 0;
  unchanged = 0;
  removed = 0;
  readonly units = { added: 0, changed: 0, removed: 0, unchanged: 0 };
  /** Units that were written, also where only a vector was added. */
  written = 0;
  readonly skipped: Partial<Record<SkipReason, number>> = {};
  readonly unreadable: { readonly path: string; readonly reason: string }[] = [];
  readonly broken: string[] = [];

  /** Whether a file was parsed, removed or not readable, or a unit got what it lacked. */
  get didSomething(): boolean {
    return this.parsed + this.removed + this.unreadable.length + this.written > 0;
  }

  skip(reason: SkipReason): void {
    this.skipped[reason] = (this.skipped[reason] ?? 0) + 1;
  }
}

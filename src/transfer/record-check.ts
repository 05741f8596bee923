import type { SourceRecord, SourceReject } from '../formats/source.ts';
import { RecordError } from '../model/read-fields.ts';
import type { Entry, RecordKind } from '../model/record.ts';
import { prepare } from './import/prepare.ts';

/** What could not be taken over exactly. */
export interface StagedReject {
  readonly what: RecordKind | 'tombstone' | 'project';
  readonly id: string | null;
  readonly position: number | null;
  readonly reason: string;
}

const REJECTS_TOLD = 10;

/** Validates records of a file, and notes what is to be told of them. */
export class RecordCheck {
  readonly #system: string;
  /** At most so many as are worth telling. */
  readonly rejects: StagedReject[] = [];
  rejected = 0;
  /** Distinct warnings with how often each came. */
  readonly warnings = new Map<string, number>();
  vectors = 0;
  /** Whether the lines that are to be stored are those of the file. */
  isExact = true;

  /** `system`: which wrote the file. */
  constructor(system: string) {
    this.#system = system;
  }

  /** null for a record that can't be stored. */
  entry(record: SourceRecord): Entry | null {
    const { kind, position, value } = record;
    try {
      const { entry, warnings } = prepare(record, this.#system);
      for (const warning of warnings) this.warn(warning);
      if (entry.vector !== null) this.vectors += 1;
      if (entry.line !== record.line) this.isExact = false;
      return entry;
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      const id = typeof value.id === 'string' ? value.id : null;
      this.reject({ what: kind, id, position, reason: error.message });
      return null;
    }
  }

  unreadable({ kind, id, position, reason }: SourceReject): void {
    this.reject({ what: kind, id, position, reason });
  }

  reject(reject: StagedReject): void {
    this.rejected += 1;
    if (this.rejects.length < REJECTS_TOLD) this.rejects.push(reject);
  }

  warn(warning: string, count = 1): void {
    this.warnings.set(warning, (this.warnings.get(warning) ?? 0) + count);
  }

  /** Adds what another one noted. */
  add(other: RecordCheck): void {
    for (const reject of other.rejects.slice(0, REJECTS_TOLD - this.rejects.length))
      this.rejects.push(reject);
    this.rejected += other.rejected;
    for (const [warning, count] of other.warnings) this.warn(warning, count);
    this.vectors += other.vectors;
    this.isExact &&= other.isExact;
  }
}

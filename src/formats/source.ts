import type { Instant } from '../model/instant.ts';
import type { JsonObject } from '../model/json.ts';
import type { WorkOptions } from '../model/progress.ts';
import type { RecordKind } from '../model/record.ts';
import type { Lost } from './lost.ts';

export const FORMATS = [
  'memport-archive',
  'memport-json',
  'feat038-json',
  'feat038-archive',
  'feat044-json',
  'tui-json',
  'sqlite-v1',
  'sqlite-v2',
  'markdown',
] as const;
export type FormatName = (typeof FORMATS)[number];

/**
 * A file that holds records, opened for reading. It knows nothing of stores. `verify` reads it to its end once and
 * proves all that it declares about itself; only then may `read` be called, which reads it again. Memory stays flat:
 * at most ids are held.
 */
export interface Source extends AsyncDisposable {
  readonly format: FormatName;
  /** The versions that the file declares, as text; empty where it has none. */
  readonly version: string;
  readonly schemaVersion: string;
  /** Name of the system that wrote it, for ids and notes: `memport` or `claude-memory-server`. */
  readonly system: string;
  /** What the file says about itself: the manifest, or the top-level members of JSON but for the records. */
  readonly header: JsonObject;
  /** Names of the steps that give its records today's shape, in order; known after `verify`. Absent: none. */
  readonly migrations?: readonly string[];
  /** What a recovery could not bring back, known after `verify`. Absent or null: nothing was wrong. */
  readonly lost?: Lost | null;

  /** Throws MemportError: `integrity` for damage or a broken promise, `newer_version` for a newer major version. */
  verify(options?: WorkOptions): Promise<Verification>;

  /**
   * The records in the order of the file, in batches; tombstones come in batches of their own. Call after `verify`; may
   * be called again.
   */
  read(options?: ReadOptions): AsyncIterable<readonly SourceItem[]>;
}

export interface ReadOptions extends WorkOptions {
  /** What is wanted: records of this kind, or what is no record. All else may be left out, and need not. */
  readonly only?: RecordKind | 'others' | undefined;
}

export interface Verification {
  readonly memories: number;
  readonly codeUnits: number;
  readonly tombstones: number;
  readonly vectors: number;
  /** Of memport archives; null where the format has none. */
  readonly contentDigest: string | null;
  readonly warnings: readonly string[];
}

export type SourceItem = SourceRecord | SourceTombstone | SourceProject | SourceReject | SourceMissing;

/** A record as it stands in the file: not validated, not migrated. */
export interface SourceRecord {
  readonly type: 'record';
  readonly kind: RecordKind;
  /** Counted from 0 within the list of the file that holds it. */
  readonly position: number;
  /** Without `embedding`. */
  readonly value: JsonObject;
  /** The canonical line where the file holds exactly that, else null. */
  readonly line: string | null;
  readonly vector: Float32Array | null;
  /** What was changed while reading: NaN tokens, a vector that is not finite, … */
  readonly warnings: readonly string[];
}

export interface SourceTombstone {
  readonly type: 'tombstone';
  readonly value: JsonObject;
}

export interface SourceProject {
  readonly type: 'project';
  readonly value: JsonObject;
}

/** A part of the file that should be a record and can't be read as one, while the rest can. */
export interface SourceReject {
  readonly type: 'reject';
  readonly kind: RecordKind;
  readonly position: number;
  readonly id: string | null;
  readonly reason: string;
  /** The text as it stands in the file; of a longer one MAX_REJECT_BYTES, and the reason says so. */
  readonly text: string;
}

/** A record that the source was written with and that is no longer in it. Comes after all records. */
export interface SourceMissing {
  readonly type: 'missing';
  readonly kind: RecordKind;
  readonly id: string;
  /** Where it was, for people. */
  readonly place: string;
  /** When the source was written; null where it does not say. */
  readonly exportedAt: Instant | null;
  /** What was not read and may hold it, for people; null where nothing does. */
  readonly mayBeIn: string | null;
}

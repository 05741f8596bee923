import type { Writable } from 'node:stream';
import type { Lock } from '../formats/age/keys.ts';
import type { Filter } from '../model/filter.ts';
import type { Instant } from '../model/instant.ts';
import type { JsonObject } from '../model/json.ts';
import type { Naming } from '../pending-file.ts';

export const EXPORT_FORMATS = ['archive', 'json', 'markdown'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportRequest {
  readonly format: ExportFormat;
  readonly filter: Filter;
  /** A file's path (a folder's for Markdown), or where the bytes go once they are proven. */
  readonly target: string | Writable;
  /** What happens when the target is there already; `replace` by default. */
  readonly naming?: Naming;
  /** Files that must not be written over, besides those of the store. */
  readonly protect?: readonly string[];
  readonly embeddings: boolean;
  readonly code: boolean;
  /** Markdown as one file instead of a folder. */
  readonly singleFile?: boolean;
  /** Replace files of a folder that someone has changed since they were written. */
  readonly force?: boolean;
  readonly exportDate: Instant | 'newest-record';
  /** `memport x.y.z` */
  readonly generator: string;
  /** The effective configuration, without secrets and paths. */
  readonly config: JsonObject;
  /** What the file is encrypted to; it is not, without. */
  readonly lock?: Lock | undefined;
  /** Only a measurement leaves this out. */
  readonly verify?: boolean;
}

/** What was written, under the names of `--json`. */
export interface ExportReport {
  /** The name that the file has got; null for standard output. */
  readonly path: string | null;
  readonly format: ExportFormat;
  readonly export_type: 'full' | 'filtered';
  readonly export_date: string;
  readonly memories: number;
  readonly code_units: number;
  readonly tombstones: number;
  readonly vectors: number;
  readonly bytes: number;
  readonly encrypted: boolean;
  /** Of an archive: the digest of the records and vectors in it. */
  readonly content_digest: string | null;
  /** How many files a folder of Markdown has; null for a single file. */
  readonly files: number | null;
  /** How many files of an earlier export to that folder are gone; null for a single file. */
  readonly files_removed: number | null;
}

/** What one format's writer says of what it wrote. */
export interface Written
  extends Pick<ExportReport, 'memories' | 'code_units' | 'tombstones' | 'vectors' | 'bytes'> {
  /** Content digest of the records and vectors in the file; of Markdown as RecordSet makes it. */
  readonly digest: string;
}

/** What writers of all formats need to know, with the date settled. */
export interface ExportPlan extends Omit<ExportRequest, 'exportDate' | 'target' | 'naming' | 'protect'> {
  readonly exportDate: Instant;
  readonly exportType: 'full' | 'filtered';
  /** The date is that of the records and not of a clock: each page may bear its own. */
  readonly datedByRecords?: boolean;
}

import { MemportError } from '../../errors.ts';
import { type JsonObject, type JsonValue, NumberToken } from '../../model/json.ts';
import type { FormatName, SourceItem } from '../source.ts';
import type { JsonElement } from './scanner.ts';
import type { VersionName } from './versions.ts';

/** How many elements of each kind a file holds. */
export interface Found {
  memories: number;
  codeUnits: number;
  tombstones: number;
  vectors: number;
}

/** What is known of a file beside its records: its other top-level members, and which record arrays it has. */
export interface JsonHead {
  readonly members: ReadonlyMap<string, JsonValue>;
  readonly arrays: ReadonlySet<string>;
}

/** What is particular to one of the JSON formats that share top-level names and record arrays. */
export interface JsonDialect {
  readonly format: FormatName;
  readonly system: string;
  /** The versions that its files declare. */
  readonly versions: readonly VersionName[];
  /** Names of the top-level members that its files have beside the records. */
  readonly members: ReadonlySet<string>;
  /** Names of the steps that its records go through. */
  readonly migrations: readonly string[];
  /** Whether a file says that it is of this kind. */
  claims(head: JsonHead): boolean;
  /** The kind of an element, told as fast as possible. null: not one that this format has. */
  kindOf(element: JsonElement): 'memory' | 'code_unit' | 'tombstone' | null;
  /** Holds what the header promises against what is there. Returns notes; throws MemportError `integrity`. */
  check(header: JsonObject, found: Found): readonly string[];
  /** null where kindOf says null. `header`: the members beside the records. */
  read(element: JsonElement, header: JsonObject): SourceItem | null;
}

/** The members beside the records that files of memport and FEAT-038 have both. */
export const SHARED_MEMBERS = [
  'version',
  'schema_version',
  'export_date',
  'export_type',
  'filters',
  'memory_count',
] as const;

/** The arrays that hold records, in any dialect. */
export const RECORD_ARRAYS = ['memories', 'code_units', 'tombstones'] as const;

/** Compares a count in the header with what was counted. Returns whether the header has it; throws `integrity`. */
export function checkCount(header: JsonObject, name: string, found: number): boolean {
  if (!Object.hasOwn(header, name)) return false;
  const declared = header[name];
  if (declared === found) return true;
  const text = declared instanceof NumberToken ? declared.text : JSON.stringify(declared);
  throw new MemportError('integrity', `${name} is ${text.slice(0, 40)}, but there are ${found}`, {
    hint: 'the file is incomplete or was changed by hand',
  });
}

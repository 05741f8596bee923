import { formatInstant, type Instant } from '../../model/instant.ts';
import type { JsonObject, JsonValue } from '../../model/json.ts';
import {
  CODE_UNIT_VECTORS,
  MANIFEST,
  MEMORY_VECTORS,
  type MemberName,
  membersWith,
  type VectorFile,
} from './layout.ts';
import { arrayNames, rowSize, type VectorGroup } from './npz/vector-group.ts';

export const ARCHIVE_VERSION = '1.0.0';
export const SCHEMA_VERSION = '3.0.0';
export const ARCHIVE_FORMAT = 'portable_backup';

/** What an archive says about itself before its data. All of it is known before the first record is written. */
export interface ArchiveHeader {
  /** `memport x.y.z` */
  readonly generator: string;
  readonly exportDate: Instant;
  readonly exportType: 'full' | 'filtered';
  /** As `filterRecord` gives it. */
  readonly filters: JsonObject;
  readonly memoryCount: number;
  readonly codeUnitCount: number;
  readonly tombstoneCount: number;
  /** Names of all projects of projects.json. */
  readonly projects: readonly string[];
  readonly memoryVectors: readonly VectorGroup[];
  readonly codeUnitVectors: readonly VectorGroup[];
  readonly encryption: 'none' | 'age';
}

export interface Manifest extends ArchiveHeader {
  readonly version: string;
  readonly schemaVersion: string;
  /** Hexadecimal sha256 of every member but the manifest. */
  readonly checksums: ReadonlyMap<string, string>;
  readonly contentDigest: string;
}

export function archiveMembers(header: ArchiveHeader): readonly MemberName[] {
  const files = new Set<string>();
  if (header.memoryVectors.length > 0) files.add(MEMORY_VECTORS);
  if (header.codeUnitVectors.length > 0) files.add(CODE_UNIT_VECTORS);
  return membersWith(files);
}

/** Of a usual record, for want of better. */
const RECORD_BYTES = 800;

/** About how many bytes of records and vectors an archive holds. */
export function aboutBytes(header: ArchiveHeader): number {
  const { memoryCount, codeUnitCount, memoryVectors, codeUnitVectors } = header;
  const vectors = [...memoryVectors, ...codeUnitVectors].map(group => group.count * rowSize(group));
  return vectors.reduce((sum, bytes) => sum + bytes, (memoryCount + codeUnitCount) * RECORD_BYTES);
}

const NO_SHA256 = '0'.repeat(64);

/** The text of a manifest whose checksums are not known yet: of the same length as the final one. */
export function manifestDraft(header: ArchiveHeader): string {
  return manifestText(header, new Map(), `sha256:${NO_SHA256}`);
}

export function manifestText(
  header: ArchiveHeader,
  checksums: ReadonlyMap<string, string>,
  contentDigest: string,
): string {
  const members = archiveMembers(header).filter(name => name !== MANIFEST);
  const manifest: JsonObject = {
    version: ARCHIVE_VERSION,
    schema_version: SCHEMA_VERSION,
    format: ARCHIVE_FORMAT,
    generator: header.generator,
    export_date: formatInstant(header.exportDate),
    export_type: header.exportType,
    filters: header.filters,
    memory_count: header.memoryCount,
    code_unit_count: header.codeUnitCount,
    tombstone_count: header.tombstoneCount,
    projects: header.projects,
    embeddings: [
      ...embeddings(MEMORY_VECTORS, header.memoryVectors),
      ...embeddings(CODE_UNIT_VECTORS, header.codeUnitVectors),
    ],
    checksums: Object.fromEntries(members.map(name => [name, `sha256:${checksums.get(name) ?? NO_SHA256}`])),
    compression: 'gzip',
    encryption: header.encryption,
    content_digest: contentDigest,
  };
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

function embeddings(file: VectorFile, groups: readonly VectorGroup[]): readonly JsonValue[] {
  return groups.map(({ model, dimensions, count }, index) => {
    const names = arrayNames(index);
    return { file, array: names.embeddings, ids: names.ids, model, dimensions, count };
  });
}

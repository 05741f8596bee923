import { MAX_CONTENT } from '../../model/read-memory.ts';

/** The one folder at the top of an archive. */
export const TOP_FOLDER = 'portable_backup';

export const MANIFEST = 'manifest.json';
export const MEMORIES = 'memories/memories.json';
export const MEMORY_VECTORS = 'memories/embeddings.npz';
export const PROJECTS = 'code_index/projects.json';
export const CODE_UNITS = 'code_index/semantic_units.json';
export const CODE_UNIT_VECTORS = 'code_index/embeddings.npz';
export const EXPORT_CONFIG = 'config/export_config.json';
export const STATISTICS = 'metadata/statistics.json';
export const CHECKSUMS = 'metadata/checksums.sha256';

/** Every member that an archive can have, in the order in which they stand in it. */
export const MEMBERS = [
  MANIFEST,
  MEMORIES,
  MEMORY_VECTORS,
  PROJECTS,
  CODE_UNITS,
  CODE_UNIT_VECTORS,
  EXPORT_CONFIG,
  STATISTICS,
  CHECKSUMS,
] as const;
export type MemberName = (typeof MEMBERS)[number];
export type VectorFile = typeof MEMORY_VECTORS | typeof CODE_UNIT_VECTORS;

/** The members of an archive with these npz files, in order. */
export function membersWith(vectorFiles: ReadonlySet<string>): readonly MemberName[] {
  return MEMBERS.filter(
    name => (name !== MEMORY_VECTORS && name !== CODE_UNIT_VECTORS) || vectorFiles.has(name),
  );
}

const MIB = 1024 * 1024;

/** Content of 16 Mi UTF-16 units, each at most six bytes as JSON, and 16 MiB for all other fields. */
export const MAX_RECORD_BYTES = 6 * MAX_CONTENT + 16 * MIB;
/** For the manifest and the members that are read as a whole. */
export const MAX_DOCUMENT_BYTES = 64 * MIB;
/** Model and dimension pairs to a kind of record; a reader keeps one block of each in memory. */
export const MAX_VECTOR_GROUPS = 1000;
/** Of one vector. */
export const MAX_DIMENSIONS = 1_000_000;

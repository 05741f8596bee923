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

/** Model and dimension pairs to a kind of record. */
export const MAX_VECTOR_GROUPS = 1000;
/** As above, in an archive that was compressed again as one stream: each is read from the start of the file. */
export const MAX_STREAM_GROUPS = 16;
/** Of the list of checksums: it names at most nine members. */
export const MAX_CHECKSUMS_BYTES = 64 * 1024;

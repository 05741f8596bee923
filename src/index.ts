/** memport as a library: the same services that the command line uses. */

export type { Embedder } from './embedding/embedder.ts';
export { hashingEmbedder } from './embedding/hashing.ts';
export { type ErrorCode, EXIT_CODES, MemportError } from './errors.ts';
export type { FormatName, Source } from './formats/source.ts';
export type { Draft } from './memories/draft.ts';
export { addMemory, deleteMemories, type EditContext, updateMemory } from './memories/edit.ts';
export { renameProject } from './memories/projects.ts';
export { findMemory } from './memories/resolve-id.ts';
export { type Found, type SearchRequest, searchMemories } from './memories/search.ts';
export { readStatus, type Status } from './memories/status.ts';
export type { CodeUnit } from './model/code-unit.ts';
export { EVERYTHING, type Filter } from './model/filter.ts';
export { formatInstant, type Instant, parseInstant } from './model/instant.ts';
export type { Memory, Provenance } from './model/memory.ts';
export type { Progress, WorkOptions } from './model/progress.ts';
export { openStore, type StoreOptions } from './store/open.ts';
export type { Reader, Snapshot, Store, Transaction } from './store/store.ts';
export { exportStore } from './transfer/export.ts';
export type { ExportReport, ExportRequest } from './transfer/export-plan.ts';
export { type ImportRequest, importSource } from './transfer/import/pipeline.ts';
export type { ImportReport } from './transfer/import/report.ts';
export { openInput } from './transfer/open-input.ts';
export { storeDigest } from './transfer/store-digest.ts';
export { packageVersion } from './version.ts';

import type { Embedder } from '../embedding/embedder.ts';
import { formatInstant } from '../model/instant.ts';
import type { Store } from '../store/store.ts';

/** The state of a store, under the names of `memport status --json`. */
export interface Status {
  readonly store: string;
  readonly bytes: number;
  readonly schema_version: number;
  readonly memories: number;
  readonly code_units: number;
  readonly tombstones: number;
  readonly projects: number;
  /** Own vectors of memories by model and dimension. */
  readonly vectors: readonly {
    readonly model: string | null;
    readonly dimensions: number;
    readonly count: number;
  }[];
  /** Memories that can't be found by vector with the configured embedder. */
  readonly pending_vectors: number;
  readonly oldest_created_at: string | null;
  readonly newest_updated_at: string | null;
}

export async function readStatus(store: Store, embedder: Embedder | null): Promise<Status> {
  const { counts, oldestCreatedAt, newestUpdatedAt } = await store.statistics();
  const { bytes, schemaVersion } = await store.describe();
  return {
    store: store.location,
    bytes,
    schema_version: schemaVersion,
    memories: counts.memories,
    code_units: counts.codeUnits,
    tombstones: counts.tombstones,
    projects: (await store.projects()).length,
    vectors: await store.vectorGroups('memory'),
    pending_vectors: embedder === null ? 0 : await store.pendingVectors(embedder.model, embedder.dimensions),
    oldest_created_at: oldestCreatedAt === null ? null : formatInstant(oldestCreatedAt),
    newest_updated_at: newestUpdatedAt === null ? null : formatInstant(newestUpdatedAt),
  };
}

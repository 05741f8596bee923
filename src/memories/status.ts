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
  /** The model of the configured embedder; null without one. */
  readonly embedding_model: string | null;
  /** Memories that can't be found by vector with the configured embedder. */
  readonly pending_vectors: number;
  /** Memories whose own vector is of another model or length than the configured embedder's. */
  readonly mixed_vectors: number;
  readonly oldest_created_at: string | null;
  readonly newest_updated_at: string | null;
}

export async function readStatus(store: Store, embedder: Embedder | null): Promise<Status> {
  const { counts, oldestCreatedAt, newestUpdatedAt } = await store.statistics();
  const { bytes, schemaVersion } = await store.describe();
  const vectors = await store.vectorGroups('memory');
  return {
    store: store.location,
    bytes,
    schema_version: schemaVersion,
    memories: counts.memories,
    code_units: counts.codeUnits,
    tombstones: counts.tombstones,
    projects: (await store.projects()).length,
    vectors,
    embedding_model: embedder?.model ?? null,
    pending_vectors: embedder === null ? 0 : await store.pendingVectors(embedder.model, embedder.dimensions),
    mixed_vectors: embedder === null ? 0 : countMixed(vectors, embedder),
    oldest_created_at: oldestCreatedAt === null ? null : formatInstant(oldestCreatedAt),
    newest_updated_at: newestUpdatedAt === null ? null : formatInstant(newestUpdatedAt),
  };
}

function countMixed(vectors: Status['vectors'], { model, dimensions }: Embedder): number {
  const isOther = (group: Status['vectors'][number]): boolean =>
    group.model !== model || group.dimensions !== (dimensions ?? group.dimensions);
  return vectors.filter(isOther).reduce((sum, { count }) => sum + count, 0);
}

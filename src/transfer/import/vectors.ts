import type { Embedder } from '../../embedding/embedder.ts';
import { MemportError } from '../../errors.ts';
import { type Entry, memoryEntry } from '../../model/record.ts';

/**
 * What becomes of vectors.
 * - `auto`: those of the file are kept, and what can't be searched by gets one of the configured embedder (ADR 6).
 * - `keep`: those of the file are kept, and none is made.
 * - `regenerate`: those of the file's memories are dropped; the configured embedder makes new ones, and its label is theirs.
 * - `none`: those of the file are dropped, and none is made.
 */
export const VECTOR_MODES = ['auto', 'keep', 'regenerate', 'none'] as const;
export type VectorMode = (typeof VECTOR_MODES)[number];

/** Reads a mode; `regenerate` needs an embedder. */
export function parseVectorMode(text: string, embedder: Embedder | null): VectorMode {
  const mode = VECTOR_MODES.find(known => known === text);
  if (mode === undefined) {
    throw new MemportError('usage', `--vectors can't be ${JSON.stringify(text)}`, {
      hint: `it is one of ${VECTOR_MODES.join(', ')}`,
    });
  }
  if (mode === 'regenerate' && embedder === null) {
    throw new MemportError('usage', '--vectors regenerate needs an embedder, and none is configured', {
      hint: 'memport config set embedding_provider hashing',
    });
  }
  return mode;
}

/** Whether vectors are made. */
export function makesVectors(mode: VectorMode): boolean {
  return mode === 'auto' || mode === 'regenerate';
}

/**
 * The imported record as it is meant, before it is compared with what the store has: so the same import a second time
 * finds its own records. Code units have no text that the embedder makes vectors of: `regenerate` leaves theirs.
 */
export function withVectorMode(entry: Entry, mode: VectorMode, embedder: Embedder | null): Entry {
  if (mode === 'none') return entry.vector === null ? entry : { ...entry, vector: null };
  if (mode !== 'regenerate' || embedder === null || entry.kind !== 'memory') return entry;
  if (entry.record.embeddingModel === embedder.model) return { ...entry, vector: null };
  return memoryEntry({ ...entry.record, embeddingModel: embedder.model }, null);
}

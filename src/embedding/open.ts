import type { Embedder } from './embedder.ts';
import { hashingEmbedder } from './hashing.ts';

/** The embedder of a configuration's `embedding_provider`; null for `none`. */
export function openEmbedder(provider: 'hashing' | 'none'): Embedder | null {
  return provider === 'none' ? null : hashingEmbedder();
}

import type { Embedder } from '../embedding/embedder.ts';
import type { Filter } from '../model/filter.ts';
import type { Memory } from '../model/memory.ts';
import { fuseRanks } from '../model/rank-fusion.ts';
import type { Reader } from '../store/store.ts';
import { storedMemory } from '../transfer/stored-entry.ts';
import { type OtherEmbedders, searchByVectors, type VectorReader } from './search-vectors.ts';

export interface SearchRequest {
  readonly query: string;
  readonly filter: Filter;
  readonly limit: number;
}

export interface Found {
  readonly memory: Memory;
  readonly line: string;
  /** Fused rank score; comparable only within one search. */
  readonly score: number;
}

type SearchReader = Pick<Reader, 'newest' | 'searchText' | 'searchVectors'> & VectorReader;

const CANDIDATES = 100;

/**
 * Finds memories by full text and by vector, fused by reciprocal rank, best first; ties by id, so that equal stores give
 * equal results. Without an embedder, or with one that fails, it goes by text alone; where nothing is found by either,
 * nothing is. Memories whose vectors are of another model are searched by it, as far as `others` can open it: each
 * vector is compared with a query of its own model only. An empty query gives the newest.
 */
export async function searchMemories(
  reader: SearchReader,
  request: SearchRequest,
  embedder: Embedder | null,
  signal?: AbortSignal,
  others?: OtherEmbedders,
): Promise<readonly Found[]> {
  const { query, filter, limit } = request;
  if (query.trim() === '') {
    const newest = await reader.newest(filter, { offset: 0, limit });
    return newest.map(({ id, line }) => ({ memory: storedMemory({ id, line }), line, score: 0 }));
  }
  const depth = Math.max(CANDIDATES, limit);
  const byText = await reader.searchText(query, filter, depth);
  const byVector = await searchByVectors(reader, { query, filter, limit: depth }, embedder, {
    signal,
    others,
  });
  return fuseRanks([byText, byVector])
    .slice(0, limit)
    .map(({ hit, score }) => ({ memory: storedMemory(hit), line: hit.line, score }));
}

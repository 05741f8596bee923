import type { Embedder } from '../embedding/embedder.ts';
import { toMemportError } from '../errors.ts';
import type { CodeFilter } from '../model/code-filter.ts';
import type { CodeUnit } from '../model/code-unit.ts';
import { parseRecordLine } from '../model/json-parse.ts';
import { fuseRanks } from '../model/rank-fusion.ts';
import { readCodeUnit } from '../model/read-code-unit.ts';
import type { Hit, Reader } from '../store/store.ts';
import { nameWords } from './code-units.ts';

export interface CodeSearch {
  readonly query: string;
  readonly filter: CodeFilter;
  readonly limit: number;
}

export interface FoundCode {
  readonly unit: CodeUnit;
  readonly line: string;
  /** Fused rank score; comparable only within one search. */
  readonly score: number;
}

export interface CodeSearchOptions {
  readonly signal?: AbortSignal | undefined;
  /** Told why the embedder failed; the search goes on by words alone. */
  readonly onEmbedderFailure?: (error: unknown) => void;
}

type CodeSearchReader = Pick<Reader, 'searchCodeText' | 'searchCodeVectors'>;

const CANDIDATES = 100;

/**
 * Finds code units by words and by vector, fused by reciprocal rank, best first; equals go by id. What is called by all of
 * the words counts a third time.
 */
export async function searchCode(
  reader: CodeSearchReader,
  search: CodeSearch,
  embedder: Embedder | null,
  options: CodeSearchOptions = {},
): Promise<readonly FoundCode[]> {
  const { query, filter, limit } = search;
  if (query.trim() === '') return [];
  const depth = Math.max(CANDIDATES, limit);
  const byText = await reader.searchCodeText(query, filter, depth);
  const byVector = await searchByVector(reader, { ...search, limit: depth }, embedder, options);
  const [text, vector] = [byText.map(withUnit), byVector.map(withUnit)];
  const words = nameWords(query).toLowerCase().split(' ');
  const byName = text.filter(({ unit }) => isCalled(unit, words));
  return fuseRanks([byName, text, vector])
    .slice(0, limit)
    .map(({ hit, score }) => ({ unit: hit.unit, line: hit.line, score }));
}

async function searchByVector(
  reader: CodeSearchReader,
  { query, filter, limit }: CodeSearch,
  embedder: Embedder | null,
  { signal, onEmbedderFailure }: CodeSearchOptions,
): Promise<readonly Hit[]> {
  if (embedder === null) return [];
  const vector = await embedQuery(query, embedder, signal).catch((error: unknown) => {
    if (signal?.aborted || toMemportError(error).code === 'interrupted') throw error;
    onEmbedderFailure?.(error);
    return null;
  });
  if (vector === null) return [];
  const hits = await reader.searchCodeVectors(vector, embedder.model, filter, limit);
  return hits.filter(({ score }) => score > 0);
}

async function embedQuery(
  query: string,
  embedder: Embedder,
  signal?: AbortSignal,
): Promise<Float32Array | null> {
  const [vector = null] = await embedder.embed([query], signal);
  return vector;
}

interface UnitHit extends Hit {
  readonly unit: CodeUnit;
}

function withUnit(hit: Hit): UnitHit {
  return { ...hit, unit: readCodeUnit(parseRecordLine(hit.line), { system: 'memport', warn: () => {} }) };
}

/** Whether every word of the query is one of the unit's name: whoever knows the name is looking for it. */
function isCalled({ name }: CodeUnit, words: readonly string[]): boolean {
  const own = new Set(nameWords(name).toLowerCase().split(' '));
  return words.every(word => own.has(word));
}

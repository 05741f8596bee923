import type { Embedder } from '../embedding/embedder.ts';
import { toMemportError } from '../errors.ts';
import type { Filter } from '../model/filter.ts';
import type { Hit, Reader } from '../store/store.ts';

/** How memories are searched whose vectors were made under another configuration. */
export interface OtherEmbedders {
  /** The embedder of a label; null where there is none any more. */
  readonly open: (label: string) => Promise<Embedder | null>;
  /** Told what can't be searched by vector, and why. */
  readonly warn: (warning: string) => void;
}

export type VectorReader = Pick<Reader, 'searchVectors' | 'counts' | 'vectorGroups' | 'pendingVectors'>;

export interface VectorRequest {
  readonly query: string;
  readonly filter: Filter;
  readonly limit: number;
}

interface Options {
  readonly signal?: AbortSignal | undefined;
  readonly others?: OtherEmbedders | undefined;
}

/** More models than this are no change of model; each costs the loading of one. */
const MAX_OTHERS = 3;

/** The memories that are like the query, most like it first. */
export async function searchByVectors(
  reader: VectorReader,
  request: VectorRequest,
  embedder: Embedder | null,
  { signal, others }: Options,
): Promise<readonly Hit[]> {
  if (embedder === null) return [];
  const rankings: (readonly Hit[])[] = [];
  try {
    rankings.push(await searchWith(embedder, reader, request, signal));
  } catch (error) {
    if (signal?.aborted) throw error;
    others?.warn(`vectors of ${embedder.model} can't be searched by: ${why(error)}`);
  }
  if (others !== undefined) {
    for (const label of await otherLabels(reader, embedder))
      rankings.push(await searchOther(label, reader, request, embedder, { signal, others }));
  }
  return interleave(rankings);
}

async function searchOther(
  label: string,
  reader: VectorReader,
  request: VectorRequest,
  configured: Embedder,
  { signal, others }: { readonly signal?: AbortSignal | undefined; readonly others: OtherEmbedders },
): Promise<readonly Hit[]> {
  const remedy = `memport embed --all makes those of ${configured.model}`;
  try {
    const embedder = await others.open(label);
    if (embedder) return await searchWith(embedder, reader, request, signal);
    others.warn(`the vectors of ${label} can't be searched by: that model is not at hand; ${remedy}`);
  } catch (error) {
    if (signal?.aborted) throw error;
    others.warn(`the vectors of ${label} can't be searched by: ${why(error)}; ${remedy}`);
  }
  return [];
}

async function searchWith(
  embedder: Embedder,
  reader: VectorReader,
  { query, filter, limit }: VectorRequest,
  signal: AbortSignal | undefined,
): Promise<readonly Hit[]> {
  const [vector] = await embedder.embed([query], signal);
  if (vector === undefined) return [];
  const hits = await reader.searchVectors(vector, embedder.model, filter, limit);
  return hits.filter(hit => hit.score > 0);
}

/** The models of own vectors, most frequent first, where memories lack one of the embedder. */
async function otherLabels(
  reader: VectorReader,
  { model, dimensions }: Embedder,
): Promise<readonly string[]> {
  const groups = await reader.vectorGroups('memory');
  const isMine = (group: (typeof groups)[number]): boolean =>
    group.model === model && (dimensions ?? group.dimensions) === group.dimensions;
  const mine = groups.filter(isMine).reduce((sum, { count }) => sum + count, 0);
  const counts = new Map<string, number>();
  for (const { model: label, count } of groups)
    if (label !== null && label !== model) counts.set(label, (counts.get(label) ?? 0) + count);
  if (counts.size === 0 || mine === (await reader.counts()).memories) return [];
  if ((await reader.pendingVectors(model, dimensions)) === 0) return [];
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  return sorted.slice(0, MAX_OTHERS).map(([label]) => label);
}

/** One ranking of several, whose scores can't be compared: the first of each, then the second; a memory counts once. */
function interleave(rankings: readonly (readonly Hit[])[]): readonly Hit[] {
  const hits = new Map<string, Hit>();
  const depth = Math.max(0, ...rankings.map(ranking => ranking.length));
  for (let rank = 0; rank < depth; rank++) {
    for (const ranking of rankings) {
      const hit = ranking[rank];
      if (hit !== undefined && !hits.has(hit.id)) hits.set(hit.id, hit);
    }
  }
  return [...hits.values()];
}

function why(error: unknown): string {
  const { message, hint } = toMemportError(error);
  return hint === null ? message : `${message} (${hint})`;
}

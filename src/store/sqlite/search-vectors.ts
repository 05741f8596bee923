import type { Filter } from '../../model/filter.ts';
import { vectorBytes } from '../../model/vector.ts';
import type { Hit } from '../store.ts';
import { bestHits, type Ranked } from './best-hits.ts';
import { codedCandidates, type VectorPlace } from './coded-candidates.ts';
import type { Connection, SqlValue } from './connection.ts';
import { textValue } from './text-value.ts';
import { CODED } from './vector-codes.ts';
import { type Condition, isTrue, whereFilter } from './where.ts';

export interface VectorSearch {
  readonly vector: Float32Array;
  readonly model: string;
  readonly filter: Filter;
  readonly limit: number;
}

/** Up to so many vectors are all compared in full: it is fast enough, and misses nothing. */
export const EXACT_UP_TO = 10_000;

/**
 * Over own vectors of the model and search vectors of it together. A vector of zeros is near to nothing. Of many vectors
 * only those are compared whose codes are near; null where codes are missing for that, unless `lacking` is `exact`: then all
 * are compared.
 */
export function searchVectors(connection: Connection, search: VectorSearch, lacking: 'exact'): readonly Hit[];
export function searchVectors(
  connection: Connection,
  search: VectorSearch,
  lacking: 'tell',
): readonly Hit[] | null;
export function searchVectors(
  connection: Connection,
  { vector, model, filter, limit }: VectorSearch,
  lacking: 'tell' | 'exact',
): readonly Hit[] | null {
  if (vector.length === 0) return [];
  connection.loadVectors();
  const where = whereFilter('memory', filter, 'seek');
  const coded =
    limit <= EXACT_UP_TO / 10 && countVectors(connection, model, vector.length) > EXACT_UP_TO
      ? codedCandidates(connection, { vector, model, where })
      : null;
  if (coded === 'lacking' && lacking === 'tell') return null;
  if (coded !== null && coded !== 'lacking')
    return bestHits(connection, rankCandidates(connection, vector, coded), limit);
  return bestHits(connection, nearest(connection, distancesOf(vector, model, where), limit), limit);
}

function countVectors(connection: Connection, model: string, dimensions: number): number {
  const sql = `SELECT (SELECT count(*) FROM memories WHERE embedding_model = ? AND embedding_dimensions = ?)
    + (SELECT count(*) FROM memory_search_vectors WHERE model = ? AND length(embedding) = ?)`;
  return connection.integer(sql, [textValue(model), dimensions, textValue(model), 4 * dimensions]);
}

function rankCandidates(
  connection: Connection,
  vector: Float32Array,
  candidates: readonly VectorPlace[],
): readonly Ranked[] {
  const bytes = vectorBytes(vector);
  return CODED.flatMap(({ vectors }, table) => {
    const seqs = candidates.filter(([at]) => at === table).map(([, seq]) => seq);
    const sql = `SELECT seq, 1 - distance FROM (
        SELECT seq, vec_distance_cosine(embedding, ?) AS distance FROM ${vectors}
        WHERE seq IN (SELECT value FROM json_each(?)) ORDER BY distance NULLS LAST
      ) WHERE distance IS NOT NULL`;
    return connection.all<Ranked>(sql, [bytes, JSON.stringify(seqs)]);
  });
}

/**
 * The nearest, and all that are as near as the last of them: equal ones must not be cut by their row number. SQLite keeps
 * the best while it looks, so a cut among equals is looked at again: it is seldom, and sorting all would cost every time.
 */
function nearest(connection: Connection, distances: Condition, limit: number): readonly Ranked[] {
  // In two steps, or SQLite would compute each distance again to leave out what has none.
  const near = `SELECT seq, 1 - distance FROM (
      SELECT seq, distance FROM (${distances.sql}) ORDER BY distance NULLS LAST LIMIT ?
    ) WHERE distance IS NOT NULL ORDER BY distance`;
  const best = connection.all<Ranked>(near, [...distances.values, limit + 1]);
  const [last, next] = [best[limit - 1], best[limit]];
  if (last === undefined || next === undefined || last[1] !== next[1]) return best.slice(0, limit);
  const equal = `SELECT seq, 1 - distance FROM (${distances.sql}) WHERE 1 - distance >= ?`;
  return connection.all<Ranked>(equal, [...distances.values, last[1]]);
}

/** Each memory's row and the cosine distance of its vector of the model. */
function distancesOf(vector: Float32Array, model: string, where: Condition): Condition {
  const among = isTrue(where) ? 'TRUE' : `v.seq IN (SELECT r.seq FROM memories r WHERE ${where.sql})`;
  // CASE, because vec_distance_cosine throws on another dimension and a WHERE does not say what is evaluated first.
  const distance = 'CASE length(v.embedding) WHEN ? THEN vec_distance_cosine(v.embedding, ?) END';
  const bytes = vectorBytes(vector);
  const values: readonly SqlValue[] = [
    bytes.length,
    bytes,
    textValue(model),
    vector.length,
    ...where.values,
    bytes.length,
    bytes,
    textValue(model),
    ...where.values,
  ];
  const sql = `SELECT v.seq AS seq, ${distance} AS distance FROM memories r CROSS JOIN memory_vectors v ON v.seq = r.seq
      WHERE r.embedding_model = ? AND r.embedding_dimensions = ? AND ${where.sql}
    UNION ALL
    SELECT v.seq, ${distance} FROM memory_search_vectors v WHERE v.model = ? AND ${among}`;
  return { sql, values };
}

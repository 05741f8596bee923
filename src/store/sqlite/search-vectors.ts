import type { Filter } from '../../model/filter.ts';
import { vectorBytes } from '../../model/vector.ts';
import type { Hit } from '../store.ts';
import { bestHits, type Ranked } from './best-hits.ts';
import type { Connection, SqlValue } from './connection.ts';
import { textValue } from './text-value.ts';
import { type Condition, isTrue, whereFilter } from './where.ts';

/** Over own vectors of the model and search vectors of it together. A vector of zeros is near to nothing. */
export function searchVectors(
  connection: Connection,
  vector: Float32Array,
  model: string,
  filter: Filter,
  limit: number,
): readonly Hit[] {
  if (vector.length === 0) return [];
  connection.loadVectors();
  const distances = distancesOf(vector, model, whereFilter('memory', filter, 'seek'));
  return bestHits(connection, nearest(connection, distances, limit), limit);
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

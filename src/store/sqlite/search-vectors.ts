import type { Filter } from '../../model/filter.ts';
import { vectorBytes } from '../../model/vector.ts';
import type { Hit } from '../store.ts';
import type { Connection } from './connection.ts';
import { textValue } from './text-value.ts';
import { isTrue, whereFilter } from './where.ts';

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
  const where = whereFilter('memory', filter, 'seek');
  const among = isTrue(where) ? 'TRUE' : `v.seq IN (SELECT r.seq FROM memories r WHERE ${where.sql})`;
  // CASE, because vec_distance_cosine throws on another dimension and a WHERE does not say what is evaluated first.
  const distance = 'CASE length(v.embedding) WHEN ? THEN vec_distance_cosine(v.embedding, ?) END';
  const sql = `SELECT r.id, 1 - best.distance, r.record FROM (
      SELECT seq, distance FROM (
        SELECT v.seq AS seq, ${distance} AS distance FROM memories r CROSS JOIN memory_vectors v ON v.seq = r.seq
        WHERE r.embedding_model = ? AND r.embedding_dimensions = ? AND ${where.sql}
        UNION ALL
        SELECT v.seq, ${distance} FROM memory_search_vectors v WHERE v.model = ? AND ${among}
      ) ORDER BY distance NULLS LAST, seq LIMIT ?
    ) best CROSS JOIN memories r ON r.seq = best.seq
    WHERE best.distance IS NOT NULL ORDER BY best.distance, r.id`;
  const bytes = vectorBytes(vector);
  const rows = connection.all<readonly [string, number, string]>(sql, [
    bytes.length,
    bytes,
    textValue(model),
    vector.length,
    ...where.values,
    bytes.length,
    bytes,
    textValue(model),
    ...where.values,
    limit,
  ]);
  return rows.map(([id, score, line]) => ({ id, score, line }));
}

import type { CodeFilter } from '../../model/code-filter.ts';
import { vectorBytes } from '../../model/vector.ts';
import type { Hit } from '../store.ts';
import { withParts } from './code-text.ts';
import type { Connection, SqlValue } from './connection.ts';
import { matchAnyWord } from './dense-text.ts';
import { textValue } from './text-value.ts';
import type { Condition } from './where.ts';

/** A word counts most in a unit's name, then in its doc and signature, then in its path; columns as in code-text.ts. */
const SCORE = '-bm25(code_unit_text, 10.0, 3.0, 2.0, 1.0)';

type HitRow = readonly [string, number, string];

/** The order among equals goes by id before the cut: a row number differs from store to store. */
export function searchCodeText(
  connection: Connection,
  query: string,
  filter: CodeFilter,
  limit: number,
): readonly Hit[] {
  const match = matchAnyWord(withParts(query).toLowerCase());
  if (match === null) return [];
  const where = whereCode(filter);
  const sql = `SELECT best.id, best.score, r.record FROM (
      SELECT r.seq AS seq, r.id AS id, ${SCORE} AS score
      FROM code_unit_text CROSS JOIN code_units r ON r.seq = code_unit_text.rowid
      WHERE code_unit_text MATCH ? AND ${where.sql} ORDER BY score DESC, r.id LIMIT ?
    ) best CROSS JOIN code_units r ON r.seq = best.seq ORDER BY best.score DESC, best.id`;
  return hits(connection.all<HitRow>(sql, [match, ...where.values, limit]));
}

/** A vector of zeros is near to nothing. */
export function searchCodeVectors(
  connection: Connection,
  vector: Float32Array,
  model: string,
  filter: CodeFilter,
  limit: number,
): readonly Hit[] {
  if (vector.length === 0) return [];
  connection.loadVectors();
  const where = whereCode(filter);
  // CASE, because vec_distance_cosine throws on another dimension and a WHERE does not say what is evaluated first.
  const sql = `SELECT best.id, 1 - best.distance, r.record FROM (
      SELECT r.seq AS seq, r.id AS id,
        CASE length(v.embedding) WHEN ? THEN vec_distance_cosine(v.embedding, ?) END AS distance
      FROM code_units r CROSS JOIN code_unit_vectors v ON v.seq = r.seq
      WHERE r.embedding_model = ? AND r.embedding_dimensions = ? AND ${where.sql}
      ORDER BY distance NULLS LAST, r.id LIMIT ?
    ) best CROSS JOIN code_units r ON r.seq = best.seq
    WHERE best.distance IS NOT NULL ORDER BY best.distance, best.id`;
  const bytes = vectorBytes(vector);
  const values = [bytes.length, bytes, textValue(model), vector.length, ...where.values, limit];
  return hits(connection.all<HitRow>(sql, values));
}

function hits(rows: readonly HitRow[]): readonly Hit[] {
  return rows.map(([id, score, line]) => ({ id, score, line }));
}

/** The filter as SQL. The plus keeps SQLite from leading with an index of the column. */
function whereCode({ projects, languages, unitTypes, pathPrefix }: CodeFilter): Condition {
  const terms = [
    oneOf('+r.project_name', projects),
    oneOf('+r.language', languages),
    oneOf('+r.unit_type', unitTypes),
    pathPrefix === null ? null : beginsWith('+r.file_path', textValue(pathPrefix)),
  ].filter(term => term !== null);
  if (terms.length === 0) return { sql: 'TRUE', values: [] };
  return { sql: terms.map(({ sql }) => sql).join(' AND '), values: terms.flatMap(({ values }) => values) };
}

function oneOf(column: string, values: readonly string[]): Condition | null {
  if (values.length === 0) return null;
  return { sql: `${column} IN (${values.map(() => '?').join(', ')})`, values: values.map(textValue) };
}

function beginsWith(column: string, value: SqlValue): Condition {
  return { sql: `substr(${column}, 1, length(?)) = ?`, values: [value, value] };
}

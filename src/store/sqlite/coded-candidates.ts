import { distance, SIGNATURE_BITS } from '../../model/signature.ts';
import { vectorFromBytes } from '../../model/vector.ts';
import type { Connection, SqlValue } from './connection.ts';
import { textValue } from './text-value.ts';
import { CODED, codeBytes, codeOf } from './vector-codes.ts';
import { type Condition, isTrue } from './where.ts';

/** A vector's place: which of CODED, and the memory's row. */
export type VectorPlace = readonly [table: number, seq: number];

export interface CodedQuery {
  readonly vector: Float32Array;
  readonly model: string;
  readonly where: Condition;
}

/**
 * So many vectors are compared in full. Of 100 near ones by cosine about nine in ten are among them, of the first ten
 * nearly all, which is what the fusion of ranks goes by.
 */
const CANDIDATES = 4000;
/** So many codes are made for one search where they are missing; it takes as long as reading them would. */
const MAX_LACKING = 1000;

/**
 * The vectors of the model whose codes are nearest to the query's: all that are nearer than the first that is left out, so
 * that row numbers make no difference. `lacking`: too many have no code. null: too many are equally near to tell.
 */
export function codedCandidates(
  connection: Connection,
  { vector, model, where }: CodedQuery,
): readonly VectorPlace[] | 'lacking' | null {
  const code = codeOf(vector);
  const rows = nearestCodes(connection, { vector, model, where }, codeBytes(code));
  const lacking = rows.filter(row => row[2] === null);
  if (lacking.length > MAX_LACKING) return 'lacking';
  const made = lacking.flatMap(([table, seq]) =>
    codesAt(connection, table, seq).map(
      (own): Measured => [table, seq, distance(code, 0, own, 0, SIGNATURE_BITS)],
    ),
  );
  const all = [...made, ...rows.filter(isMeasured)].sort((a, b) => a[2] - b[2]);
  const first = all[CANDIDATES];
  const nearer = first === undefined ? all : all.filter(([, , bits]) => bits < first[2]);
  return nearer.length === 0 && first !== undefined ? null : nearer.map(([table, seq]) => [table, seq]);
}

type Coded = readonly [table: number, seq: number, bits: number | null];
type Measured = readonly [table: number, seq: number, bits: number];

function isMeasured(row: Coded): row is Measured {
  return row[2] !== null;
}

/** Those without a code come first. */
function nearestCodes(connection: Connection, query: CodedQuery, code: Uint8Array): readonly Coded[] {
  const { vector, model, where } = query;
  const among = isTrue(where) ? 'TRUE' : `v.seq IN (SELECT r.seq FROM memories r WHERE ${where.sql})`;
  const bits =
    'CASE WHEN c.code IS NULL THEN NULL ELSE vec_distance_hamming(vec_bit(c.code), vec_bit(?)) END AS bits';
  const [own, made] = CODED;
  const sql = `SELECT source, seq, bits FROM (
      SELECT 0 AS source, r.seq AS seq, ${bits} FROM memories r LEFT JOIN ${own.codes} c ON c.seq = r.seq
      WHERE r.embedding_model = ? AND r.embedding_dimensions = ? AND ${where.sql}
      UNION ALL
      SELECT 1, v.seq, ${bits} FROM ${made.vectors} v LEFT JOIN ${made.codes} c ON c.seq = v.seq
      WHERE v.model = ? AND length(v.embedding) = ? AND ${among}
    ) ORDER BY bits NULLS FIRST LIMIT ?`;
  const values: readonly SqlValue[] = [
    code,
    textValue(model),
    vector.length,
    ...where.values,
    code,
    textValue(model),
    4 * vector.length,
    ...where.values,
    CANDIDATES + 1 + MAX_LACKING,
  ];
  return connection.all<Coded>(sql, values);
}

function codesAt(connection: Connection, table: number, seq: number): readonly Int32Array[] {
  const { vectors } = CODED[table === 0 ? 0 : 1];
  const rows = connection.all<readonly [Uint8Array]>(`SELECT embedding FROM ${vectors} WHERE seq = ?`, [seq]);
  return rows.map(([bytes]) => codeOf(vectorFromBytes(bytes)));
}

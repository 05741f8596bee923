import { SIGNATURE_WORDS, Signer } from '../../model/signature.ts';
import { vectorFromBytes } from '../../model/vector.ts';
import type { Connection } from './connection.ts';

/** The tables that hold vectors, each with its table of codes. */
export const CODED = [
  { vectors: 'memory_vectors', codes: 'memory_vector_codes' },
  { vectors: 'memory_search_vectors', codes: 'memory_search_vector_codes' },
] as const;

const signers = new Map<number, Signer>();

/** The signature of a vector, 64 bytes, the same on every machine. */
export function codeOf(vector: Float32Array): Int32Array {
  const signer = signers.get(vector.length) ?? new Signer(vector.length);
  signers.set(vector.length, signer);
  const code = new Int32Array(SIGNATURE_WORDS);
  signer.sign(vector, code, 0);
  return code;
}

export function codeBytes(code: Int32Array): Uint8Array {
  return new Uint8Array(code.buffer, code.byteOffset, code.byteLength);
}

/** How far the making of codes has come. */
export interface CodePlace {
  readonly table: number;
  readonly seq: number;
}

export const FIRST_CODE: CodePlace = { table: 0, seq: 0 };

/** Makes up to `limit` of the codes that are missing behind a place, in the transaction that is open. null: there are no more. */
export function fillCodes(
  connection: Connection,
  { table, seq: after }: CodePlace,
  limit: number,
): CodePlace | null {
  const tables = CODED[table];
  if (tables === undefined) return null;
  const { vectors, codes } = tables;
  const sql = `SELECT v.seq, v.embedding FROM ${vectors} v
    WHERE v.seq > ? AND NOT EXISTS (SELECT 1 FROM ${codes} c WHERE c.seq = v.seq) ORDER BY v.seq LIMIT ?`;
  const rows = connection.all<readonly [number, Uint8Array]>(sql, [after, limit]);
  for (const [seq, bytes] of rows) {
    const code = codeBytes(codeOf(vectorFromBytes(bytes)));
    connection.run(`INSERT INTO ${codes} (seq, code) VALUES (?, ?)`, [seq, code]);
  }
  const last = rows.at(-1)?.[0];
  return last === undefined ? { table: table + 1, seq: 0 } : { table, seq: last };
}

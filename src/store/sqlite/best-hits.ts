import type { Hit } from '../store.ts';
import type { Connection } from './connection.ts';

/** A row of `memories` and how well it fits; higher is better. */
export type Ranked = readonly [seq: number, score: number];

/** The best of these memories with their lines, best first, ties by id: equal stores give equal results, whatever their row numbers. */
export function bestHits(connection: Connection, ranked: readonly Ranked[], limit: number): readonly Hit[] {
  const scores = new Map(ranked);
  const best = idsOf(connection, [...scores.keys()])
    .map(([seq, id]) => ({ seq, id, score: scores.get(seq) ?? 0 }))
    .sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
  const lines = linesOf(
    connection,
    best.map(({ seq }) => seq),
  );
  return best.map(({ seq, id, score }) => ({ id, score, line: lines.get(seq) ?? '' }));
}

function idsOf(connection: Connection, seqs: readonly number[]): readonly (readonly [number, string])[] {
  const sql = 'SELECT seq, id FROM memories WHERE seq IN (SELECT value FROM json_each(?))';
  return connection.all<readonly [number, string]>(sql, [JSON.stringify(seqs)]);
}

function linesOf(connection: Connection, seqs: readonly number[]): ReadonlyMap<number, string> {
  const sql = 'SELECT seq, record FROM memories WHERE seq IN (SELECT value FROM json_each(?))';
  return new Map(connection.all<readonly [number, string]>(sql, [JSON.stringify(seqs)]));
}

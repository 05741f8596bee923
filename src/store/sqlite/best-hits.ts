import type { Hit } from '../store.ts';
import type { Connection } from './connection.ts';

/** A row of `memories` and how well it fits; higher is better. */
export type Ranked = readonly [seq: number, score: number];

interface Scored {
  readonly seq: number;
  readonly id: string;
  readonly score: number;
}

/** The best of these memories with their lines, best first, ties by id: equal stores give equal results, whatever their row numbers. */
export function bestHits(connection: Connection, ranked: readonly Ranked[], limit: number): readonly Hit[] {
  const scores = new Map(ranked);
  const scored = (seq: number, id: string): Scored => ({ seq, id, score: scores.get(seq) ?? 0 });
  const seqs = ranked.length > limit ? cut(connection, ranked, limit, scored) : ranked.map(([seq]) => seq);
  const sql = 'SELECT seq, id, record FROM memories WHERE seq IN (SELECT value FROM json_each(?))';
  return connection
    .all<readonly [number, string, string]>(sql, [JSON.stringify(seqs)])
    .map(([seq, id, line]) => ({ ...scored(seq, id), line }))
    .sort(byScore)
    .map(({ id, score, line }) => ({ id, score, line }));
}

/** Without the lines, which may be large, of those that are left out. */
function cut(
  connection: Connection,
  ranked: readonly Ranked[],
  limit: number,
  scored: (seq: number, id: string) => Scored,
): readonly number[] {
  const sql = 'SELECT seq, id FROM memories WHERE seq IN (SELECT value FROM json_each(?))';
  return connection
    .all<readonly [number, string]>(sql, [JSON.stringify(ranked.map(([seq]) => seq))])
    .map(([seq, id]) => scored(seq, id))
    .sort(byScore)
    .slice(0, limit)
    .map(({ seq }) => seq);
}

function byScore(a: Scored, b: Scored): number {
  return b.score - a.score || (a.id < b.id ? -1 : 1);
}

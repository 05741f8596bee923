import type { Filter } from '../../model/filter.ts';
import type { Hit } from '../store.ts';
import { bestHits, type Ranked } from './best-hits.ts';
import type { Connection } from './connection.ts';
import { matchAnyWord } from './dense-text.ts';
import { isTrue, whereFilter } from './where.ts';

/** Ranked by BM25; a memory is a hit with any of the words, and the more of them and the rarer, the better. */
export function searchText(
  connection: Connection,
  query: string,
  filter: Filter,
  limit: number,
): readonly Hit[] {
  const match = matchAnyWord(query);
  if (match === null) return [];
  const where = whereFilter('memory', filter, 'seek');
  // The plus keeps FTS5 from running the whole query again for each row that passes the filter.
  const among = isTrue(where) ? 'TRUE' : `+rowid IN (SELECT r.seq FROM memories r WHERE ${where.sql})`;
  // Without LIMIT, for FTS5 sorts all hits anyway, and equal ones must not be cut by their row number: it differs from store to store.
  const sql = `SELECT rowid, -rank FROM memory_text WHERE memory_text MATCH ? AND ${among} ORDER BY rank`;
  const ranked: Ranked[] = [];
  for (const [seq, score] of connection.statement<Ranked>(sql).iterate(match, ...where.values)) {
    if (ranked.length >= limit && score !== ranked.at(-1)?.[1]) break;
    ranked.push([seq, score]);
  }
  return bestHits(connection, ranked, limit);
}

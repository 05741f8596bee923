import type { Filter } from '../../model/filter.ts';
import type { Hit } from '../store.ts';
import type { Connection } from './connection.ts';
import { isTrue, whereFilter } from './where.ts';

/** What the tokenizer unicode61 takes for a word: letters, numbers and private use, with the marks on them. */
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\p{M}]*/gu;
const MAX_WORDS = 64;

/** Ranked by BM25; a memory is a hit with any of the words, and the more of them and the rarer, the better. */
export function searchText(
  connection: Connection,
  query: string,
  filter: Filter,
  limit: number,
): readonly Hit[] {
  const match = matchExpression(query);
  if (match === null) return [];
  const where = whereFilter('memory', filter, 'seek');
  // The plus keeps FTS5 from running the whole query again for each row that passes the filter.
  const among = isTrue(where) ? 'TRUE' : `+rowid IN (SELECT r.seq FROM memories r WHERE ${where.sql})`;
  const sql = `SELECT r.id, -best.rank, r.record FROM (
      SELECT rowid, rank FROM memory_text WHERE memory_text MATCH ? AND ${among} ORDER BY rank LIMIT ?
    ) best CROSS JOIN memories r ON r.seq = best.rowid ORDER BY best.rank, r.id`;
  const rows = connection.all<readonly [string, number, string]>(sql, [match, ...where.values, limit]);
  return rows.map(([id, score, line]) => ({ id, score, line }));
}

/** Each word in quotation marks, so that none is taken for an operator; null without any word. */
function matchExpression(query: string): string | null {
  const words = new Set(query.toWellFormed().match(WORD) ?? []);
  if (words.size === 0) return null;
  return [...words]
    .slice(0, MAX_WORDS)
    .map(word => `"${word}"`)
    .join(' OR ');
}

import { foldTag } from '../../model/filter.ts';
import type { Connection } from './connection.ts';
import { separateDense } from './dense-text.ts';

/** Each once, sorted. */
export function foldTags(tags: readonly string[]): readonly string[] {
  if (tags.length === 0) return tags;
  return [...new Set(tags.map(foldTag))].sort();
}

/** Puts a memory's words into the full text, of which there must be none yet. */
export function insertMemoryText(
  connection: Connection,
  seq: number | bigint,
  content: string,
  foldedTags: readonly string[],
): void {
  if (!connection.keepsText) return;
  // NUL ends no word wrongly and a lone surrogate becomes U+FFFD: neither is part of a word, and the index keeps no text.
  // FTS5 takes no REAL for a rowid, and a JavaScript number is bound as one.
  connection.run('INSERT INTO memory_text (rowid, content, tags) VALUES (?, ?, ?)', [
    BigInt(seq),
    separateDense(content),
    separateDense(foldedTags.join(' ')),
  ]);
}

export function removeMemoryText(connection: Connection, seq: number): void {
  connection.run('DELETE FROM memory_text WHERE rowid = ?', [BigInt(seq)]);
}

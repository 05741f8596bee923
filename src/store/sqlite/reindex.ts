import type { OnProgress } from '../../model/progress.ts';
import { readEntry } from '../../model/read-entry.ts';
import { type Entry, RECORD_KINDS, type RecordKind } from '../../model/record.ts';
import type { Connection } from './connection.ts';
import { DERIVED, indexWords, valuesOf } from './derived.ts';
import { TABLES } from './tables.ts';

const PAGE = 500;

/**
 * Makes everything anew that is made from records, in the transaction that is open: columns, tags, full text; and removes
 * what belongs to no record. Records and their vectors stay as they are. A record that can't be read keeps its columns and
 * is left out of the full text; it is for `check` to tell.
 */
export function reindex(connection: Connection, onProgress: OnProgress = () => {}): void {
  connection.execute(`REINDEX;
DELETE FROM memory_tags;
INSERT INTO memory_text (memory_text) VALUES ('delete-all');
INSERT INTO code_unit_text (code_unit_text) VALUES ('delete-all');
DELETE FROM memory_vectors WHERE NOT EXISTS (SELECT 1 FROM memories r WHERE r.seq = memory_vectors.seq);
DELETE FROM memory_search_vectors WHERE NOT EXISTS (SELECT 1 FROM memories r WHERE r.seq = memory_search_vectors.seq);
DELETE FROM code_unit_vectors WHERE NOT EXISTS (SELECT 1 FROM code_units r WHERE r.seq = code_unit_vectors.seq);
DELETE FROM memory_vector_codes;
DELETE FROM memory_search_vector_codes;`);
  let done = 0;
  for (const kind of RECORD_KINDS) {
    for (const rows of pagesOf(connection, kind)) {
      for (const row of rows) reindexRow(connection, kind, row);
      done += rows.length;
      onProgress({ phase: 'indexing', done, total: null, unit: 'records' });
    }
  }
}

interface Row {
  readonly seq: bigint;
  readonly line: string;
  /** Of its vector. */
  readonly bytes: bigint | null;
}

function* pagesOf(connection: Connection, kind: RecordKind): Generator<readonly Row[]> {
  const { records, vectors } = TABLES[kind];
  const sql = `SELECT r.seq, r.record, length(v.embedding) FROM ${records} r LEFT JOIN ${vectors} v ON v.seq = r.seq
    WHERE r.seq > ? ORDER BY r.seq LIMIT ?`;
  for (let after = 0n; ; ) {
    const rows = connection.allExact<readonly [bigint, string, bigint | null]>(sql, [after, PAGE]);
    const last = rows.at(-1);
    if (last === undefined) return;
    [after] = last;
    yield rows.map(([seq, line, bytes]) => ({ seq, line, bytes }));
  }
}

function reindexRow(connection: Connection, kind: RecordKind, { seq, line, bytes }: Row): void {
  let entry: Entry;
  try {
    entry = readEntry(kind, line, null);
  } catch {
    return;
  }
  const columns = DERIVED[kind].columns.slice(0, -2);
  const sql = `UPDATE ${TABLES[kind].records} SET ${columns.map(name => `${name} = ?`).join(', ')} WHERE seq = ?`;
  const dimensions = bytes === null ? null : Number(bytes) / 4;
  connection.run(sql, [...valuesOf(entry, dimensions).slice(0, -2), seq]);
  indexWords(connection, seq, entry);
}

import type { IndexedFile, StoredEntry } from '../store.ts';
import type { Connection } from './connection.ts';
import { entriesById } from './lookup.ts';
import { optionalTextOf, textOf, textValue } from './text-value.ts';

type Text = string | Uint8Array;

/** The contract is that of Reader.indexedFiles. Answered by an index alone. */
export function indexedFiles(connection: Connection, project: string): readonly IndexedFile[] {
  const sql = `SELECT file_path, min(file_hash), max(file_hash), count(file_hash), count(*), count(embedding_dimensions)
    FROM code_units WHERE project_name = ? GROUP BY file_path ORDER BY file_path`;
  return connection
    .all<readonly [Text, Text | null, Text | null, number, number, number]>(sql, [textValue(project)])
    .map(([path, least, most, hashed, units, vectors]) => ({
      path: textOf(path),
      fileHash: least === most && hashed === units ? optionalTextOf(least) : null,
      units,
      vectors,
    }));
}

/** The contract is that of Reader.codeUnitsOf. */
export function codeUnitsOf(
  connection: Connection,
  project: string,
  paths: readonly string[],
): readonly StoredEntry[] {
  const sql = 'SELECT id FROM code_units WHERE project_name = ? AND file_path = ?';
  const ids = paths.flatMap(path =>
    connection.all<readonly [string]>(sql, [textValue(project), textValue(path)]).map(([id]) => id),
  );
  return ids.length === 0 ? [] : entriesById(connection, 'code_unit', ids);
}

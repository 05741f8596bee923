import { codeText, insertCodeText } from '../code-text.ts';
import type { Connection } from '../connection.ts';
import { optionalTextValue, textValue } from '../text-value.ts';
import type { Migration } from './migration.ts';

/** Code units can be searched by words and found by file. `code_unit_text` holds what code-text.ts makes of a record. */
export const CODE_SEARCH: Migration = {
  version: 2,
  sql: `
ALTER TABLE code_units ADD COLUMN unit_type ANY;
ALTER TABLE code_units ADD COLUMN file_hash ANY;
CREATE INDEX code_units_by_file ON code_units (project_name, file_path, file_hash, embedding_dimensions);

CREATE VIRTUAL TABLE code_unit_text USING fts5 (
  name,
  doc,
  path,
  content,
  content = '',
  contentless_delete = 1,
  tokenize = 'porter unicode61 remove_diacritics 2'
);
`,
  fill,
};

const PAGE = 500;

function fill(connection: Connection): void {
  for (let after = 0; ; ) {
    const sql = 'SELECT seq, record FROM code_units WHERE seq > ? ORDER BY seq LIMIT ?';
    const rows = connection.all<readonly [number, string]>(sql, [after, PAGE]);
    if (rows.length === 0) return;
    for (const [seq, line] of rows) fillRow(connection, seq, line);
    after = rows.at(-1)?.[0] ?? after;
  }
}

function fillRow(connection: Connection, seq: number, line: string): void {
  const record: unknown = JSON.parse(line);
  const text = (name: string): string | null => {
    const value: unknown = record !== null && typeof record === 'object' ? Reflect.get(record, name) : null;
    return typeof value === 'string' ? value : null;
  };
  connection.run('UPDATE code_units SET unit_type = ?, file_hash = ? WHERE seq = ?', [
    textValue(text('unit_type') ?? ''),
    optionalTextValue(text('file_hash')),
    seq,
  ]);
  insertCodeText(
    connection,
    seq,
    codeText({
      name: text('name') ?? '',
      signature: text('signature'),
      doc: text('doc'),
      filePath: text('file_path') ?? '',
      content: text('content') ?? '',
    }),
  );
}

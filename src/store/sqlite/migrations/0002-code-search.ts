import { readCodeUnitEntry } from '../../../model/read-entry.ts';
import { codeText, insertCodeText } from '../code-text.ts';
import type { Connection } from '../connection.ts';
import { optionalTextValue, textValue } from '../text-value.ts';
import { eachRecord } from './each-record.ts';
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

function fill(connection: Connection): void {
  eachRecord(connection, 'code_unit', (seq, line) => {
    const { record } = readCodeUnitEntry(line, null);
    const columns = [textValue(record.unitType), optionalTextValue(record.fileHash)];
    connection.run('UPDATE code_units SET unit_type = ?, file_hash = ? WHERE seq = ?', [...columns, seq]);
    insertCodeText(connection, seq, codeText(record));
  });
}

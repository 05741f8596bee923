import type { CodeUnitEntry } from '../../model/record.ts';
import { codeText, insertCodeText, removeCodeText, sameCodeText, storedCodeText } from './code-text.ts';
import type { Connection, SqlValue } from './connection.ts';
import {
  type DerivedParts,
  type RecordRows,
  type RowWrite,
  removeVector,
  type StoredRow,
  setVector,
} from './record-rows.ts';
import { optionalTextValue, textValue } from './text-value.ts';

/** The columns of a row but for its place, the id last. All but that and `record` can be made again from `record`. */
export const CODE_UNIT_COLUMNS = [
  'language',
  'unit_type',
  'file_path',
  'file_hash',
  'project_name',
  'indexed_at',
  'embedding_model',
  'embedding_dimensions',
  'content_hash',
  'record',
  'id',
] as const;
const INSERT = `INSERT INTO code_units (${CODE_UNIT_COLUMNS.join(', ')}) VALUES (${CODE_UNIT_COLUMNS.map(() => '?').join(', ')})`;
const UPDATE = `UPDATE code_units SET ${CODE_UNIT_COLUMNS.slice(0, -1)
  .map(name => `${name} = ?`)
  .join(', ')} WHERE id = ?`;

/** A code unit's row with its vector and full text. */
export class CodeUnitRows implements RecordRows<CodeUnitEntry> {
  readonly kind = 'code_unit';
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  insert(write: RowWrite<CodeUnitEntry>): void {
    const { lastInsertRowid: seq } = this.#connection.statement(INSERT).run(...columnsOf(write));
    insertCodeText(this.#connection, seq, codeText(write.entry.record));
    if (write.vector !== null) setVector(this.#connection, 'code_unit', seq, write.vector);
  }

  replace({ seq, line }: StoredRow, write: RowWrite<CodeUnitEntry>): void {
    this.#connection.run(UPDATE, columnsOf(write));
    const text = codeText(write.entry.record);
    if (!sameCodeText(storedCodeText(line), text)) {
      removeCodeText(this.#connection, seq);
      insertCodeText(this.#connection, seq, text);
    }
    if (write.vector === null) removeVector(this.#connection, 'code_unit', seq);
    else setVector(this.#connection, 'code_unit', seq, write.vector);
  }

  remove({ seq }: StoredRow): void {
    removeVector(this.#connection, 'code_unit', seq);
    removeCodeText(this.#connection, seq);
    this.#connection.run('DELETE FROM code_units WHERE seq = ?', [seq]);
  }
}

function columnsOf({ entry, vector, contentHash }: RowWrite<CodeUnitEntry>): SqlValue[] {
  return codeUnitColumns(entry, { dimensions: vector?.length ?? null, contentHash });
}

/** The values of CODE_UNIT_COLUMNS. */
export function codeUnitColumns(
  { record, line }: CodeUnitEntry,
  { dimensions, contentHash }: DerivedParts,
): SqlValue[] {
  return [
    textValue(record.language),
    textValue(record.unitType),
    textValue(record.filePath),
    optionalTextValue(record.fileHash),
    textValue(record.projectName),
    record.indexedAt,
    optionalTextValue(record.embeddingModel),
    dimensions,
    contentHash,
    line,
    record.id,
  ];
}

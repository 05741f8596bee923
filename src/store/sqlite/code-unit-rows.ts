import type { CodeUnitEntry } from '../../model/record.ts';
import type { Connection, SqlValue } from './connection.ts';
import { type RecordRows, type RowWrite, removeVector, type StoredRow, setVector } from './record-rows.ts';
import { optionalTextValue, textValue } from './text-value.ts';

const INSERT = `INSERT INTO code_units (language, file_path, project_name, indexed_at, embedding_model,
  embedding_dimensions, content_hash, record, id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const UPDATE = `UPDATE code_units SET language = ?, file_path = ?, project_name = ?, indexed_at = ?,
  embedding_model = ?, embedding_dimensions = ?, content_hash = ?, record = ? WHERE id = ?`;

/** A code unit's row with its vector. */
export class CodeUnitRows implements RecordRows<CodeUnitEntry> {
  readonly kind = 'code_unit';
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  insert(write: RowWrite<CodeUnitEntry>): void {
    const { lastInsertRowid: seq } = this.#connection.statement(INSERT).run(...columns(write));
    if (write.vector !== null) setVector(this.#connection, 'code_unit', seq, write.vector);
  }

  replace({ seq }: StoredRow, write: RowWrite<CodeUnitEntry>): void {
    this.#connection.run(UPDATE, columns(write));
    if (write.vector === null) removeVector(this.#connection, 'code_unit', seq);
    else setVector(this.#connection, 'code_unit', seq, write.vector);
  }

  remove({ seq }: StoredRow): void {
    removeVector(this.#connection, 'code_unit', seq);
    this.#connection.run('DELETE FROM code_units WHERE seq = ?', [seq]);
  }
}

/** In the order of both statements. */
function columns({ entry, vector, contentHash }: RowWrite<CodeUnitEntry>): SqlValue[] {
  const { record, line } = entry;
  return [
    textValue(record.language),
    textValue(record.filePath),
    textValue(record.projectName),
    record.indexedAt,
    optionalTextValue(record.embeddingModel),
    vector?.length ?? null,
    contentHash,
    line,
    record.id,
  ];
}

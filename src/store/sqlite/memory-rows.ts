import type { MemoryEntry } from '../../model/record.ts';
import { vectorBytes } from '../../model/vector.ts';
import type { Write } from '../store.ts';
import type { Connection, SqlValue } from './connection.ts';
import { foldTags, insertMemoryText, removeMemoryText } from './memory-text.ts';
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
export const MEMORY_COLUMNS = [
  'category',
  'scope',
  'lifecycle_state',
  'project_name',
  'created_at',
  'updated_at',
  'last_accessed',
  'embedding_model',
  'embedding_dimensions',
  'content_hash',
  'record',
  'id',
] as const;
const INSERT = `INSERT INTO memories (${MEMORY_COLUMNS.join(', ')}) VALUES (${MEMORY_COLUMNS.map(() => '?').join(', ')})`;
const UPDATE = `UPDATE memories SET ${MEMORY_COLUMNS.slice(0, -1)
  .map(name => `${name} = ?`)
  .join(', ')} WHERE id = ?`;
const ADD_SEARCH_VECTOR =
  'INSERT OR IGNORE INTO memory_search_vectors (model, embedding, seq) VALUES (?, ?, ?)';
const UPDATE_SEARCH_VECTOR = 'UPDATE memory_search_vectors SET model = ?, embedding = ? WHERE seq = ?';

/** A memory's row with its tags, vectors and full text. */
export class MemoryRows implements RecordRows<MemoryEntry> {
  readonly kind = 'memory';
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  insert(write: RowWrite<MemoryEntry>): void {
    const { lastInsertRowid: seq } = this.#connection.statement(INSERT).run(...columnsOf(write));
    const tags = foldTags(write.entry.record.tags);
    this.#insertTags(seq, tags);
    this.#insertText(seq, write, tags);
    if (write.vector !== null) setVector(this.#connection, 'memory', seq, write.vector);
    if (write.searchVector !== null) this.#setSearchVector(seq, write.searchVector);
  }

  replace(row: StoredRow, write: RowWrite<MemoryEntry>): void {
    const keeps = write.keepSearchVector && storedContent(row.line) === write.entry.record.content;
    if (keeps && write.searchVector === null) this.#copyOwnVector(row.seq);
    this.#connection.run(UPDATE, columnsOf(write));
    this.#replaceWords(row, write);
    if (write.vector === null) removeVector(this.#connection, 'memory', row.seq);
    else setVector(this.#connection, 'memory', row.seq, write.vector);
    if (write.searchVector !== null) this.#setSearchVector(row.seq, write.searchVector);
    else if (!keeps) this.#removeSearchVector(row.seq);
    else if (write.vector !== null) this.#removeSearchVectorLike(row.seq, write);
  }

  remove({ seq, line }: StoredRow): void {
    this.#removeTags(seq, storedTags(line));
    this.#removeText(seq);
    this.#removeSearchVector(seq);
    removeVector(this.#connection, 'memory', seq);
    this.#connection.run('DELETE FROM memories WHERE seq = ?', [seq]);
  }

  /** Usage and state change more often than words, and the full text is what costs most: equal words are left alone. */
  #replaceWords({ seq, line, contentHash }: StoredRow, write: RowWrite<MemoryEntry>): void {
    const before = storedTags(line);
    const tags = foldTags(write.entry.record.tags);
    const sameTags = before.length === tags.length && before.every((tag, at) => tag === tags[at]);
    if (!sameTags) {
      this.#removeTags(seq, before);
      this.#insertTags(seq, tags);
    }
    if (sameTags && Buffer.compare(contentHash, write.contentHash) === 0) return;
    this.#removeText(seq);
    this.#insertText(seq, write, tags);
  }

  #insertTags(seq: number | bigint, tags: readonly string[]): void {
    for (const tag of tags) {
      this.#connection.run('INSERT INTO memory_tags (tag, seq) VALUES (?, ?)', [textValue(tag), seq]);
    }
  }

  #removeTags(seq: number, tags: readonly string[]): void {
    for (const tag of tags) {
      this.#connection.run('DELETE FROM memory_tags WHERE tag = ? AND seq = ?', [textValue(tag), seq]);
    }
  }

  #insertText(seq: number | bigint, { entry }: RowWrite<MemoryEntry>, tags: readonly string[]): void {
    insertMemoryText(this.#connection, seq, entry.record.content, tags);
  }

  #removeText(seq: number): void {
    removeMemoryText(this.#connection, seq);
  }

  #setSearchVector(seq: number | bigint, { model, vector }: NonNullable<Write['searchVector']>): void {
    const values = [textValue(model), vectorBytes(vector), seq];
    // As in setVector, for the same reason.
    if (this.#connection.run(ADD_SEARCH_VECTOR, values) === 0)
      this.#connection.run(UPDATE_SEARCH_VECTOR, values);
  }

  /** The record may get another label, under which its vector can't be its own: it is searched by all the same. */
  #copyOwnVector(seq: number): void {
    const sql = `INSERT OR IGNORE INTO memory_search_vectors (seq, model, embedding)
      SELECT m.seq, m.embedding_model, v.embedding FROM memories m JOIN memory_vectors v ON v.seq = m.seq
      WHERE m.seq = ? AND m.embedding_model IS NOT NULL`;
    this.#connection.run(sql, [seq]);
  }

  /** An own vector of the same model and dimension takes the place of a search vector. */
  #removeSearchVectorLike(seq: number, { entry, vector }: RowWrite<MemoryEntry>): void {
    const sql = 'DELETE FROM memory_search_vectors WHERE seq = ? AND model = ? AND length(embedding) = ?';
    const model = optionalTextValue(entry.record.embeddingModel);
    this.#connection.run(sql, [seq, model, 4 * (vector?.length ?? 0)]);
  }

  #removeSearchVector(seq: number): void {
    this.#connection.run('DELETE FROM memory_search_vectors WHERE seq = ?', [seq]);
  }
}

function columnsOf({ entry, vector, contentHash }: RowWrite<MemoryEntry>): SqlValue[] {
  return memoryColumns(entry, { dimensions: vector?.length ?? null, contentHash });
}

/** The values of MEMORY_COLUMNS. */
export function memoryColumns(
  { record, line }: MemoryEntry,
  { dimensions, contentHash }: DerivedParts,
): SqlValue[] {
  return [
    record.category,
    record.scope,
    record.lifecycleState,
    optionalTextValue(record.projectName),
    record.createdAt,
    record.updatedAt,
    record.lastAccessed,
    optionalTextValue(record.embeddingModel),
    dimensions,
    contentHash,
    line,
    record.id,
  ];
}

function storedContent(line: string): unknown {
  const record: unknown = JSON.parse(line);
  return record !== null && typeof record === 'object' && 'content' in record ? record.content : null;
}

function storedTags(line: string): readonly string[] {
  const record: unknown = JSON.parse(line);
  const tags: unknown = record !== null && typeof record === 'object' && 'tags' in record ? record.tags : [];
  return foldTags(Array.isArray(tags) ? tags.filter(tag => typeof tag === 'string') : []);
}

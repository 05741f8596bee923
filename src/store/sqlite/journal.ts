import { hash } from 'node:crypto';
import type { Instant } from '../../model/instant.ts';
import type { RecordKind } from '../../model/record.ts';
import { type Tombstone, tombstoneLine } from '../../model/tombstone.ts';
import { vectorBytes } from '../../model/vector.ts';
import type { TransactOptions } from '../store.ts';
import type { Connection, SqlValue } from './connection.ts';
import { TABLES } from './tables.ts';
import { textValue } from './text-value.ts';

type Operation = NonNullable<TransactOptions['operation']>;

/** Where an existing row stands. */
export interface RowPlace {
  readonly kind: RecordKind;
  readonly id: string;
  readonly seq: number;
}

/** Room for most records with their vectors; larger ones get memory of their own. */
const DIGESTED = Buffer.allocUnsafeSlow(64 * 1024);

/** What an operation leaves under a kind and id, in a few bytes: undo touches only what still is so. */
export function stateDigest(line: string, vector: Float32Array | null): Uint8Array {
  const most = 3 * (line.length + 1) + (vector?.byteLength ?? 0);
  const bytes = most <= DIGESTED.length ? DIGESTED : Buffer.allocUnsafe(most);
  let end = bytes.write(`${line}\n`);
  if (vector !== null) {
    bytes.set(vectorBytes(vector), end);
    end += vector.byteLength;
  }
  return hash('sha256', bytes.subarray(0, end), 'buffer');
}

export function tombstoneDigest(tombstone: Tombstone): Uint8Array {
  return stateDigest(tombstoneLine(tombstone), null);
}

/**
 * Keeps what stood there before an operation changed it. To be told before the change; of several changes to the same
 * id the first one's before-image stays and the last one's digest counts.
 */
export class Journal {
  readonly #connection: Connection;
  readonly #operation: number;

  /** Begins an operation. Throws when there was one of the same id. */
  constructor(connection: Connection, operation: Operation) {
    this.#connection = connection;
    const sql = `INSERT INTO operations (id, kind, source, started_at, undoes)
      VALUES (?, ?, ?, ?, (SELECT seq FROM operations WHERE id = ?)) RETURNING seq`;
    const { id, kind, source, startedAt, undoes = null } = operation;
    this.#operation = connection.integer(sql, [id, kind, textValue(source), startedAt, undoes]);
  }

  /** An operation that changed nothing goes away again. */
  finish(now: Instant): void {
    const connection = this.#connection;
    const operation = this.#operation;
    const sql = 'SELECT kind, count(*) FROM operation_changes WHERE operation = ? GROUP BY kind';
    const counts = new Map(connection.all<readonly [string, number]>(sql, [operation]));
    if (counts.size === 0) {
      connection.run('DELETE FROM operations WHERE seq = ?', [operation]);
      return;
    }
    const changed = ['memory', 'code_unit', 'project'].map(kind => counts.get(kind) ?? 0);
    connection.run(FINISH, [now, ...changed, operation]);
    this.#markUndone();
  }

  /** What this operation took back no longer holds; what that one had taken back holds again; and so on down. */
  #markUndone(): void {
    const taken = (seq: number) =>
      this.#connection.integer('SELECT coalesce(undoes, 0) FROM operations WHERE seq = ?', [seq]);
    let [by, holds] = [this.#operation, true];
    for (let seq = taken(by); seq !== 0; seq = taken(seq)) {
      this.#connection.run('UPDATE operations SET undone_by = ? WHERE seq = ?', [holds ? by : null, seq]);
      [by, holds] = [seq, !holds];
    }
  }

  /** Nothing stands there, but maybe a tombstone. */
  absent(kind: RecordKind, id: string, tombstone: Tombstone | null, after: Uint8Array): void {
    const hash = tombstone === null ? null : textValue(tombstone.contentHash);
    this.#connection.run(ABSENT, [this.#operation, kind, id, after, tombstone?.deletedAt ?? null, hash]);
  }

  /** A record stands there. */
  present({ kind, id, seq }: RowPlace, after: Uint8Array): void {
    if (this.#isChangedAgain(kind, id, after)) return;
    const { records, vectors } = TABLES[kind];
    const [search, join] =
      kind === 'memory'
        ? ['s.model, s.embedding', 'LEFT JOIN memory_search_vectors s ON s.seq = r.seq']
        : ['NULL, NULL', ''];
    const sql = `SELECT r.record, v.embedding, ${search}
      FROM ${records} r LEFT JOIN ${vectors} v ON v.seq = r.seq ${join} WHERE r.seq = ?`;
    for (const image of this.#connection.all(sql, [seq])) {
      this.#changedFrom(this.#connection.statement(IMAGE).run(...image).lastInsertRowid, kind, id, after);
    }
  }

  /** A project, of which there may be a row already, and whose row will be `after` or gone. */
  project(name: string, after: string | null): void {
    const value = textValue(name);
    const digest = after === null ? NOTHING : stateDigest(after, null);
    if (this.#isChangedAgain('project', value, digest)) return;
    const sql = 'INSERT INTO before_images (record) SELECT record FROM projects WHERE name = ?';
    const { changes, lastInsertRowid } = this.#connection.statement(sql).run(value);
    this.#changedFrom(changes === 0 ? null : lastInsertRowid, 'project', value, digest);
  }

  #isChangedAgain(kind: string, id: SqlValue, after: Uint8Array): boolean {
    const sql = 'UPDATE operation_changes SET after = ? WHERE operation = ? AND kind = ? AND id = ?';
    return this.#connection.run(sql, [after, this.#operation, kind, id]) > 0;
  }

  #changedFrom(image: number | bigint | null, kind: string, id: SqlValue, after: Uint8Array): void {
    const sql = `INSERT INTO operation_changes (operation, kind, id, after, before_image) VALUES (?, ?, ?, ?, ?)`;
    this.#connection.run(sql, [this.#operation, kind, id, after, image]);
  }
}

/** The state digest of no row at all. */
export const NOTHING: Uint8Array = new Uint8Array(0);

const FINISH =
  'UPDATE operations SET finished_at = ?, memories = ?, code_units = ?, projects = ? WHERE seq = ?';

const ABSENT = `INSERT INTO operation_changes
  (operation, kind, id, after, before_deleted_at, before_content_hash) VALUES (?, ?, ?, ?, ?, ?)
  ON CONFLICT (operation, kind, id) DO UPDATE SET after = excluded.after`;

// Two steps, because INSERT … SELECT makes SQLite copy every page that it touches, to be able to take the statement back.
const IMAGE =
  'INSERT INTO before_images (record, embedding, search_model, search_embedding) VALUES (?, ?, ?, ?)';

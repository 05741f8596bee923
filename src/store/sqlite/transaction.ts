import { setImmediate as turn } from 'node:timers/promises';
import { MemportError } from '../../errors.ts';
import type { Instant } from '../../model/instant.ts';
import type { Project } from '../../model/project.ts';
import type { RecordKind } from '../../model/record.ts';
import type { Tombstone } from '../../model/tombstone.ts';
import type { Transaction, Vacancy, Write } from '../store.ts';
import type { Connection } from './connection.ts';
import { addTombstones, clearRecords, deleteRecords } from './delete.ts';
import type { Journal } from './journal.ts';
import { deleteProjects, putProjects } from './projects.ts';
import { putRecords } from './put.ts';
import { SqliteReader } from './reader.ts';
import { storeError } from './store-error.ts';
import { gatherMoreWords } from './text-index-memory.ts';

/** So many writes make a transaction a large one. */
const LARGE = 2000;

/**
 * Reads and writes between BEGIN and the end of a transaction, which its owner makes. A write that fails may have done a
 * part of its work, so it dooms the transaction: nothing more is done, and `failure` says why it must not be committed.
 */
export class SqliteTransaction extends SqliteReader implements Transaction {
  readonly #state: State;
  readonly #journal: Journal | null;
  #written = 0;

  constructor(connection: Connection, path: string, journal: Journal | null) {
    const state = new State(connection, path);
    super(async read => state.run(read, 'goes on'));
    this.#state = state;
    this.#journal = journal;
  }

  get failure(): unknown {
    return this.#state.failure;
  }

  /** From now on every call rejects: work that goes on after an abort must not reach the connection's next transaction. */
  end(): void {
    this.#state.ended = true;
  }

  async put(entries: readonly Write[]): Promise<void> {
    await turn();
    const isBecomingLarge = this.#written < LARGE && this.#written + entries.length >= LARGE;
    this.#written += entries.length;
    this.#state.run(connection => {
      if (isBecomingLarge) gatherMoreWords(connection);
      putRecords(connection, entries, this.#journal);
    }, 'fails');
  }

  async delete(kind: RecordKind, ids: readonly string[], deletedAt: Instant): Promise<number> {
    await turn();
    const remove = (connection: Connection) => deleteRecords(connection, kind, ids, deletedAt, this.#journal);
    return this.#state.run(remove, 'fails');
  }

  async clear(kind: RecordKind, places: readonly Vacancy[]): Promise<number> {
    await turn();
    return this.#state.run(connection => clearRecords(connection, kind, places, this.#journal), 'fails');
  }

  async addTombstones(tombstones: readonly Tombstone[]): Promise<readonly Tombstone[]> {
    return this.#state.run(connection => addTombstones(connection, tombstones, this.#journal), 'fails');
  }

  async putProjects(projects: readonly Project[]): Promise<void> {
    this.#state.run(connection => putProjects(connection, projects, this.#journal), 'fails');
  }

  async deleteProjects(names: readonly string[]): Promise<void> {
    this.#state.run(connection => deleteProjects(connection, names, this.#journal), 'fails');
  }
}

class State {
  readonly #connection: Connection;
  readonly #path: string;
  ended = false;
  failure: unknown = null;

  constructor(connection: Connection, path: string) {
    this.#connection = connection;
    this.#path = path;
  }

  /** `onError`: whether the transaction can go on after an error or fails with it. */
  run<T>(work: (connection: Connection) => T, onError: 'goes on' | 'fails'): T {
    if (this.ended) throw new MemportError('failed', 'the transaction has ended');
    if (this.failure !== null) throw this.failure;
    try {
      return work(this.#connection);
    } catch (error) {
      const failure = storeError(error, this.#path);
      // After some errors SQLite has rolled back by itself; what followed would be committed statement by statement.
      if (onError === 'fails' || !this.#connection.inTransaction) this.failure = failure;
      throw failure;
    }
  }
}

import { setImmediate as turn } from 'node:timers/promises';
import { MemportError } from '../../errors.ts';
import type { Filter } from '../../model/filter.ts';
import type { Instant } from '../../model/instant.ts';
import type { WorkOptions } from '../../model/progress.ts';
import type { Hit, Snapshot, Store, StoreFault, Transaction, TransactOptions } from '../store.ts';
import { interruption, type Patience, retryWhileBusy, throwIfAborted } from './busy.ts';
import { checkPages, checkRecords, checkReferences } from './check.ts';
import type { Connection } from './connection.ts';
import { Journal } from './journal.ts';
import { SqliteReader } from './reader.ts';
import { reindex } from './reindex.ts';
import { schemaVersion } from './schema.ts';
import { SqliteSnapshot } from './snapshot.ts';
import { storeError } from './store-error.ts';
import { SqliteTransaction } from './transaction.ts';
import { Turnstile } from './turnstile.ts';
import { type CodePlace, FIRST_CODE, fillCodes } from './vector-codes.ts';

export interface SqliteStoreParts {
  readonly path: string;
  readonly busyTimeoutMs: number;
  readonly now: () => Instant;
  /** For reads outside of transactions. */
  readonly reader: Connection;
  /** For transactions; null when the store is open for reading only. */
  readonly writer: Connection | null;
  /** Makes a further connection for reading. */
  readonly openReader: () => Connection;
}

/** Between so many others get their turn. */
const CODES_AT_A_TIME = 2000;

/** The store of one SQLite file. Reads go over a connection of their own, so they never see an unfinished transaction. */
export class SqliteStore extends SqliteReader implements Store {
  readonly #parts: SqliteStoreParts;
  readonly #writers = new Turnstile();
  readonly #snapshots = new Set<SqliteSnapshot>();
  readonly #status: { closed: boolean };

  constructor(parts: SqliteStoreParts) {
    const status = { closed: false };
    super(read => runRead(parts, status, () => read(parts.reader)));
    this.#parts = parts;
    this.#status = status;
  }

  get location(): string {
    return this.#parts.path;
  }

  snapshot(): Promise<Snapshot> {
    return runRead(this.#parts, this.#status, () => {
      const { path } = this.#parts;
      const snapshot: SqliteSnapshot = new SqliteSnapshot(this.#parts.openReader(), path, () =>
        this.#snapshots.delete(snapshot),
      );
      this.#snapshots.add(snapshot);
      return snapshot;
    });
  }

  async transact<T>(
    work: (transaction: Transaction) => Promise<T>,
    options: TransactOptions = {},
  ): Promise<T> {
    const { path, busyTimeoutMs, writer } = this.#parts;
    if (writer === null) throw new MemportError('usage', `${path} is open for reading only`);
    if (this.#status.closed) throw closedError(path);
    const patience = { timeoutMs: busyTimeoutMs, signal: options.signal };
    using _turn = await this.#writers.enter(path, patience);
    const journal = await this.#begin(writer, patience, options);
    const transaction = new SqliteTransaction(writer, path, journal);
    try {
      const result = await untilAborted(work(transaction), options.signal);
      transaction.end();
      throwIfAborted(options.signal);
      if (transaction.failure !== null) throw transaction.failure;
      if (!options.rollback) this.#commit(writer, journal);
      return result;
    } finally {
      transaction.end();
      if (writer.inTransaction) writer.execute('ROLLBACK');
    }
  }

  /** Makes the codes that are missing for a fast search first; where it can't write just now, the search takes longer. */
  override async searchVectors(
    vector: Float32Array,
    model: string,
    filter: Filter,
    limit: number,
  ): Promise<readonly Hit[]> {
    const search = { vector, model, filter, limit };
    const hits = await this.searchCoded(search);
    if (hits !== null) return hits;
    await this.#fillCodes();
    return this.searchAll(search);
  }

  /** Waits for nobody, and no failure of it is one of the search. */
  async #fillCodes(): Promise<void> {
    const { path, writer } = this.#parts;
    if (writer === null) return;
    try {
      for (let place: CodePlace | null = FIRST_CODE; place !== null; ) {
        using _turn = await this.#writers.enter(path, { timeoutMs: 0 });
        if (this.#status.closed) return;
        const from: CodePlace = place;
        place = writer.atOnce(() => fillCodes(writer, from, CODES_AT_A_TIME));
      }
    } catch {
      // Locked, full or read-only: the search compares all vectors instead.
    }
  }

  describe(): Promise<{ readonly bytes: number; readonly schemaVersion: number }> {
    const { reader } = this.#parts;
    return runRead(this.#parts, this.#status, () => ({
      bytes: reader.integer('PRAGMA page_count') * reader.integer('PRAGMA page_size'),
      schemaVersion: schemaVersion(reader),
    }));
  }

  async check(work: WorkOptions = {}): Promise<readonly StoreFault[]> {
    const { path } = this.#parts;
    const connection = await runRead(this.#parts, this.#status, () => this.#parts.openReader());
    try {
      // One state of the file, however long it takes.
      connection.execute('BEGIN');
      const faults = [...checkPages(connection)];
      if (faults.length > 0) return faults;
      faults.push(...checkReferences(connection));
      for (const found of checkRecords(connection, work.onProgress)) {
        faults.push(...found);
        throwIfAborted(work.signal);
        await turn();
      }
      return faults;
    } catch (error) {
      throw storeError(error, path);
    } finally {
      connection.close();
    }
  }

  async reindex(work: WorkOptions = {}): Promise<void> {
    const { path, busyTimeoutMs, writer } = this.#parts;
    if (writer === null) throw new MemportError('usage', `${path} is open for reading only`);
    const patience = { timeoutMs: busyTimeoutMs, signal: work.signal };
    using _turn = await this.#writers.enter(path, patience);
    await this.#begin(writer, patience, {});
    try {
      reindex(writer, work.onProgress);
      this.#commit(writer, null);
    } catch (error) {
      throw storeError(error, path);
    } finally {
      if (writer.inTransaction) writer.execute('ROLLBACK');
    }
  }

  /** Waits for the transactions that were asked for before. Idempotent. */
  async close(): Promise<void> {
    if (this.#status.closed) return;
    this.#status.closed = true;
    await this.#writers.idle();
    for (const snapshot of this.#snapshots) await snapshot[Symbol.asyncDispose]();
    this.#parts.reader.close();
    // Last, because only a connection that may write can move the write-ahead log into the file and remove it.
    this.#parts.writer?.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #begin(writer: Connection, patience: Patience, options: TransactOptions): Promise<Journal | null> {
    const { path } = this.#parts;
    try {
      await retryWhileBusy(() => writer.execute('BEGIN IMMEDIATE'), patience);
      return options.operation === undefined ? null : new Journal(writer, options.operation);
    } catch (error) {
      if (writer.inTransaction) writer.execute('ROLLBACK');
      throw storeError(error, path);
    }
  }

  #commit(writer: Connection, journal: Journal | null): void {
    const { path, now } = this.#parts;
    try {
      journal?.finish(now());
      writer.execute('COMMIT');
    } catch (error) {
      throw storeError(error, path);
    }
  }
}

async function runRead<T>(
  { path, busyTimeoutMs }: SqliteStoreParts,
  status: { readonly closed: boolean },
  read: () => T,
): Promise<T> {
  if (status.closed) throw closedError(path);
  try {
    return await retryWhileBusy(read, { timeoutMs: busyTimeoutMs });
  } catch (error) {
    throw storeError(error, path);
  }
}

function closedError(path: string): MemportError {
  return new MemportError('failed', `the store ${path} is closed`);
}

/** Settles as the work does, or rejects when the signal aborts first: work that does not listen is left behind. */
async function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(interruption(signal));
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

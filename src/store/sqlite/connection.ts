import Database from 'better-sqlite3';
import { getLoadablePath } from 'sqlite-vec';

export type SqlValue = string | number | bigint | Uint8Array | null;
export type Row = readonly SqlValue[];

const CACHED_STATEMENTS = 100;

export interface ConnectionOptions {
  readonly readonly: boolean;
}

/**
 * One connection to a database file. It never waits for a lock: SQLITE_BUSY is thrown at once, for waiting inside SQLite
 * would hold up the whole process, also the transaction that is waited for. See busy.ts.
 */
export class Connection implements Disposable {
  readonly #database: Database.Database;
  readonly #statements = { number: new StatementCache(), bigint: new StatementCache() };
  #hasVectors = false;
  /** Whether what is written is also to be found by its words. */
  keepsText = true;

  constructor(path: string, options: ConnectionOptions) {
    this.#database = new Database(path, { readonly: options.readonly, fileMustExist: true, timeout: 0 });
  }

  /** A prepared statement, kept for the next time. Rows are arrays; integers beyond 2^53 need `bigint`. */
  statement<R extends Row>(
    sql: string,
    integers: 'number' | 'bigint' = 'number',
  ): Database.Statement<SqlValue[], R> {
    const cache = this.#statements[integers];
    let statement = cache.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare<SqlValue[], Row>(sql);
      if (statement.reader) statement.raw();
      if (integers === 'bigint') statement.safeIntegers();
      cache.set(sql, statement);
    }
    // The text of the statement decides the shape of its rows: its author states it, next to the text.
    return statement as Database.Statement<SqlValue[], R>;
  }

  all<R extends Row>(sql: string, values: readonly SqlValue[] = []): R[] {
    return this.statement<R>(sql).all(...values);
  }

  /** As `all`, every integer a bigint. */
  allExact<R extends Row>(sql: string, values: readonly SqlValue[] = []): R[] {
    return this.statement<R>(sql, 'bigint').all(...values);
  }

  /** The first column of the first row of a statement that gives an integer there. */
  integer(sql: string, values: readonly SqlValue[] = []): number {
    return this.statement<readonly [number]>(sql).get(...values)?.[0] ?? 0;
  }

  /** Runs a statement that gives no rows; resolves to how many rows it changed. */
  run(sql: string, values: readonly SqlValue[] = []): number {
    return this.statement(sql).run(...values).changes;
  }

  /** Runs statements without values, for schema and settings. */
  execute(sql: string): void {
    this.#database.exec(sql);
  }

  get inTransaction(): boolean {
    return this.#database.inTransaction;
  }

  /** Runs several reads on one state of the file. */
  consistently<T>(read: () => T): T {
    if (this.inTransaction) return read();
    this.execute('BEGIN');
    try {
      return read();
    } finally {
      this.execute('COMMIT');
    }
  }

  /** Runs writes as one transaction of their own, all or none, and fails at once where another one is open. */
  atOnce<T>(write: () => T): T {
    this.execute('BEGIN IMMEDIATE');
    try {
      const result = write();
      this.execute('COMMIT');
      return result;
    } catch (error) {
      if (this.inTransaction) this.execute('ROLLBACK');
      throw error;
    }
  }

  /** Makes the vector functions of sqlite-vec known, on first use: most runs need none. */
  loadVectors(): void {
    if (this.#hasVectors) return;
    this.#database.loadExtension(getLoadablePath());
    this.#hasVectors = true;
  }

  close(): void {
    this.#database.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

/** Filters of ever new lengths make ever new statements; a server that runs for months must not keep them all. */
class StatementCache extends Map<string, Database.Statement<SqlValue[], Row>> {
  override set(sql: string, statement: Database.Statement<SqlValue[], Row>): this {
    if (this.size >= CACHED_STATEMENTS) this.clear();
    return super.set(sql, statement);
  }
}

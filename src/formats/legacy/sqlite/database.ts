import { statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { MemportError, toMemportError } from '../../../errors.ts';

export type Cell = null | bigint | number | string | Buffer;
export type Row = readonly Cell[];

/** A copied database of another program, opened for reading: what its schema defines is not trusted. */
export class LegacyDatabase implements Disposable {
  readonly #database: Database.Database;

  /** Throws MemportError `integrity` for a file that is no whole database. */
  constructor(path: string) {
    this.#database = guard(() => {
      const database = new Database(path, { fileMustExist: true });
      database.defaultSafeIntegers();
      database.pragma('trusted_schema = OFF');
      database.pragma('cell_size_check = ON');
      database.pragma('temp_store = MEMORY');
      return database;
    });
    try {
      this.#checkSize(path);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** SQLite takes what is missing of the last page for zeros. What is in a log only is brought into the file first. */
  #checkSize(path: string): void {
    this.all('PRAGMA wal_checkpoint(TRUNCATE)');
    const [[pageSize] = []] = this.all('PRAGMA page_size');
    if (statSync(path).size % Number(pageSize) !== 0) throw damaged('its last page is not whole');
  }

  /** The ordinary tables, and the names of their columns. */
  tables(): ReadonlyMap<string, readonly string[]> {
    const names = this.all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'",
    );
    return new Map(
      names.map(([name]) => {
        const columns = this.all('SELECT name FROM pragma_table_info(?)', [String(name)]);
        return [String(name), columns.map(([column]) => String(column))];
      }),
    );
  }

  /** Throws MemportError `integrity` when the pages of a table are damaged. */
  check(table: string): void {
    const [[result] = []] = this.all(`PRAGMA quick_check(${quoted(table)})`);
    if (result !== 'ok') throw damaged(String(result));
  }

  /** Makes finding the rows with a value in a column fast. */
  index(table: string, column: string): void {
    guard(() =>
      this.#database.exec(
        `CREATE INDEX IF NOT EXISTS ${quoted(`memport_${table}`)} ON ${quoted(table)}(${quoted(column)})`,
      ),
    );
  }

  count(table: string, where = '1'): number {
    const [[count] = []] = this.all(`SELECT count(*) FROM ${quoted(table)} WHERE ${where}`);
    return Number(count);
  }

  all(sql: string, values: readonly Cell[] = []): readonly Row[] {
    return guard(() =>
      this.#database
        .prepare<Cell[], Row>(sql)
        .raw()
        .all(...values),
    );
  }

  /** A statement for many runs. Throws MemportError `unknown_format` when the tables have not the shape that it needs. */
  prepare(sql: string): Statement {
    const statement = guard(() => this.#database.prepare<Cell[], Row>(sql).raw());
    const columns = statement.columns().map(({ name }) => name);
    return {
      columns,
      all: (...values) => guard(() => statement.all(...values)),
      upTo: (limit, ...values) => guard(() => readUpTo(limit, statement.iterate(...values))),
    };
  }

  /** Whether the tables have the shape that a statement needs. */
  canRun(sql: string): boolean {
    try {
      this.prepare(sql);
      return true;
    } catch (error) {
      if (error instanceof MemportError && error.code === 'unknown_format') return false;
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

export interface Statement {
  readonly columns: readonly string[];
  all(...values: Cell[]): readonly Row[];
  /** All rows, read one by one; null where there are more of them, or more bytes in them. */
  upTo(limit: { readonly rows: number; readonly bytes: number }, ...values: Cell[]): readonly Row[] | null;
}

function readUpTo(
  limit: { readonly rows: number; readonly bytes: number },
  all: Iterable<Row>,
): Row[] | null {
  const rows: Row[] = [];
  let bytes = 0;
  for (const row of all) {
    for (const cell of row) if (typeof cell === 'string' || Buffer.isBuffer(cell)) bytes += cell.length;
    if (rows.length === limit.rows || bytes > limit.bytes) return null;
    rows.push(row);
  }
  return rows;
}

/** An SQL name. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function guard<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code, message } = toMemportError(error);
    if (code === 'integrity') throw damaged(message, error);
    if (error instanceof Database.SqliteError && error.code === 'SQLITE_ERROR')
      throw new MemportError(
        'unknown_format',
        `the tables of the database are not those expected: ${message}`,
        {
          cause: error,
        },
      );
    throw error;
  }
}

function damaged(what: string, cause?: unknown): MemportError {
  return new MemportError('integrity', `the database is damaged: ${what}`, {
    hint: 'Nothing of it was used. Take another copy of the file; sqlite3 <file> .recover saves what is whole.',
    ...(cause !== undefined && { cause }),
  });
}

import { resolve } from 'node:path';
import { APPLICATION_ID } from '../../application-id.ts';
import { MemportError } from '../../errors.ts';
import { type Instant, instantFromMilliseconds } from '../../model/instant.ts';
import type { Store } from '../store.ts';
import { retryWhileBusy } from './busy.ts';
import { Connection } from './connection.ts';
import { createFile, inspectFile } from './file.ts';
import { SCHEMA_VERSION } from './migrations/index.ts';
import { migrate, refuseNewerSchema, schemaVersion } from './schema.ts';
import { SqliteStore } from './sqlite-store.ts';
import { storeError } from './store-error.ts';

export interface SqliteOptions {
  /** Of the database file; relative to the working directory. */
  readonly path: string;
  /** `transact` is refused and nothing is created or migrated. */
  readonly readonly?: boolean | undefined;
  /** Whether to make a store where there is none; true by default, except for reading only. */
  readonly create?: boolean | undefined;
  /**
   * Makes a file that is only read in order and by ids, by nobody else, and thrown away: without full text, and with nothing
   * done for the case that the machine stops or a transaction fails.
   */
  readonly staging?: boolean | undefined;
  /** How long to wait for other writers before failing with `locked`; 10 seconds by default. */
  readonly busyTimeoutMs?: number | undefined;
  /** The clock of the journal of operations. */
  readonly now?: (() => Instant) | undefined;
}

const BUSY_TIMEOUT_MS = 10_000;
const PAGE_SIZE = 8192;
/** Twice as much saves an import no write: what is large, vectors and records, is appended. */
const WRITER_CACHE_KIB = 16 * 1024;
const WAL_KEPT = 64 * 1024 * 1024;

/**
 * Opens the store in a SQLite file, making or migrating it where needed. Fails with `not_found` when there is none and
 * none may be made, `unknown_format` for the database of something else, `integrity` for what is no database,
 * `newer_version` for a later memport's; none of these files is touched.
 */
export async function openSqliteStore(options: SqliteOptions): Promise<Store> {
  const { readonly = false, create = !readonly, busyTimeoutMs = BUSY_TIMEOUT_MS } = options;
  const path = databasePath(options.path);
  await requireFile(path, create && !readonly, readonly);
  const prepare = options.staging ? prepareStaging : prepareWriter;
  const opened = () => (readonly ? { reader: openReader(path), writer: null } : openBoth(path, prepare));
  try {
    const connections = await retryWhileBusy(opened, { timeoutMs: busyTimeoutMs });
    const now = options.now ?? (() => instantFromMilliseconds(Date.now()));
    return new SqliteStore({ path, busyTimeoutMs, now, openReader: () => openReader(path), ...connections });
  } catch (error) {
    throw storeError(error, path);
  }
}

/** An absolute path is never taken for a URI or for a database in memory. */
function databasePath(path: string): string {
  const absolute = resolve(path);
  if (path === '' || absolute.includes('\0') || absolute.trim() !== absolute) {
    throw new MemportError('usage', `${JSON.stringify(path)} can't be the path of a store`);
  }
  return absolute;
}

async function requireFile(path: string, create: boolean, readonly: boolean): Promise<void> {
  const found = await inspectFile(path);
  if (found === 'store' || (found === 'empty' && !readonly)) return;
  if (!create) {
    const hint = 'Add a memory or import a file first, or say where the store is: --home <folder>';
    throw new MemportError('not_found', `there is no store at ${path}`, { hint });
  }
  await createFile(path);
}

type Prepare = (connection: Connection, path: string) => void;

function openBoth(
  path: string,
  prepare: Prepare,
): { readonly reader: Connection; readonly writer: Connection } {
  const writer = prepared(new Connection(path, { readonly: false }), connection => prepare(connection, path));
  try {
    return { writer, reader: openReader(path) };
  } catch (error) {
    writer.close();
    throw error;
  }
}

function prepareWriter(connection: Connection, path: string): void {
  refuseNewerSchema(connection, path, SCHEMA_VERSION);
  if (schemaVersion(connection) === 0) beginFile(connection);
  connection.execute('PRAGMA journal_mode = WAL');
  // The default of this build in WAL mode, NORMAL, may lose the last transactions at a power failure.
  connection.execute('PRAGMA synchronous = FULL');
  connection.execute('PRAGMA foreign_keys = ON');
  connection.execute('PRAGMA temp_store = MEMORY');
  connection.execute(`PRAGMA cache_size = -${WRITER_CACHE_KIB}`);
  connection.execute(`PRAGMA journal_size_limit = ${WAL_KEPT}`);
  migrate(connection, path);
}

function prepareStaging(connection: Connection, path: string): void {
  prepareWriter(connection, path);
  connection.execute('PRAGMA journal_mode = OFF');
  connection.execute('PRAGMA synchronous = OFF');
  connection.keepsText = false;
  // Those that SQLite made itself, for ids, have no statement.
  const sql = `SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL`;
  for (const [name] of connection.all<readonly [string]>(sql)) connection.execute(`DROP INDEX "${name}"`);
}

/** Before the write-ahead log, so that the main file's own header says whose it is, whatever happens next. */
function beginFile(connection: Connection): void {
  connection.execute(`PRAGMA page_size = ${PAGE_SIZE}`);
  connection.execute(`PRAGMA application_id = ${APPLICATION_ID}`);
}

function openReader(path: string): Connection {
  return prepared(new Connection(path, { readonly: true }), connection => {
    connection.execute('PRAGMA temp_store = MEMORY');
    refuseNewerSchema(connection, path, SCHEMA_VERSION);
    if (schemaVersion(connection) === SCHEMA_VERSION) return;
    throw new MemportError('failed', `${path} has the schema of an older memport`, {
      hint: 'Open it once for writing, which brings it up to date: memport status',
    });
  });
}

function prepared(connection: Connection, prepare: (connection: Connection) => void): Connection {
  try {
    prepare(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

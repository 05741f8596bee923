import { MemportError } from '../../errors.ts';
import type { Connection } from './connection.ts';
import { MIGRATIONS } from './migrations/index.ts';
import type { Migration } from './migrations/migration.ts';

export function schemaVersion(connection: Connection): number {
  return connection.integer('PRAGMA user_version');
}

/** Throws `newer_version` for a file that a later memport has written. */
export function refuseNewerSchema(connection: Connection, path: string, known: number): void {
  const version = schemaVersion(connection);
  if (version > known) throw newerSchema(path, version);
}

export function newerSchema(path: string, version: number): MemportError {
  return new MemportError('newer_version', `${path} was written by a newer memport (schema ${version})`, {
    hint: 'Update memport: npm install -g memport@latest',
  });
}

/**
 * Takes a file through the steps that it has not seen, all in one transaction, so that a crash leaves the old schema.
 * Several processes may do so at once: one does, the others find it done.
 */
export function migrate(
  connection: Connection,
  path: string,
  migrations: readonly Migration[] = MIGRATIONS,
): void {
  refuseNewerSchema(connection, path, migrations.length);
  if (schemaVersion(connection) === migrations.length) return;
  connection.execute('BEGIN IMMEDIATE');
  try {
    refuseNewerSchema(connection, path, migrations.length);
    for (const { version, sql, fill } of migrations.slice(schemaVersion(connection))) {
      connection.execute(sql);
      fill?.(connection);
      connection.execute(`PRAGMA user_version = ${version}`);
    }
    connection.execute('COMMIT');
  } catch (error) {
    if (connection.inTransaction) connection.execute('ROLLBACK');
    throw error;
  }
}

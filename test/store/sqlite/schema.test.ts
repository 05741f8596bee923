import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { MIGRATIONS, SCHEMA_VERSION } from '../../../src/store/sqlite/migrations/index.ts';
import { migrate, schemaVersion } from '../../../src/store/sqlite/schema.ts';
import { scratchFolder } from './scratch.ts';

async function emptyFile(): Promise<Connection> {
  const path = join(await scratchFolder(), 'x.db');
  await writeFile(path, '');
  return new Connection(path, { readonly: false });
}

const FIRST = { version: 1, sql: 'CREATE TABLE a (x)' };
const SECOND = { version: 2, sql: 'CREATE TABLE b (x); INSERT INTO a VALUES (1)' };

it('has steps numbered from 1 without gaps', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_step, n) => n + 1));
  expect(SCHEMA_VERSION).toBe(MIGRATIONS.at(-1)?.version);
});

it('runs only the steps that a file has not seen', async () => {
  using connection = await emptyFile();
  migrate(connection, 'x', [FIRST]);
  migrate(connection, 'x', [FIRST, SECOND]);
  migrate(connection, 'x', [FIRST, SECOND]);
  expect(schemaVersion(connection)).toBe(2);
  expect(connection.integer('SELECT count(*) FROM a')).toBe(1);
});

it('leaves the old schema when a step fails', async () => {
  using connection = await emptyFile();
  migrate(connection, 'x', [FIRST]);
  const broken = { version: 3, sql: 'CREATE TABLE c (x); INSERT INTO nowhere VALUES (1)' };
  expect(() => migrate(connection, 'x', [FIRST, SECOND, broken])).toThrow('nowhere');
  expect(schemaVersion(connection)).toBe(1);
  expect(connection.integer('SELECT count(*) FROM sqlite_schema')).toBe(1);
});

it('refuses a newer file', async () => {
  using connection = await emptyFile();
  migrate(connection, 'x', [FIRST, SECOND]);
  expect(() => migrate(connection, 'x', [FIRST])).toThrow('newer memport (schema 2)');
});

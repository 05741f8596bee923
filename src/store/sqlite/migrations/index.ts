import { RECORDS } from './0001-records.ts';
import { DENSE_TEXT } from './0002-dense-text.ts';
import { VECTOR_CODES } from './0003-vector-codes.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema, in order. */
export const MIGRATIONS: readonly Migration[] = [RECORDS, DENSE_TEXT, VECTOR_CODES];

/** The `user_version` of a file that this program writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

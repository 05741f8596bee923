import { RECORDS } from './0001-records.ts';
import { CODE_SEARCH } from './0002-code-search.ts';
import { DENSE_TEXT } from './0003-dense-text.ts';
import { VECTOR_CODES } from './0004-vector-codes.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema, in order. */
export const MIGRATIONS: readonly Migration[] = [RECORDS, CODE_SEARCH, DENSE_TEXT, VECTOR_CODES];

/** The `user_version` of a file that this program writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

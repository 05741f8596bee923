import { RECORDS } from './0001-records.ts';
import { CODE_SEARCH } from './0002-code-search.ts';
import type { Migration } from './migration.ts';

/** Every step of the schema, in order. */
export const MIGRATIONS: readonly Migration[] = [RECORDS, CODE_SEARCH];

/** The `user_version` of a file that this program writes. */
export const SCHEMA_VERSION: number = MIGRATIONS.length;

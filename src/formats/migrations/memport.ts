import type { Migration } from './migration.ts';

/**
 * The steps for files that memport wrote, oldest first: the step from 3.0 will be the first, and each one after it gets
 * the next place. There is none yet: all files that memport has written have today's shape.
 */
export const MEMPORT_MIGRATIONS: readonly Migration[] = [];

import { SCHEMA } from '../json/versions.ts';

/** The shapes of records that claude-memory-server has written, and today's of memport, to which steps lead from each. */
export const SHAPES = {
  sqliteV1: 'claude-memory-server sqlite-v1',
  sqliteV2First: 'claude-memory-server sqlite-v2-first',
  sqliteV2: 'claude-memory-server sqlite-v2',
  feat044: 'claude-memory-server feat044',
  tui: 'claude-memory-server tui',
  feat038: 'claude-memory-server 3.0.0',
  memport: `memport ${SCHEMA}`,
} as const;

import type { Connection } from '../connection.ts';

/** One numbered step of the schema. Once released a step never changes: files in the world have been through it. */
export interface Migration {
  /** `user_version` after the step. Steps are numbered 1, 2, 3, … without gaps. */
  readonly version: number;
  /** Statements that take a file from the version before to this one. */
  readonly sql: string;
  /** What SQL alone can't derive from the records that are there; runs after `sql`, in the same transaction. */
  readonly fill?: (connection: Connection) => void;
}

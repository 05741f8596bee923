import { MemportError } from '../../../errors.ts';
import { SHAPES } from '../shapes.ts';
import { MEMORIES } from './row-reader.ts';

export interface Generation {
  readonly format: 'sqlite-v1' | 'sqlite-v2';
  /** Of its rows, as the registry of steps calls it. */
  readonly shape: string;
}

const V1_COLUMNS = ['id', 'content', 'category', 'scope', 'memory_type', 'timestamp'];
const V2_COLUMNS = ['id', 'content', 'category', 'scope', 'context_level', 'created_at', 'updated_at'];

/** Which of the original's stores has these tables. Throws MemportError `unknown_format` when none has. */
export function generationOf(tables: ReadonlyMap<string, readonly string[]>): Generation {
  const columns = new Set(tables.get(MEMORIES) ?? []);
  const has = (names: readonly string[]): boolean => names.every(name => columns.has(name));
  if (has(V2_COLUMNS)) {
    const shape = columns.has('provenance_source') ? SHAPES.sqliteV2 : SHAPES.sqliteV2First;
    return { format: 'sqlite-v2', shape };
  }
  if (has(V1_COLUMNS)) return { format: 'sqlite-v1', shape: SHAPES.sqliteV1 };
  throw new MemportError(
    'unknown_format',
    columns.size === 0
      ? 'this is a SQLite database, but it has no table of memories'
      : 'this is a SQLite database, but its table of memories is none of claude-memory-server',
    { hint: 'the memories of claude-memory-server were in memory.db until 2025-11-20, later in Qdrant' },
  );
}

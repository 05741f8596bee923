import type { Migration } from './migration.ts';

/**
 * A signature (model/signature.ts) of each vector, so that a search need not read all of them: an index that searches fill
 * when they lack it, and nothing else writes. The triggers let none outlive its vector, whoever changes that.
 */
export const VECTOR_CODES: Migration = {
  version: 4,
  sql: `
CREATE INDEX memory_search_vectors_by_model ON memory_search_vectors (model, length(embedding));

CREATE TABLE memory_vector_codes (
  seq INTEGER PRIMARY KEY,
  code BLOB NOT NULL
) STRICT;
CREATE TRIGGER memory_vectors_deleted AFTER DELETE ON memory_vectors
  BEGIN DELETE FROM memory_vector_codes WHERE seq = old.seq; END;
CREATE TRIGGER memory_vectors_updated AFTER UPDATE ON memory_vectors
  BEGIN DELETE FROM memory_vector_codes WHERE seq = old.seq; END;

CREATE TABLE memory_search_vector_codes (
  seq INTEGER PRIMARY KEY,
  code BLOB NOT NULL
) STRICT;
CREATE TRIGGER memory_search_vectors_deleted AFTER DELETE ON memory_search_vectors
  BEGIN DELETE FROM memory_search_vector_codes WHERE seq = old.seq; END;
CREATE TRIGGER memory_search_vectors_updated AFTER UPDATE ON memory_search_vectors
  BEGIN DELETE FROM memory_search_vector_codes WHERE seq = old.seq; END;
`,
};

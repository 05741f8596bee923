import type { Migration } from './migration.ts';

/**
 * Records, their vectors and full text, tombstones, projects and the journal of operations.
 *
 * `record` is the canonical line, the truth; every other column of a record is derived from it. Columns of type ANY hold
 * text that a user chose, as text-value.ts binds it. Instants are µs. `seq` ties the tables together inside one file and
 * means nothing outside. The two vector tables are disjoint per model: a memory whose own vector is of a model has no
 * search vector of that model. `seq` is no foreign key there: checking it made each delete ten times as slow.
 */
export const RECORDS: Migration = {
  version: 1,
  sql: `
CREATE TABLE memories (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  category TEXT NOT NULL,
  scope TEXT NOT NULL,
  lifecycle_state TEXT NOT NULL,
  project_name ANY,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  last_accessed INTEGER NOT NULL,
  embedding_model ANY,
  embedding_dimensions INTEGER, -- of the own vector, NULL without one
  content_hash BLOB NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX memories_by_project ON memories (project_name, category, lifecycle_state, updated_at, created_at);
CREATE INDEX memories_by_update ON memories (updated_at);
CREATE INDEX memories_by_content ON memories (content_hash);
CREATE INDEX memories_by_vector ON memories (embedding_model, embedding_dimensions);

CREATE TABLE memory_tags (
  tag ANY NOT NULL, -- folded
  seq INTEGER NOT NULL,
  PRIMARY KEY (tag, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE memory_vectors (
  seq INTEGER PRIMARY KEY,
  embedding BLOB NOT NULL
) STRICT;

CREATE TABLE memory_search_vectors (
  seq INTEGER PRIMARY KEY,
  model ANY NOT NULL,
  embedding BLOB NOT NULL
) STRICT;

CREATE VIRTUAL TABLE memory_text USING fts5 (
  content,
  tags,
  content = '',
  contentless_delete = 1,
  tokenize = 'porter unicode61 remove_diacritics 2'
);

CREATE TABLE code_units (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  language ANY NOT NULL,
  file_path ANY NOT NULL,
  project_name ANY NOT NULL,
  indexed_at INTEGER NOT NULL,
  embedding_model ANY,
  embedding_dimensions INTEGER,
  content_hash BLOB NOT NULL,
  record TEXT NOT NULL
) STRICT;
CREATE INDEX code_units_by_project ON code_units (project_name, language, file_path, indexed_at);
CREATE INDEX code_units_by_content ON code_units (content_hash);
CREATE INDEX code_units_by_vector ON code_units (embedding_model, embedding_dimensions);

CREATE TABLE code_unit_vectors (
  seq INTEGER PRIMARY KEY,
  embedding BLOB NOT NULL
) STRICT;

CREATE TABLE tombstones (
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  deleted_at INTEGER NOT NULL,
  content_hash ANY NOT NULL,
  PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE projects (
  name ANY NOT NULL PRIMARY KEY,
  record TEXT NOT NULL -- canonical line, its counts 0
) STRICT, WITHOUT ROWID;

CREATE TABLE operations (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  source ANY NOT NULL,
  started_at INTEGER NOT NULL,
  finished_at INTEGER, -- NULL only while its transaction is open
  memories INTEGER NOT NULL DEFAULT 0, -- how many rows of operation_changes it has, by kind
  code_units INTEGER NOT NULL DEFAULT 0,
  projects INTEGER NOT NULL DEFAULT 0,
  undoes INTEGER REFERENCES operations (seq), -- the operation that this one took back
  undone_by INTEGER REFERENCES operations (seq) -- NULL while what it did holds
) STRICT;

-- Each kind and id that an operation changed; kind: memory, code_unit or project (id: its name).
-- after: state digest (journal.ts) of what the operation left there.
CREATE TABLE operation_changes (
  operation INTEGER NOT NULL REFERENCES operations (seq),
  kind TEXT NOT NULL,
  id ANY NOT NULL,
  after BLOB NOT NULL,
  before_image INTEGER REFERENCES before_images (seq), -- NULL when no record or project row was there
  before_deleted_at INTEGER, -- of the tombstone, NULL without one
  before_content_hash ANY, -- of the tombstone
  PRIMARY KEY (operation, kind, id)
) STRICT, WITHOUT ROWID;

-- The row as it was before the operation first changed it.
CREATE TABLE before_images (
  seq INTEGER PRIMARY KEY,
  record TEXT NOT NULL,
  embedding BLOB, -- the own vector
  search_model ANY,
  search_embedding BLOB
) STRICT;
`,
};

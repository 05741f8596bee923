import Database from 'better-sqlite3';
import { foldTag } from '../src/model/filter.ts';
import { contentHash } from '../src/model/identity.ts';
import type { MemoryEntry } from '../src/model/record.ts';
import { vectorBytes } from '../src/model/vector.ts';
import { openStore } from '../src/store/open.ts';
import { benchBatches } from './data.ts';

/**
 * The yardstick of import: the same rows into the same schema with its indexes, by prepared statements in one
 * transaction, with nothing else done. Resolves to the milliseconds of inserting and committing; making the rows is not
 * in them.
 */
export async function bareInsert(path: string, count: number): Promise<number> {
  await (await openStore({ path })).close();
  const db = new Database(path);
  db.pragma('synchronous = FULL');
  db.pragma('cache_size = -32768');
  const record = db.prepare(
    `INSERT INTO memories (id, category, scope, lifecycle_state, project_name, created_at, updated_at, last_accessed,
     embedding_model, embedding_dimensions, content_hash, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const vector = db.prepare('INSERT INTO memory_vectors (seq, embedding) VALUES (?, ?)');
  const tag = db.prepare('INSERT OR IGNORE INTO memory_tags (tag, seq) VALUES (?, ?)');
  const text = db.prepare('INSERT INTO memory_text (rowid, content, tags) VALUES (?, ?, ?)');
  let spent = timed(() => db.exec('BEGIN IMMEDIATE'));
  for (const batch of benchBatches(count)) {
    const hashes = batch.map(entry => Buffer.from(contentHash(entry), 'hex'));
    spent += timed(() => {
      for (const [i, entry] of batch.entries()) insert(entry, hashes[i]);
    });
  }
  spent += timed(() => db.exec('COMMIT'));
  db.close();
  return spent;

  function insert({ record: memory, line, vector: own }: MemoryEntry, hash: Buffer | undefined): void {
    const { lastInsertRowid } = record.run(
      memory.id,
      memory.category,
      memory.scope,
      memory.lifecycleState,
      memory.projectName,
      memory.createdAt,
      memory.updatedAt,
      memory.lastAccessed,
      memory.embeddingModel,
      own?.length,
      hash,
      line,
    );
    if (own) vector.run(lastInsertRowid, vectorBytes(own));
    for (const name of memory.tags) tag.run(foldTag(name), lastInsertRowid);
    text.run(lastInsertRowid, memory.content, memory.tags.join(' '));
  }
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

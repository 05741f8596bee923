import { createHash } from 'node:crypto';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { contentHash } from '../../../src/model/identity.ts';
import { bareProject, projectLine } from '../../../src/model/project.ts';
import { codeUnitEntry, memoryEntry } from '../../../src/model/record.ts';
import { vectorBytes } from '../../../src/model/vector.ts';
import { openSqliteStore } from '../../../src/store/open.ts';
import { NOTHING, stateDigest, tombstoneDigest } from '../../../src/store/sqlite/journal.ts';
import type { Store, Transaction } from '../../../src/store/store.ts';
import { put, write } from '../../contract/place.ts';
import { aCodeUnit, aMemory, idOf } from '../../support/records.ts';
import { scratchFolder } from './scratch.ts';

const OPERATION = { id: 'op-1', kind: 'import', source: '/tmp/\ud800.json', startedAt: 5n };
const bytes = (vector: Float32Array) => Buffer.from(vectorBytes(vector));
const counted = (name: string) =>
  projectLine({ ...bareProject(name), memoryCount: 0, unitCount: 0, fileCount: 0, languages: {} });

interface Change {
  readonly kind: string;
  readonly id: string;
  readonly after: Buffer;
}

/** The journal of a store, with `before` as one object per change. */
function journal(path: string): readonly (Change & Readonly<Record<string, unknown>>)[] {
  const database = new Database(path, { readonly: true });
  const rows = database
    .prepare<[], Change & Record<string, unknown>>(
      `SELECT c.kind, c.id, c.after, b.record, b.embedding, b.search_model, b.search_embedding,
         c.before_deleted_at AS deleted_at, c.before_content_hash AS content_hash
       FROM operation_changes c LEFT JOIN before_images b ON b.seq = c.before_image ORDER BY c.kind, c.id`,
    )
    .all();
  database.close();
  return rows;
}

const NONE = {
  record: null,
  embedding: null,
  search_model: null,
  search_embedding: null,
  deleted_at: null,
  content_hash: null,
};

async function operate(work: (transaction: Transaction, store: Store) => Promise<void>, options = {}) {
  const path = join(await scratchFolder(), 'memport.db');
  await using store = await openSqliteStore({ path, now: () => 9n });
  await put(store, OLD, UNIT, memoryEntry(aMemory({ id: idOf(3) }), null), memoryEntry(GONE, null));
  await store.transact(async transaction => {
    await transaction.put([write(SEARCHED, { model: 's', vector: Float32Array.of(3) })]);
    await transaction.delete('memory', [GONE.id], 77n);
    await transaction.putProjects([bareProject('old')]);
  });
  await store.transact(transaction => work(transaction, store), { operation: OPERATION, ...options });
  return path;
}

const OLD = memoryEntry(aMemory({ content: 'old', embeddingModel: 'm' }), Float32Array.of(1, 2));
const NEW = memoryEntry(aMemory({ content: 'new' }), Float32Array.of(5));
const SEARCHED = memoryEntry(aMemory({ id: idOf(2) }), null);
const GONE = aMemory({ id: idOf(4), content: 'gone' });
const UNIT = codeUnitEntry(aCodeUnit(), Float32Array.of(8));

it('keeps the before-image of each row that is replaced, deleted or created', async () => {
  const created = memoryEntry(aMemory({ id: idOf(6) }), null);
  const back = memoryEntry(GONE, Float32Array.of(1));
  const path = await operate(async transaction => {
    await transaction.put([write(NEW), write(created), write(back)]);
    await transaction.delete('memory', [idOf(2), idOf(99)], 50n);
    await transaction.delete('code_unit', [UNIT.record.id], 50n);
  });
  const stone = (kind: 'memory' | 'code_unit', entry: typeof UNIT | typeof SEARCHED) =>
    tombstoneDigest({ kind, id: entry.record.id, deletedAt: 50n, contentHash: contentHash(entry) });
  expect(journal(path)).toEqual([
    {
      ...NONE,
      kind: 'code_unit',
      id: UNIT.record.id,
      after: stone('code_unit', UNIT),
      record: UNIT.line,
      embedding: bytes(UNIT.vector ?? NEVER),
    },
    {
      ...NONE,
      kind: 'memory',
      id: idOf(1),
      after: stateDigest(NEW.line, NEW.vector),
      record: OLD.line,
      embedding: bytes(OLD.vector ?? NEVER),
    },
    {
      ...NONE,
      kind: 'memory',
      id: idOf(2),
      after: stone('memory', SEARCHED),
      record: SEARCHED.line,
      search_model: 's',
      search_embedding: bytes(Float32Array.of(3)),
    },
    {
      ...NONE,
      kind: 'memory',
      id: idOf(4),
      after: stateDigest(back.line, back.vector),
      deleted_at: 77,
      content_hash: contentHash(memoryEntry(GONE, null)),
    },
    { ...NONE, kind: 'memory', id: idOf(6), after: stateDigest(created.line, null) },
  ]);
});

const NEVER = new Float32Array();

it('keeps the first before-image and the last state of a row that is changed several times', async () => {
  const created = memoryEntry(aMemory({ id: idOf(6) }), null);
  const path = await operate(async transaction => {
    await transaction.put([write(memoryEntry(aMemory({ content: 'between' }), null)), write(created)]);
    await transaction.put([write(NEW)]);
    await transaction.delete('memory', [idOf(6)], 50n);
    await transaction.put([write(created)]);
  });
  expect(journal(path)).toEqual([
    {
      ...NONE,
      kind: 'memory',
      id: idOf(1),
      after: stateDigest(NEW.line, NEW.vector),
      record: OLD.line,
      embedding: bytes(OLD.vector ?? NEVER),
    },
    { ...NONE, kind: 'memory', id: idOf(6), after: stateDigest(created.line, null) },
  ]);
});

it('keeps tombstones and projects', async () => {
  const stone = { kind: 'memory', id: idOf(7), deletedAt: 1n, contentHash: 'h' } as const;
  const path = await operate(async transaction => {
    await transaction.addTombstones([stone, { ...stone, id: idOf(1) }]);
    await transaction.putProjects([bareProject('new'), bareProject('twice')]);
    await transaction.putProjects([{ ...bareProject('twice'), rootPath: '/t' }]);
    await transaction.deleteProjects(['old', 'none']);
  });
  const project = { ...bareProject('twice'), memoryCount: 0, unitCount: 0, fileCount: 0, languages: {} };
  expect(journal(path)).toEqual([
    { ...NONE, kind: 'memory', id: idOf(7), after: tombstoneDigest(stone) },
    { ...NONE, kind: 'project', id: 'new', after: stateDigest(counted('new'), null) },
    { ...NONE, kind: 'project', id: 'old', after: Buffer.from(NOTHING), record: counted('old') },
    {
      ...NONE,
      kind: 'project',
      id: 'twice',
      after: stateDigest(projectLine({ ...project, rootPath: '/t' }), null),
    },
  ]);
});

it('leaves no trace of an operation that changed nothing or was rolled back', async () => {
  const operations = (path: string) => {
    const database = new Database(path, { readonly: true });
    const rows = database.prepare('SELECT * FROM operations').all();
    database.close();
    return rows;
  };
  const nothing = await operate(async transaction => {
    await transaction.putProjects([bareProject('old')]);
    await transaction.delete('memory', [idOf(99)], 1n);
    await transaction.clear('memory', [{ id: idOf(99), tombstone: null }]);
  });
  expect(operations(nothing)).toEqual([]);
  const rolledBack = await operate(transaction => transaction.put([write(NEW)]), { rollback: true });
  expect(operations(rolledBack)).toEqual([]);
  expect(journal(rolledBack)).toEqual([]);
  const kept = await operate(transaction => transaction.put([write(NEW)]));
  expect(operations(kept)).toMatchObject([
    { id: 'op-1', source: Buffer.from(OPERATION.source, 'utf16le'), started_at: 5, finished_at: 9 },
  ]);
});

it('refuses an operation of the same id a second time and stays usable', async () => {
  const path = join(await scratchFolder(), 'memport.db');
  await using store = await openSqliteStore({ path });
  await store.transact(transaction => transaction.put([write(OLD)]), { operation: OPERATION });
  await expect(store.transact(async () => {}, { operation: OPERATION })).rejects.toThrow('UNIQUE');
  await put(store, NEW);
  expect(await store.counts()).toMatchObject({ memories: 1 });
});

it('digests a state of any size as its line, a newline and the bytes of its vector', () => {
  const digest = (line: string, vector: Float32Array | null) =>
    createHash('sha256')
      .update(`${line}\n`)
      .update(vector === null ? '' : vectorBytes(vector))
      .digest();
  const vectors = [null, new Float32Array(0), Float32Array.of(1, -0.5), new Float32Array(20_000).fill(0.25)];
  for (const line of ['', '{"a":"x"}', `{"a":"${'é日😀'.repeat(3000)}"}`, 'x'.repeat(100_000)])
    for (const vector of vectors)
      expect(Buffer.from(stateDigest(line, vector))).toEqual(digest(line, vector));
});

import Database from 'better-sqlite3';
import fc from 'fast-check';
import { bareProject } from '../../src/model/project.ts';
import { codeUnitEntry, type Entry, memoryEntry } from '../../src/model/record.ts';
import type { Store, Transaction } from '../../src/store/store.ts';
import { aCodeUnit, aMemory, at, idOf } from './records.ts';

/** A step that changes something under one of a few ids, so that stores made of such steps have much in common. */
export type Step =
  | {
      readonly type: 'put';
      readonly n: number;
      readonly word: string;
      readonly day: number;
      readonly vector: readonly number[];
      readonly searched: boolean;
    }
  | { readonly type: 'unit'; readonly n: number; readonly word: string }
  | { readonly type: 'delete'; readonly n: number; readonly day: number }
  | { readonly type: 'project'; readonly n: number; readonly word: string };

const n = fc.nat(9);
const word = fc.constantFrom('alpha', 'beta', 'gamma', 'δέλτα', 'lone \ud800');
const day = fc.nat(5);

export const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        type: fc.constant('put' as const),
        n,
        word,
        day,
        vector: fc.array(fc.nat(3), { maxLength: 2 }),
        searched: fc.boolean(),
      }),
    },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('unit' as const), n, word }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), n, day }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('project' as const), n, word }) },
  ),
  { maxLength: 14 },
);

export async function takeSteps(store: Store, taken: readonly Step[]): Promise<void> {
  await store.transact(async transaction => {
    for (const step of taken) await take(transaction, step);
  });
}

async function take(transaction: Transaction, step: Step): Promise<void> {
  switch (step.type) {
    case 'put':
      return transaction.put([{ entry: entryOf(step), searchVector: step.searched ? SEARCH : null }]);
    case 'unit': {
      const unit = aCodeUnit({ id: idOf(step.n), name: step.word, projectName: 'code' });
      return transaction.put([{ entry: codeUnitEntry(unit, null), searchVector: null }]);
    }
    case 'delete':
      await transaction.delete('memory', [idOf(step.n)], at(`2026-02-0${step.day + 1}`));
      return;
    case 'project':
      return transaction.putProjects([{ ...bareProject(`p${step.n % 3}`), aliases: [step.word] }]);
  }
}

const SEARCH = { model: 'searching', vector: Float32Array.of(1, 2) };

function entryOf({ n, word, day, vector }: Step & { type: 'put' }): Entry {
  const memory = aMemory({
    id: idOf(n),
    content: `${word} ${n}`,
    tags: [word],
    projectName: n % 2 === 0 ? `p${n % 3}` : null,
    updatedAt: at(`2026-01-0${day + 2}`),
    embeddingModel: vector.length > 0 ? 'own' : null,
  });
  return memoryEntry(memory, vector.length > 0 ? Float32Array.from(vector) : null);
}

/** All that a store holds but for the journal, by id and not by the row numbers inside. */
export function dump(path: string): Readonly<Record<string, readonly unknown[]>> {
  const database = new Database(path, { readonly: true });
  const all = (sql: string) => database.prepare(sql).all();
  const columns = `category, scope, lifecycle_state, project_name, created_at, updated_at, last_accessed,
    embedding_model, embedding_dimensions, content_hash, record`;
  const result = {
    memories: all(`SELECT id, ${columns} FROM memories ORDER BY id`),
    units: all(`SELECT id, record, content_hash, language, file_path FROM code_units ORDER BY id`),
    vectors: all('SELECT id, embedding FROM memory_vectors JOIN memories USING (seq) ORDER BY id'),
    unitVectors: all('SELECT id, embedding FROM code_unit_vectors JOIN code_units USING (seq) ORDER BY id'),
    search: all(
      'SELECT id, model, embedding FROM memory_search_vectors JOIN memories USING (seq) ORDER BY id',
    ),
    tags: all('SELECT id, tag FROM memory_tags JOIN memories USING (seq) ORDER BY id, tag'),
    strays: all('SELECT seq FROM memory_vectors WHERE seq NOT IN (SELECT seq FROM memories)'),
    texts: ['alpha', 'beta', 'gamma', 'δέλτα', 'lone'].map(word =>
      database
        .prepare(
          'SELECT id FROM memory_text t JOIN memories m ON m.seq = t.rowid WHERE memory_text MATCH ? ORDER BY id',
        )
        .all(word),
    ),
    tombstones: all('SELECT * FROM tombstones ORDER BY kind, id'),
    projects: all('SELECT * FROM projects ORDER BY name'),
  };
  database.close();
  return result;
}

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { APPLICATION_ID } from '../../../src/application-id.ts';
import { EVERYTHING } from '../../../src/model/filter.ts';
import { memoryLine } from '../../../src/model/memory.ts';
import { openStore } from '../../../src/store/open.ts';
import { Connection } from '../../../src/store/sqlite/connection.ts';
import { RECORDS } from '../../../src/store/sqlite/migrations/0001-records.ts';
import { migrate } from '../../../src/store/sqlite/schema.ts';
import { aMemory, idOf } from '../../support/records.ts';
import { scratchFolder } from './scratch.ts';

it('a store of schema 1 finds parts of its Chinese and Japanese texts and tags after the step, and all that it found before', async () => {
  const path = join(await scratchFolder(), 'old.db');
  await writeFile(path, '');
  {
    using connection = new Connection(path, { readonly: false });
    connection.execute(`PRAGMA application_id = ${APPLICATION_ID}`);
    migrate(connection, path, [RECORDS]);
    for (const [n, content, tags] of [
      [1, '数据库每天备份', []],
      [2, 'plain words', ['日本語']],
      [3, 'only ASCII', ['tag']],
    ] as const) {
      const memory = aMemory({ id: idOf(n), content, tags });
      connection.run(
        `INSERT INTO memories (seq, id, category, scope, lifecycle_state, created_at, updated_at, last_accessed, content_hash, record)
         VALUES (?, ?, 'fact', 'global', 'ACTIVE', 0, 0, 0, x'00', ?)`,
        [n, memory.id, memoryLine(memory)],
      );
      connection.run('INSERT INTO memory_text (rowid, content, tags) VALUES (?, ?, ?)', [
        BigInt(n),
        content,
        tags.join(' '),
      ]);
    }
  }
  await using store = await openStore({ path });
  const found = async (query: string) => (await store.searchText(query, EVERYTHING, 9)).map(({ id }) => id);
  expect(await found('备份')).toEqual([idOf(1)]);
  expect(await found('本語')).toEqual([idOf(2)]);
  expect(await found('words')).toEqual([idOf(2)]);
  expect(await found('ascii tag')).toEqual([idOf(3)]);
});

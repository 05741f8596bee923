import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { memoryEntry } from '../../src/model/record.ts';
import { openStore } from '../../src/store/open.ts';
import { memport, ok } from '../support/cli.ts';
import { folderOfFile } from '../support/folders.ts';
import { aMemory, at, idOf } from '../support/records.ts';
import { digestOf, summaryOf } from '../support/stores.ts';

/**
 * A store, its archive, and what happened since: 300 memories in 10,000 edited, 100 deleted, 100 added, 50 moved to
 * another project. MEMPORT_TEST_MEMORIES=10000 plays it at full size.
 */
const SIZE = Number(process.env.MEMPORT_TEST_MEMORIES ?? 1000);
const part = (n: number): number => Math.round((SIZE * n) / 10_000);
const [EDITED, DELETED, ADDED, MOVED] = [part(300), part(100), part(100), part(50)];

const home = folderOfFile();
const archive = join(home, 'old.tar.gz');
const env = { MEMPORT_EMBEDDING_PROVIDER: 'none' };
const [THEN, NOW] = [at('2026-01-01T00:00:00Z'), at('2026-02-01T00:00:00Z')];

const entry = (n: number, content: string, updatedAt: bigint, projectName = `project ${n % 3}`) =>
  memoryEntry(
    aMemory({
      id: idOf(n),
      content,
      updatedAt,
      createdAt: THEN,
      projectName,
      scope: 'project',
      tags: [`t${n % 5}`],
    }),
    Float32Array.of(n, 1),
  );

async function write(
  entries: readonly ReturnType<typeof entry>[],
  deleted: readonly string[] = [],
): Promise<void> {
  await using store = await openStore({ path: join(home, 'memport.db') });
  await store.transact(async transaction => {
    for (let i = 0; i < entries.length; i += 500)
      await transaction.put(
        entries.slice(i, i + 500).map(written => ({ entry: written, searchVector: null })),
      );
    if (deleted.length > 0) await transaction.delete('memory', deleted, NOW);
  });
}
const range = (from: number, count: number): readonly number[] =>
  Array.from({ length: count }, (_, i) => from + i);

beforeAll(async () => {
  await write(range(0, SIZE).map(n => entry(n, `Memory ${n}.`, THEN)));
  await ok(['export', archive], { home, env });
  const edited = range(0, EDITED).map(n => entry(n, `Memory ${n}, edited.`, NOW));
  const moved = range(EDITED, MOVED).map(n => entry(n, `Memory ${n}.`, NOW, 'elsewhere'));
  const added = range(SIZE, ADDED).map(n => entry(n, `Memory ${n}.`, NOW));
  await write([...edited, ...moved, ...added], range(EDITED + MOVED, DELETED).map(idOf));
}, 120_000);

const CHANGED = EDITED + MOVED;
const SAME = SIZE - CHANGED - DELETED;
/** What the table of strategies says of the conflicts; deleted memories come back, and all others are the same. */
const CONFLICTS = {
  'keep-newer': { skipped: CHANGED },
  'keep-older': { skipped: CHANGED },
  'keep-both': { kept_both: CHANGED },
  skip: { skipped: CHANGED },
  overwrite: { updated: CHANGED },
  merge: { unchanged: SAME + CHANGED },
} as const;

describe('[GOAL-04] [UNIT-02] an old archive into the store of today', () => {
  test.each(Object.entries(CONFLICTS))(
    '%s: the report is what the table says, and undo brings back the digest',
    async (strategy, conflicts) => {
      const before = await digestOf(home);
      const run = async (...args: string[]) =>
        summaryOf(
          (await memport(['import', archive, '--merge-strategy', strategy, '--json', ...args], { home, env }))
            .stdout,
        );
      const expected = {
        total: SIZE,
        created: DELETED,
        unchanged: SAME,
        updated: 0,
        skipped: 0,
        kept_both: 0,
        duplicates: 0,
        rejected: 0,
        ...conflicts,
      };
      const dry = await run('--dry-run');
      expect(dry).toMatchObject(expected);
      expect(await digestOf(home)).toBe(before);
      const real = await run();
      expect(real).toEqual({ ...dry, dry_run: false, operation_id: real.operation_id });
      expect(await digestOf(home)).not.toBe(before);
      const counts = JSON.parse(await ok(['status', '--json'], { home, env })) as { memories: number };
      expect(counts.memories).toBe(SIZE + ADDED + Number(real.kept_both));
      const again = await run();
      expect(again).toMatchObject({ created: 0, kept_both: 0, total: SIZE });
      await ok(['undo', String(real.operation_id), '--json'], { home, env });
      expect(await digestOf(home)).toBe(before);
    },
    120_000,
  );
});

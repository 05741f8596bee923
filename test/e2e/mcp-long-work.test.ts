import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { fillStore } from '../support/many.ts';
import { type Connected, connectBinary } from '../support/mcp.ts';
import { digestOf } from '../support/stores.ts';

const MANY = 12_000;
const PAGED = 1_234;

let folder = '';
const homes = { large: '', paged: '' };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'memport-mcp-'));
  homes.large = join(folder, 'large');
  homes.paged = join(folder, 'paged');
  for (const [home, count] of [
    [homes.large, MANY],
    [homes.paged, PAGED],
  ] as const) {
    mkdirSync(home);
    await fillStore(join(home, 'memport.db'), count);
  }
  expect(runBinary(['export', join(homes.large, 'all.json')], homes.large).code).toBe(0);
}, 120_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Everything in a home and its exports, to see what a call has left behind. */
function filesOf(home: string): readonly string[] {
  return readdirSync(home, { recursive: true })
    .map(String)
    .filter(name => !/memport\.db-(wal|shm)$/.test(name))
    .sort();
}

/** Begins a call and cancels it as soon as its progress says that the phase has begun. */
async function cancelIn(
  server: Connected,
  phase: string,
  name: string,
  args: Record<string, unknown>,
): Promise<void> {
  const controller = new AbortController();
  const notes: string[] = [];
  const onprogress = ({ message = '' }: { readonly message?: string | undefined }): void => {
    notes.push(message);
    if (message.startsWith(phase)) controller.abort('enough');
  };
  await expect(server.call(name, args, { signal: controller.signal, onprogress })).rejects.toThrow();
  expect(notes.at(-1)).toMatch(new RegExp(`^${phase}`));
}

describe('progress', () => {
  test('of an export, an import and a restore grows to the total', async () => {
    const home = scratch();
    cpSync(homes.large, home, { recursive: true });
    const server = await connectBinary(home, { env: { MEMPORT_MCP_ALLOWED_PATHS: homes.large } });
    const run = async (name: string, args: Record<string, unknown>): Promise<Record<string, unknown>> => {
      const from = server.messages.length;
      const data = await server.ok(name, args, { onprogress: () => {} });
      const notes = server.messages
        .slice(from)
        .flatMap(message =>
          'method' in message && message.method === 'notifications/progress' ? [message.params] : [],
        );
      expect(notes.every(note => note?.total === 100)).toBe(true);
      const seen = notes.map(note => Number(note?.progress));
      // How many depends on how fast the machine is; the first and the last always come.
      expect(seen.length).toBeGreaterThanOrEqual(2);
      expect(seen).toEqual([...new Set(seen)].sort((a, b) => a - b));
      expect(seen.at(-1)).toBe(100);
      return data;
    };
    const { path } = await run('export_memories', {});
    await run('import_memories', { input_path: join(homes.large, 'all.json'), merge_strategy: 'keep-both' });
    runBinary(['add', 'One more.'], home);
    await run('create_backup', {});
    await run('verify_backup', { restore: true });
    const { plan_id } = await run('restore_from_backup', { input_path: path });
    await run('restore_from_backup', { plan_id });
    const { operation_id: _, ...undone } = await run('undo_operation', {});
    expect(undone).toMatchObject({ kind: 'restore' });
  }, 120_000);

  test('is only sent to who asks for it', async () => {
    const home = scratch();
    const server = await connectBinary(home);
    await server.ok('store_memory', { content: 'x' });
    await server.ok('export_memories');
    expect(server.messages.filter(message => 'method' in message)).toEqual([]);
  });
});

describe('a cancelled call', () => {
  test('import: leaves the store as it was, no file, and a server that goes on', async () => {
    const home = scratch();
    await fillStore(join(home, 'memport.db'), 10);
    const server = await connectBinary(home, { env: { MEMPORT_MCP_ALLOWED_PATHS: homes.large } });
    const [before, files] = [await digestOf(home), [...filesOf(home), 'exports']];
    const args = { input_path: join(homes.large, 'all.json'), merge_strategy: 'overwrite' };
    await cancelIn(server, 'importing', 'import_memories', args);
    expect(await server.ok('list_memories', { limit: 1 })).toMatchObject({ total: 10 });
    expect(await digestOf(home)).toBe(before);
    expect(filesOf(home)).toEqual(files.sort());
    expect(await server.ok('import_memories', args)).toMatchObject({ total: MANY });
  }, 120_000);

  test.each(['writing', 'verifying'])(
    'export, while %s: leaves no file',
    async phase => {
      const server = await connectBinary(homes.large);
      const files = new Set([...filesOf(homes.large), 'exports']);
      await cancelIn(server, phase, 'export_memories', {});
      await expect.poll(() => filesOf(homes.large), { timeout: 10_000 }).toEqual([...files].sort());
      expect(await server.ok('list_memories', { limit: 1 })).toMatchObject({ total: MANY });
    },
    120_000,
  );

  test.each(['writing', 'verifying'])(
    'backup, while %s: leaves no file',
    async phase => {
      const server = await connectBinary(homes.large);
      const backups = join(homes.large, 'backups');
      await cancelIn(server, phase, 'create_backup', {});
      await expect.poll(() => readdirSync(backups), { timeout: 10_000 }).toEqual([]);
      expect(await server.ok('create_backup')).toMatchObject({ backup: { memories: MANY } });
      rmSync(backups, { recursive: true });
    },
    120_000,
  );

  test('index: leaves whole files, and goes on from there', async () => {
    const [home, root] = [scratch(), scratch()];
    for (let n = 0; n < 200; n++) {
      const functions = Array.from({ length: 40 }, (_, m) => `def f${n}_${m}(): return ${m}\n`);
      writeFileSync(join(root, `f${n}.py`), functions.join(''));
    }
    const server = await connectBinary(home, { env: { MEMPORT_MCP_ALLOWED_PATHS: root } });
    await cancelIn(server, 'indexing', 'index_codebase', { path: root, project: 'p' });
    const done = await server.ok('index_codebase', { path: root, project: 'p' });
    expect(done).toMatchObject({ files: 200, units: 8000 });
    const found = runBinary(['search-code', 'f199_39', '--json', '--limit', '1'], home).stdout.toString();
    expect(found).toContain('"name":"f199_39"');
  }, 120_000);

  test('restore: leaves the store as it was', async () => {
    const home = scratch();
    await fillStore(join(home, 'memport.db'), 10);
    expect(runBinary(['export', join(homes.large, 'whole.tar.gz')], homes.large).code).toBe(0);
    const server = await connectBinary(home, { env: { MEMPORT_MCP_ALLOWED_PATHS: homes.large } });
    const before = await digestOf(home);
    const { plan_id } = await server.ok('restore_from_backup', {
      input_path: join(homes.large, 'whole.tar.gz'),
    });
    await cancelIn(server, 'restoring', 'restore_from_backup', { plan_id });
    expect(await server.ok('list_memories', { limit: 1 })).toMatchObject({ total: 10 });
    expect(await digestOf(home)).toBe(before);
  }, 120_000);
});

describe('pages', () => {
  test.each([100, 7])(
    'of %i give each of more than a thousand memories once',
    async limit => {
      const server = await connectBinary(homes.paged);
      const ids: string[] = [];
      let [cursor, count]: [string | null, number] = [null, 0];
      do {
        const page: Record<string, unknown> = await server.ok('list_memories', {
          limit,
          ...(cursor && { cursor }),
        });
        expect(page.total).toBe(PAGED);
        ids.push(...(page.memories as { id: string }[]).map(({ id }) => id));
        cursor = typeof page.next_cursor === 'string' ? page.next_cursor : null;
        count += 1;
      } while (cursor !== null);
      expect(count).toBe(Math.ceil(PAGED / limit));
      const listed = runBinary(['list', '--all', '--json'], homes.paged).stdout.toString().trim().split('\n');
      expect(ids).toEqual(listed.map(line => (JSON.parse(line) as { id: string }).id));
    },
    60_000,
  );

  test('stay right while others write', async () => {
    const home = scratch();
    cpSync(homes.paged, home, { recursive: true });
    const server = await connectBinary(home);
    const first = await server.ok('list_memories', { limit: 100 });
    const ids = (page: Record<string, unknown>): readonly string[] =>
      (page.memories as { id: string }[]).map(({ id }) => id);
    await server.ok('store_memory', { content: 'In front of all.' });
    await server.ok('delete_memory', { id: ids(first)[5] });
    const second = await server.ok('list_memories', { limit: 100, cursor: first.next_cursor });
    const all = runBinary(['list', '--limit', '200', '--json'], homes.paged)
      .stdout.toString()
      .trim()
      .split('\n');
    expect([...ids(first), ...ids(second)]).toEqual(all.map(line => (JSON.parse(line) as { id: string }).id));
  }, 60_000);
});

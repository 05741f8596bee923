import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ok, scratch } from '../support/cli.ts';
import type { Connect, Connected, ConnectOptions } from '../support/mcp.ts';
import { digestOf, fillHome, linesOf } from '../support/stores.ts';

interface Shown {
  readonly id: string;
  readonly path: string;
  readonly state: string;
  readonly problem: string | null;
}

interface Setting {
  readonly home: string;
  readonly server: Connected;
}

/** What the command line lists. */
async function listed(home: string): Promise<readonly Shown[]> {
  const lines = await ok(['backup', 'list', '--json'], { home });
  return lines
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Shown);
}

function backupOf(data: Record<string, unknown>): Shown {
  return data.backup as Shown;
}

function backupsOf(data: Record<string, unknown>): readonly Shown[] {
  return data.backups as readonly Shown[];
}

/** Makes a file other than what was written. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0xff, at);
  writeFileSync(path, bytes);
}

async function read(server: Connected, uri: string): Promise<Record<string, unknown>> {
  const [first] = (await server.client.readResource({ uri })).contents;
  return first && 'text' in first ? (JSON.parse(first.text) as Record<string, unknown>) : {};
}

/** The tools of backups with every argument, their effects looked up with the command line. */
export function backupToolSuite(connect: Connect): void {
  async function filled(options: ConnectOptions = {}): Promise<Setting> {
    const home = scratch();
    await fillHome(home);
    return { home, server: await connect(home, options) };
  }

  async function make(server: Connected, args: Record<string, unknown> = {}): Promise<Shown> {
    return backupOf(await server.ok('create_backup', args));
  }

  describe('create_backup', () => {
    test.each(['archive', 'json', 'markdown', undefined])('makes one of format %s, proven', async format => {
      const { home, server } = await filled();
      const { text, data } = await server.call('create_backup', format === undefined ? {} : { format });
      const backup = backupOf(data);
      expect(backup).toMatchObject({
        format: format ?? 'archive',
        trigger: 'manual',
        state: 'verified',
        encrypted: false,
        memories: 5,
      });
      expect(data.shrunk_from).toBeNull();
      expect(text).toContain(backup.id);
      expect(text).toContain('5 memories');
      expect(await listed(home)).toEqual([backup]);
      await ok(['backup', 'verify', backup.id, '--restore'], { home });
    });

    test('goes by the settings: format, destination, encryption', async () => {
      const { home, server } = await filled();
      const folder = scratch();
      await ok(['key', 'generate'], { home });
      for (const [name, value] of [
        ['backup_format', 'json'],
        ['backup_destination', folder],
        ['backup_encrypt', 'true'],
      ])
        await ok(['config', 'set', String(name), String(value)], { home });
      const backup = await make(server);
      expect(backup).toMatchObject({ format: 'json', encrypted: true });
      expect(readdirSync(folder)).toHaveLength(2);
      expect(readFileSync(backup.path).subarray(0, 21).toString()).toBe('age-encryption.org/v1');
      expect(await server.ok('verify_backup', {})).toMatchObject({ verified: 1, locked: 0 });
      await server.ok('store_memory', { content: 'One more.' });
      const plan = await server.ok('restore_from_backup', { backup_id: 'latest' });
      const { safety_backup } = await server.ok('restore_from_backup', { plan_id: plan.plan_id });
      // What was there before is no less secret.
      expect(String(safety_backup)).toMatch(/-safety\.tar\.gz\.age$/);
    });

    test('makes none where it is to be encrypted and there is no key', async () => {
      const { home, server } = await filled();
      await ok(['config', 'set', 'backup_encrypt', 'true'], { home });
      const called = await server.call('create_backup');
      expect(called).toMatchObject({ isError: true, code: 'no_key' });
      expect(called.text).toMatch(/\nNext: .*memport key generate/);
      expect(await listed(home)).toEqual([]);
    });

    test('warns when the store has lost more than half', async () => {
      const { home, server } = await filled();
      const before = await make(server);
      for (const line of (await linesOf(home)).slice(0, 3))
        await server.ok('delete_memory', { id: (JSON.parse(line) as { id: string }).id });
      const { text, data } = await server.call('create_backup');
      expect(data).toMatchObject({ shrunk_from: 5, backup: { memories: 2, shrunken: true } });
      expect(text).toMatch(new RegExp(`Warning: .*restore_from_backup with backup_id ${before.id}`));
    });

    test.each([
      [{ format: 'zip' }, /format/],
      [{ destination: '/tmp' }, /destination/],
    ])('refuses %j', async (args, message) => {
      const { home, server } = await filled();
      const called = await server.call('create_backup', args);
      expect(called).toMatchObject({ isError: true, code: 'usage' });
      expect(called.text).toMatch(message);
      expect(await listed(home)).toEqual([]);
    });

    test('has nothing to back up in an empty home, and does without a disk that is away', async () => {
      const empty = scratch();
      const server = await connect(empty);
      expect(await server.call('create_backup')).toMatchObject({ isError: true, code: 'not_found' });
      expect(existsSync(join(empty, 'memport.db'))).toBe(false);
      const { home, server: other } = await filled();
      await ok(['config', 'set', 'backup_destination', join(scratch(), 'gone')], { home });
      const called = await other.call('create_backup');
      expect(called).toMatchObject({ isError: true, code: 'not_found' });
      expect(called.text).toMatch(/\nNext: .*disk/);
    });
  });

  describe('list_backups', () => {
    test('[P5-04] lists what the command line lists, with the state of each', async () => {
      const { home, server } = await filled();
      const made = [];
      for (let n = 0; n < 4; n++) made.push(await make(server));
      const [changed, gone, bare] = made.slice(1);
      damage(String(changed?.path));
      rmSync(String(gone?.path));
      rmSync(`${bare?.path}.json`);
      const { text, data } = await server.call('list_backups');
      const states = new Map(backupsOf(data).map(({ id, state }) => [id, state]));
      expect(made.map(({ id }) => states.get(id))).toEqual(['verified', 'damaged', 'damaged', 'no_sidecar']);
      const byId = (a: Shown, b: Shown): number => (a.id < b.id ? 1 : -1);
      expect(backupsOf(data)).toEqual([...(await listed(home))].sort(byId));
      expect(data).toMatchObject({ folders: [join(home, 'backups')], next_cursor: null });
      for (const { id } of made) expect(text).toContain(id);
      expect(text).toContain('the file is missing');
    });

    test('comes in pages, also of two folders, with each backup once', async () => {
      const { home, server } = await filled();
      for (let n = 0; n < 3; n++) await make(server);
      await ok(['config', 'set', 'backup_destination', scratch()], { home });
      for (let n = 0; n < 2; n++) await make(server);
      const found: string[] = [];
      let cursor: unknown;
      do {
        const { data, text } = await server.call('list_backups', {
          limit: 2,
          ...(cursor !== undefined && { cursor }),
        });
        found.push(...backupsOf(data).map(({ path }) => path));
        cursor = data.next_cursor;
        if (cursor !== null) expect(text).toContain(`cursor ${String(cursor)}`);
      } while (cursor !== null);
      expect([...found].sort()).toEqual((await listed(home)).map(({ path }) => path).sort());
      expect(found).toHaveLength(5);
    });

    test('says when there are none', async () => {
      const server = await connect(scratch());
      const { text, data } = await server.call('list_backups');
      expect(data).toMatchObject({ backups: [], next_cursor: null });
      expect(text).toContain('create_backup');
    });

    test('refuses a cursor of something else, and says when the folder is gone', async () => {
      const { home, server } = await filled();
      for (const args of [{ cursor: 'x' }, { limit: 0 }, { limit: 101 }, { project: 'shop' }])
        expect(await server.call('list_backups', args)).toMatchObject({ isError: true, code: 'usage' });
      await ok(['config', 'set', 'backup_destination', join(scratch(), 'gone')], { home });
      const called = await server.call('list_backups');
      expect(called).toMatchObject({ isError: true, code: 'not_found' });
      expect(called.text).toMatch(/\nNext: .*disk/);
    });
  });

  describe('verify_backup', () => {
    test('reads one, by id, by a part of it, or the latest', async () => {
      const { home, server } = await filled();
      const { id, path } = await make(server);
      for (const args of [
        {},
        { backup_id: id },
        { backup_id: id.slice(-4) },
        { backup_id: 'latest', restore: true },
      ]) {
        const { text, data } = await server.call('verify_backup', args);
        const restored = 'restore' in args;
        expect(data).toMatchObject({
          verified: 1,
          damaged: 0,
          locked: 0,
          checks: [
            {
              id,
              path,
              result: 'verified',
              problem: null,
              content_digest: await digestOf(home),
              restored,
              noted: true,
            },
          ],
          passed_over: [],
        });
        expect(text).toContain(restored ? 'restores to the same' : `${id}: verified`);
      }
    });

    test('reads all, tells which are damaged, and notes what it found', async () => {
      const { home, server } = await filled();
      const [first, second] = [await make(server), await make(server)];
      damage(first.path);
      const seen: number[] = [];
      const onprogress = ({ progress }: { readonly progress: number }): void => void seen.push(progress);
      const { text, data, isError } = await server.call('verify_backup', { all: true }, { onprogress });
      expect(seen.length).toBeGreaterThan(0);
      expect({ isError, data }).toMatchObject({
        isError: false,
        data: { verified: 1, damaged: 1, locked: 0 },
      });
      expect(text).toMatch(new RegExp(`${first.id}: damaged, `));
      expect(text).toContain('create_backup');
      const sidecar = JSON.parse(readFileSync(`${second.path}.json`, 'utf8')) as { verified_at: string };
      const [known] = (await listed(home)).filter(({ id }) => id === second.id);
      expect(known).toMatchObject({ verified_at: sidecar.verified_at, state: 'verified' });
    });

    test('tells how far it is with one', async () => {
      const { server } = await filled();
      const { id } = await make(server);
      const seen: number[] = [];
      const onprogress = ({ progress }: { readonly progress: number }): void => void seen.push(progress);
      await server.ok('verify_backup', { backup_id: id, restore: true }, { onprogress });
      expect(seen.at(-1)).toBe(100);
      expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    });

    test('passes over newer damaged ones on the way to the latest', async () => {
      const { server } = await filled();
      const first = await make(server);
      const second = await make(server);
      const [older, newer] = first.id < second.id ? [first, second] : [second, first];
      damage(newer.path);
      const { text, data } = await server.call('verify_backup', { backup_id: 'latest' });
      expect(data).toMatchObject({ checks: [{ id: older.id, result: 'verified' }] });
      // Two of one second have no order that could be told beforehand.
      for (const { id } of data.passed_over as { id: string }[]) expect(text).toContain(`passed over: ${id}`);
    });

    test('says of an encrypted one without its key that nobody looked inside', async () => {
      const { home, server } = await filled();
      await ok(['key', 'generate'], { home });
      await ok(['config', 'set', 'backup_encrypt', 'true'], { home });
      const { id } = await make(server);
      rmSync(join(home, 'keys'), { recursive: true });
      const { text, data } = await server.call('verify_backup', { backup_id: id });
      expect(data).toMatchObject({ verified: 0, locked: 1, checks: [{ result: 'locked' }] });
      expect(text).toContain('command line');
    });

    test('answers that there are none to all of none', async () => {
      const server = await connect(scratch());
      const { text, data } = await server.call('verify_backup', { all: true });
      expect(data).toMatchObject({ verified: 0, damaged: 0, checks: [] });
      expect(text).toContain('create_backup');
    });

    test.each([
      [{}, 'not_found', /list_backups/],
      [{ backup_id: 'beef' }, 'not_found', /list_backups/],
      [{ backup_id: '../../memport.db' }, 'not_found', /list_backups/],
      [{ backup_id: 'latest', all: true }, 'usage', /backup_id/],
      [{ backup_id: '' }, 'usage', /backup_id/],
    ])('refuses %j', async (args, code, next) => {
      const { server } = await filled();
      const called = await server.call('verify_backup', args);
      expect(called).toMatchObject({ isError: true, code });
      expect(called.text).toMatch(/\nNext: ./);
      expect(called.text.split('\nNext: ')[1]).toMatch(next);
    });
  });

  describe('restore_from_backup by backup_id', () => {
    test.each(['id', 'prefix', 'latest'] as const)('[P5-05] takes the %s', async how => {
      const { home, server } = await filled();
      const before = await digestOf(home);
      const { id, path } = await make(server);
      await server.ok('store_memory', { content: 'Too much.' });
      const backup_id = { id, prefix: id.slice(0, -2), latest: 'latest' }[how];
      const { text, data } = await server.call('restore_from_backup', { backup_id });
      expect(data).toMatchObject({ input: path, removed: 1, restored: false, passed_over: [] });
      expect(text).toContain(String(data.plan_id));
      expect(await linesOf(home)).toHaveLength(6);
      await server.ok('restore_from_backup', { plan_id: data.plan_id });
      expect(await digestOf(home)).toBe(before);
    });

    test('says which damaged ones it passes over for the latest', async () => {
      const { home, server } = await filled();
      const { id } = await make(server);
      const newer = join(home, 'backups', 'memport-x-29990101T000000Z-aaaa-manual.tar.gz');
      writeFileSync(newer, readFileSync((await listed(home))[0]?.path ?? ''));
      writeFileSync(
        `${newer}.json`,
        readFileSync(`${(await listed(home)).find(b => b.id === id)?.path}.json`),
      );
      const { text, data } = await server.call('restore_from_backup', { backup_id: 'latest' });
      expect(data.passed_over).toEqual([
        { id: '29990101T000000Z-aaaa', problem: expect.stringContaining('sidecar') },
      ]);
      expect(text).toContain('passed over: 29990101T000000Z-aaaa');
      expect(data.input).toContain(id);
    });

    test('refuses a damaged one, and a plan whose file has changed', async () => {
      const { home, server } = await filled();
      const { id, path } = await make(server);
      await server.ok('store_memory', { content: 'Too much.' });
      const after = await digestOf(home);
      const { plan_id } = await server.ok('restore_from_backup', { backup_id: id });
      damage(path);
      expect(await server.call('restore_from_backup', { plan_id })).toMatchObject({ code: 'safety_stop' });
      const called = await server.call('restore_from_backup', { backup_id: id });
      expect(called).toMatchObject({ isError: true, code: 'integrity' });
      expect(called.text).toMatch(/\nNext: .*list_backups/);
      expect(await digestOf(home)).toBe(after);
    });

    test.each([
      [{ backup_id: 'beef' }, 'not_found', /list_backups/],
      [{ backup_id: 'latest' }, 'not_found', /create_backup/],
      [{ backup_id: 'latest', input_path: 'a' }, 'usage', /plan_id/],
      [{ backup_id: 'latest', plan_id: 'a' }, 'usage', /plan_id/],
    ])('refuses %j', async (args, code, next) => {
      const { server } = await filled();
      const called = await server.call('restore_from_backup', args);
      expect(called).toMatchObject({ isError: true, code });
      expect(called.text.split('\nNext: ')[1]).toMatch(next);
    });
  });

  describe('backup_status and the resources', () => {
    test('tell how the backups stand', async () => {
      const { home, server } = await filled();
      const none = await server.call('backup_status');
      expect(none.data).toMatchObject({
        newest_verified: null,
        enabled: false,
        schedule: '0 2 * * *',
        next_run: null,
        retry: null,
        last_run: null,
        runs: [],
        destination: join(home, 'backups'),
        warnings: ['there is no verified backup: memport backup create'],
      });
      expect(none.text).toMatch(/^Warning: there is no verified backup.*create_backup/s);
      const backup = await make(server);
      await ok(['backup', 'config', 'set', 'enable_auto_backup', 'true'], { home });
      const { text, data } = await server.call('backup_status');
      expect(data).toMatchObject({
        newest_verified: { id: backup.id, path: backup.path },
        enabled: true,
        warnings: [],
      });
      expect(Number((data.newest_verified as { age_seconds: number }).age_seconds)).toBeLessThan(300);
      expect(Date.parse(String(data.next_run))).toBeGreaterThan(Date.now());
      expect(text).toContain(backup.id);
      expect(text).not.toContain('Warning');
      expect(await read(server, 'memport://status')).toMatchObject({
        memories: 5,
        backups: { newest_verified: { id: backup.id }, warnings: [] },
      });
      expect(await read(server, 'memport://backups')).toMatchObject({
        enabled: true,
        backups: [backup],
        complete: true,
      });
      expect(await server.call('backup_status', { project: 'x' })).toMatchObject({ code: 'usage' });
    });

    test('tell of the runs of the schedule', async () => {
      const { home, server } = await filled();
      await ok(['config', 'set', 'backup_timezone', 'UTC'], { home });
      await ok(['backup', 'config', 'set', 'enable_auto_backup', 'true'], { home });
      const at = new Date().toISOString();
      const run = { slot: at, slots: 1, started_at: at, finished_at: at, attempts: 4, backup: null };
      const runs = Array.from({ length: 12 }, () => ({ ...run, result: 'failed', error: 'no disk' }));
      writeFileSync(join(home, 'state.json'), JSON.stringify({ settled: at, retry: null, runs }));
      const { text, data } = await server.call('backup_status');
      expect(data).toMatchObject({ timezone: 'UTC', last_run: runs[0], runs: runs.slice(0, 10) });
      expect(text).toMatch(/Warning: the last automatic backup failed.*no disk/);
      expect(text).toContain('0 2 * * * in UTC');
      expect(text).toContain(`The last automatic run, ${at}: failed.`);
    });

    test('do not fail where the folder is gone, but warn', async () => {
      const { home, server } = await filled();
      const folder = join(scratch(), 'disk');
      mkdirSync(folder);
      await ok(['config', 'set', 'backup_destination', folder], { home });
      await make(server);
      rmSync(folder, { recursive: true });
      const { data } = await server.call('backup_status');
      expect(data.warnings).toContainEqual(expect.stringContaining(folder));
      expect(await read(server, 'memport://status')).toMatchObject({ memories: 5 });
      await expect(read(server, 'memport://backups')).rejects.toMatchObject({ code: -32602 });
    });
  });
}

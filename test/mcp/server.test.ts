import { realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ok, scratch } from '../support/cli.ts';
import { type ConnectOptions, connectHere } from '../support/mcp.ts';
import { digestOf, fillHome, linesOf } from '../support/stores.ts';

const MODERN = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;

describe('a server', () => {
  test('greets with what it is for, and opens nothing', async () => {
    const home = scratch();
    const { client } = await connectHere(home);
    expect(client.getServerVersion()).toMatchObject({ name: 'memport' });
    expect(client.getInstructions()).toMatch(/long-term memory.*search_memories.*store_memory/s);
    expect(client.getServerCapabilities()).toMatchObject({ tools: {}, resources: {}, logging: {} });
  });

  test('ends when it is asked to, with 0', async () => {
    const server = await connectHere(scratch());
    await server.ok('store_memory', { content: 'x' });
    expect(await server.stop()).toBe(0);
    expect(server.stderr.bytes.toString()).toBe('');
  });

  test('tells on standard error what a client does wrong, when it is asked to', async () => {
    const server = await connectHere(scratch(), { args: ['--verbose'] });
    server.stdin.write('[1]\n');
    await server.ok('store_memory', { content: 'x' });
    expect(server.stderr.bytes.toString()).toMatch(/^memport: ./);
  });

  test('says nothing of it otherwise', async () => {
    const server = await connectHere(scratch());
    server.stdin.write('[1]\n');
    await server.ok('store_memory', { content: 'x' });
    expect(server.stderr.bytes.toString()).toBe('');
  });

  test('logs a restore to the clients that listen', async () => {
    const home = scratch();
    await fillHome(home);
    const told: unknown[] = [];
    const server = await connectHere(home, {
      prepare: client =>
        client.setNotificationHandler('notifications/message', ({ params }) => void told.push(params)),
    });
    await server.ok('export_memories', { output_path: 'a.tar.gz' });
    await server.ok('store_memory', { content: 'too much' });
    const { plan_id } = await server.ok('restore_from_backup', { input_path: 'a.tar.gz' });
    await server.ok('restore_from_backup', { plan_id });
    expect(told).toEqual([
      {
        level: 'info',
        logger: 'memport',
        data: expect.stringMatching(/^restored .*a\.tar\.gz: .*1 removed/),
      },
    ]);
  });

  test('goes by the settings as they are at the call', async () => {
    const home = scratch();
    const server = await connectHere(home);
    await server.ok('store_memory', { content: 'with a vector' });
    await ok(['config', 'set', 'embedding_provider', 'none'], { home });
    const { memory } = await server.ok('store_memory', { content: 'without one' });
    expect(memory).toMatchObject({ embedding_model: null });
    expect(await server.ok('search_memories', { query: 'without' })).toMatchObject({ results: [{ memory }] });
    writeFileSync(join(home, 'memport.json'), '{"embedding_provider": "magic"}');
    const called = await server.call('search_memories', { query: 'x' });
    expect(called).toMatchObject({ isError: true, code: 'usage' });
    expect(called.text).toContain('embedding_provider');
  });

  test('does not start with settings that are wrong', async () => {
    const home = scratch();
    writeFileSync(join(home, 'memport.json'), '{"mcp_allowed_paths": ["relative"]}');
    await expect(ok(['mcp'], { home })).rejects.toThrow(/mcp_allowed_paths.*absolute/);
  });

  test('reports damage as damage, in a tool and in a resource', async () => {
    const home = scratch();
    writeFileSync(join(home, 'memport.db'), 'not a database, for sure'.repeat(400));
    const server = await connectHere(home);
    const called = await server.call('list_memories');
    expect(called).toMatchObject({ isError: true });
    expect(called.text).not.toMatch(/^(not_found|usage|failed)/);
    await expect(server.client.readResource({ uri: 'memport://status' })).rejects.toMatchObject({
      code: -32603,
    });
  });

  test('keeps exact what a client gives back of what it was shown', async () => {
    const home = scratch();
    const [id = ''] = await fillHome(home);
    const server = await connectHere(home);
    const before = await digestOf(home);
    await server.ok('get_memory', { id });
    await server.ok('list_memories');
    await server.ok('search_memories', { query: 'cents' });
    expect(await digestOf(home)).toBe(before);
  });
});

describe('progress', () => {
  test('is sent to who asks for it', async () => {
    const home = scratch();
    await fillHome(home);
    const server = await connectHere(home);
    const seen: number[] = [];
    const onprogress = ({ progress }: { readonly progress: number }): void => void seen.push(progress);
    await server.ok('export_memories', {}, { onprogress });
    expect(seen.length).toBeGreaterThan(0);
    await server.ok('list_memories', {}, { onprogress });
  });
});

describe.each([
  ['2025', {}],
  ['2026', MODERN],
] as const)('the open folders of a client of %s', (_era, revision) => {
  const withRoots = (uris: readonly unknown[]): ConnectOptions => ({
    client: { ...revision, capabilities: { roots: {} } },
    prepare: client =>
      client.setRequestHandler('roots/list', () => ({ roots: uris.map(uri => ({ uri: String(uri) })) })),
  });

  test('are allowed as well', async () => {
    const [home, folder] = [scratch(), realpathSync(scratch())];
    await fillHome(home);
    const server = await connectHere(home, withRoots([pathToFileURL(folder), 'file://share/x']));
    const { path } = await server.ok('export_memories', { output_path: join(folder, 'a.json') });
    expect(path).toBe(join(folder, 'a.json'));
    expect(await server.ok('import_memories', { input_path: path })).toMatchObject({ total: 5 });
    const elsewhere = await server.call('import_memories', { input_path: join(scratch(), 'x') });
    expect(elsewhere).toMatchObject({ isError: true, code: 'usage' });
    expect(await linesOf(home)).toHaveLength(5);
  });

  test('are not asked for where the client does not know any', async () => {
    const server = await connectHere(scratch(), { client: revision });
    const called = await server.call('import_memories', { input_path: '/etc/hostname' });
    expect(called).toMatchObject({ isError: true, code: 'usage' });
  });
});

import { existsSync, linkSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { ok, scratch } from '../support/cli.ts';
import { connectBinary } from '../support/mcp.ts';
import { fillHome } from '../support/stores.ts';

/** A home with some links in its exports, and a folder beside it that no rule allows. */
async function place(): Promise<{ home: string; outside: string }> {
  const [home, outside] = [scratch(), scratch()];
  await fillHome(home);
  mkdirSync(join(home, 'exports'));
  mkdirSync(join(home, 'keys'));
  writeFileSync(join(home, 'keys', 'secret.json'), '[]');
  await ok(['export', join(outside, 'all.json')], { home });
  symlinkSync(outside, join(home, 'exports', 'folder'));
  symlinkSync(join(outside, 'all.json'), join(home, 'exports', 'file.json'));
  symlinkSync(join(outside, 'new.json'), join(home, 'exports', 'nothing.json'));
  symlinkSync(join(home, 'exports', 'loop.json'), join(home, 'exports', 'loop.json'));
  return { home, outside };
}

const everything = (folder: string): readonly string[] => readdirSync(folder).sort();

describe('paths that are refused', () => {
  const cases: readonly (readonly [string, (home: string, outside: string) => string])[] = [
    ['an absolute one outside', (_, outside) => join(outside, 'all.json')],
    ['one through ..', () => '../memport.json'],
    ['one through .. from inside', home => `${home}/exports/../memport.db`],
    ['one through .. with backslashes', () => '..\\..\\x.json'],
    ['a link to a folder outside', () => 'folder/all.json'],
    ['a link to a file outside', () => 'file.json'],
    ['a link to nothing outside', () => 'nothing.json'],
    ['a link to itself', () => 'loop.json'],
    ['a share of the network', () => '\\\\server\\share\\x.json'],
    ['a share of the network with slashes', () => '//server/share/x.json'],
    ['one with NUL', () => 'x.json\0.tar.gz'],
    ['none', () => ' '],
    ['the store', home => join(home, 'memport.db')],
    ['the settings', home => join(home, 'memport.json')],
    ['a key', home => join(home, 'keys', 'secret.json')],
    ['a file of the system', () => '/etc/passwd'],
    ['a device', () => '/dev/null'],
    ['one in a folder that is not there', () => '/no/such/folder/x.json'],
    ["the user's home", () => '~/x.json'],
  ];

  test.each(cases)('%s: by every tool, and nothing is written', async (_what, make) => {
    const { home, outside } = await place();
    const server = await connectBinary(home);
    const before = [everything(outside), everything(home), everything(join(home, 'exports'))];
    const path = make(home, outside);
    for (const [tool, args] of [
      ['export_memories', { output_path: path }],
      ['import_memories', { input_path: path }],
      ['import_memories', { input_path: path, dry_run: true }],
      ['restore_from_backup', { input_path: path }],
    ] as const) {
      const called = await server.call(tool, args);
      expect({ tool, ...called }).toMatchObject({ isError: true, code: 'usage' });
      expect(called.text).toMatch(/\nNext: /);
    }
    const shm = (name: string): boolean => !/^memport\.db-/.test(name);
    expect([everything(outside), everything(home).filter(shm), everything(join(home, 'exports'))]).toEqual([
      before[0],
      before[1]?.filter(shm),
      before[2],
    ]);
  });

  test('a project called ../../x is a name and no path', async () => {
    const { home, outside } = await place();
    const server = await connectBinary(home);
    await server.ok('store_memory', { content: 'x', project: '../../x' });
    const before = everything(outside);
    const { path, memories } = await server.ok('export_memories', { project: '../../x' });
    expect(String(path).startsWith(join(home, 'exports', 'memport-'))).toBe(true);
    expect(memories).toBe(1);
    await server.ok('import_memories', { input_path: path, rename_projects: { '../../x': '/etc/x' } });
    expect(everything(outside)).toEqual(before);
    for (const path of [join(home, '../../x'), join(home, 'exports/../../x'), '/etc/x'])
      expect(existsSync(path)).toBe(false);
  });
});

describe('paths that are allowed', () => {
  test('the exports and the backups of the home', async () => {
    const { home } = await place();
    mkdirSync(join(home, 'backups'));
    const server = await connectBinary(home);
    for (const path of ['a.json', join(home, 'exports', 'b.json'), join(home, 'backups', 'c.json')])
      await server.ok('export_memories', { output_path: path, format: 'json' });
    linkSync(join(home, 'exports', 'a.json'), join(home, 'exports', 'again.json'));
    for (const path of ['a.json', 'again.json', join(home, 'backups', 'c.json')])
      expect(await server.ok('import_memories', { input_path: path })).toMatchObject({ unchanged: 5 });
  });

  test('folders of the setting, from the next call on', async () => {
    const { home, outside } = await place();
    const server = await connectBinary(home);
    const args = { output_path: join(outside, 'new.json'), format: 'json' };
    const refused = await server.call('export_memories', args);
    expect(refused).toMatchObject({ isError: true, code: 'usage' });
    expect(refused.text).toContain('mcp_allowed_paths');
    await ok(['config', 'set', 'mcp_allowed_paths', outside], { home });
    await server.ok('export_memories', args);
    expect(everything(outside)).toEqual(['all.json', 'new.json']);
    expect(await server.ok('import_memories', { input_path: 'folder/all.json' })).toMatchObject({
      unchanged: 5,
    });
  });

  test.each([
    ['2025', {}],
    ['2026', { versionNegotiation: { mode: { pin: '2026-07-28' } } }],
  ] as const)('folders that the client has open, in the revision of %s', async (_era, options) => {
    const { home, outside } = await place();
    let asked = 0;
    const server = await connectBinary(home, {
      client: { ...options, capabilities: { roots: {} } },
      prepare: client =>
        client.setRequestHandler('roots/list', () => {
          asked += 1;
          return { roots: [{ uri: pathToFileURL(outside).href, name: 'outside' }] };
        }),
    });
    await server.ok('export_memories', { output_path: 'inside.json' });
    expect(asked).toBe(0);
    await server.ok('export_memories', { output_path: join(outside, 'root.json') });
    expect(asked).toBe(1);
    expect(everything(outside)).toContain('root.json');
    const elsewhere = await server.call('export_memories', { output_path: join(scratch(), 'x.json') });
    expect(elsewhere).toMatchObject({ isError: true, code: 'usage' });
    const store = await server.call('export_memories', { output_path: join(home, 'x.json') });
    expect(store).toMatchObject({ isError: true, code: 'usage' });
  });
});

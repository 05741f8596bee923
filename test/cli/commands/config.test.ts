import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';

describe('config', () => {
  test('set, get, show and unset; unknown settings of the file are kept and warned about', async () => {
    const home = scratch();
    const file = join(home, 'memport.json');
    expect(await ok(['config', 'path'], { home })).toBe(file);
    writeFileSync(file, '{"from_the_future": {"a": 1}}');
    await ok(['config', 'set', 'merge_strategy', 'skip'], { home });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      from_the_future: { a: 1 },
      merge_strategy: 'skip',
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(await memport(['config', 'get', 'merge_strategy'], { home })).toMatchObject({
      code: 0,
      stdout: 'skip\n',
      stderr: expect.stringContaining('from_the_future'),
    });
    expect(JSON.parse(await ok(['config', '--json'], { home }))).toMatchObject({
      merge_strategy: { value: 'skip', from: 'file' },
      store_busy_timeout: { value: 10, from: 'default' },
    });
    expect(await ok(['config', 'show'], { home })).toMatch(/merge_strategy +skip +file/);
    expect(await ok(['config', 'unset', 'merge_strategy', '--json'], { home })).toBe(
      '{"unset":"merge_strategy"}',
    );
    expect(await ok(['config', 'unset', 'merge_strategy', '--json'], { home })).toBe('{"unset":null}');
    expect(await ok(['config', 'get', 'merge_strategy', '--json'], { home })).toBe('"keep-newer"');
  });

  test('says what it did, with --json what there is now', async () => {
    const home = join(scratch(), 'new');
    const run = (...args: string[]) => memport(['config', ...args], { home, cwd: '/' });
    expect(await run('set', 'store_busy_timeout', '7')).toMatchObject({
      code: 0,
      stdout: '',
      stderr: 'store_busy_timeout is 7\n',
    });
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(await run('set', 'store_busy_timeout', '8', '--json')).toMatchObject({
      stdout: '{"store_busy_timeout":8}\n',
      stderr: '',
    });
    expect((await run('unset', 'store_busy_timeout')).stderr).toBe(
      'store_busy_timeout has its default again\n',
    );
    expect((await run('unset', 'store_busy_timeout')).stderr).toBe('store_busy_timeout was not set\n');
    expect((await run('path', '--json')).stdout).toBe(`${JSON.stringify(join(home, 'memport.json'))}\n`);
  });

  test('show warns of settings that it does not know', async () => {
    const home = scratch();
    writeFileSync(join(home, 'memport.json'), '{"from_the_future": 1}');
    const { code, stdout, stderr } = await memport(['config', 'show'], { home });
    expect(code).toBe(0);
    expect(stdout).not.toContain('from_the_future');
    expect(stderr).toMatch(/^warning: .*from_the_future/);
  });

  test('the environment wins over the file', async () => {
    const home = scratch();
    await ok(['config', 'set', 'store_busy_timeout', '3'], { home });
    const env = { MEMPORT_STORE_BUSY_TIMEOUT: '4.5' };
    expect(await ok(['config', 'get', 'store_busy_timeout'], { home, env })).toBe('4.5');
    expect(
      await memport(['config', 'get', 'store_busy_timeout'], {
        home,
        env: { MEMPORT_STORE_BUSY_TIMEOUT: 'soon' },
      }),
    ).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('MEMPORT_STORE_BUSY_TIMEOUT'),
    });
  });

  test('the settings of embedders are checked, and what may hold a password is not shown', async () => {
    const home = scratch();
    const set = (name: string, value: string) => memport(['config', 'set', name, value], { home });
    for (const [name, value] of [
      ['embedding_offline', 'maybe'],
      ['embedding_dimensions', '1.5'],
      ['embedding_timeout', '0'],
      ['embedding_model', './folder'],
      ['embedding_model', ' padded'],
      ['embedding_provider', 'magic'],
    ] as const)
      expect(await set(name, value)).toMatchObject({ code: 2, stderr: expect.stringContaining(name) });
    const refused = await set('embedding_url', 'https://me:s3cret@host/v1');
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('without user, password') });
    expect(refused.stderr).not.toContain('s3cret');
    for (const [value, kept] of [
      ['1', true],
      ['false', false],
      ['true', true],
    ] as const) {
      await set('embedding_offline', value);
      expect(JSON.parse(await ok(['config', 'get', 'embedding_offline', '--json'], { home }))).toBe(kept);
    }
    expect((await set('embedding_url', '')).code).toBe(0);
  });

  test('an export tells neither addresses nor folders', async () => {
    const home = scratch();
    await ok(['add', 'x'], { home });
    const exported = async (model: string) => {
      const env = { MEMPORT_EMBEDDING_MODEL: model, MEMPORT_EMBEDDING_URL: 'http://intranet:1/v1' };
      const { stdoutBytes } = await memport(['export', '-'], { home, env });
      const file = join(home, 'x.tar.gz');
      writeFileSync(file, stdoutBytes);
      const member = 'portable_backup/config/export_config.json';
      return JSON.parse(execFileSync('tar', ['xzOf', file, member], { encoding: 'utf8' })) as object;
    };
    expect(await exported('owner/name')).toMatchObject({ embedding_model: 'owner/name' });
    expect(await exported('owner/name')).not.toHaveProperty('embedding_url');
    for (const folder of ['/home/me/model', '~/model', 'C:\\models\\x'])
      expect(await exported(folder)).not.toHaveProperty('embedding_model');
  });

  test.each([
    [['set', 'merge_strategy', 'best'], /can't be "best"/],
    [['set', 'store_busy_timeout', '-1'], /can't be "-1"/],
    [['set', 'store_busy_timeout', ''], /can't be ""/],
    [['set', 'no_such', '1'], /no setting/],
    [['get', '__proto__'], /no setting/],
    [['unset', 'no_such'], /no setting/],
  ])('%j is refused and changes nothing', async (args, message) => {
    const home = scratch();
    expect(await memport(['config', ...args], { home })).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(message),
    });
    expect(existsSync(join(home, 'memport.json'))).toBe(false);
  });

  test.each(['{"merge_strategy": "skip"', '[1]', ''])(
    'a file that is no object is named, not replaced: %j',
    async text => {
      const home = scratch();
      writeFileSync(join(home, 'memport.json'), text);
      expect(await memport(['config', 'set', 'merge_strategy', 'skip'], { home })).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('not a JSON object'),
      });
      expect(readFileSync(join(home, 'memport.json'), 'utf8')).toBe(text);
    },
  );
});

test('a configuration that is no file, or too large, or too deep, is a usage error', async () => {
  const home = scratch();
  const file = join(home, 'memport.json');
  mkdirSync(file);
  expect(await memport(['config'], { home })).toMatchObject({ code: 2 });
  rmdirSync(file);
  for (const text of [
    ' '.repeat(1024 * 1024 + 1),
    `{"merge_strategy":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  ]) {
    writeFileSync(file, text);
    const { code, stderr } = await memport(['config'], { home });
    expect(code).toBe(2);
    expect(stderr.length).toBeLessThan(1000);
  }
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../support/cli.ts';

describe('help and version', () => {
  test('every command is in the help, and has one of its own', async () => {
    const home = scratch();
    const help = await ok(['--help'], { home });
    const commands = [
      'add',
      'list',
      'show',
      'update',
      'delete',
      'search',
      'projects',
      'export',
      'import',
      'status',
      'config',
      'demo',
      'completion',
    ];
    for (const command of commands) {
      expect(help).toContain(`\n  ${command} `);
      expect(await ok([command, '--help'], { home })).toContain(`Usage: memport ${command}`);
    }
    expect(await ok(['--version'], { home })).toMatch(/^\d+\.\d+\.\d+$/);
  });

  test('without a command the help comes, and that is a usage error', async () => {
    const home = scratch();
    expect(await memport([], { home })).toMatchObject({
      code: 2,
      stdout: '',
      stderr: await ok(['--help'], { home }).then(help => `${help}\n`),
    });
    const { code, stderr } = await memport(['--json'], { home });
    expect(code).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ code: 'usage', message: 'a command is missing' });
  });
});

describe('errors', () => {
  test('say what, and what to do; with --json as one line', async () => {
    const home = scratch();
    expect(await memport(['list'], { home })).toMatchObject({
      code: 10,
      stdout: '',
      stderr: expect.stringMatching(/^memport: there is no store at .*\n {2}\S.*\n$/),
    });
    const json = await memport(['list', '--json'], { home });
    expect(JSON.parse(json.stderr)).toEqual({
      message_type: 'error',
      code: 'not_found',
      exit_code: 10,
      message: expect.stringContaining(home),
      hint: expect.any(String),
    });
  });

  test('show where they come from only with --verbose', async () => {
    const home = scratch();
    writeFileSync(join(home, 'memport.json'), '{');
    expect((await memport(['config'], { home })).stderr).not.toMatch(/\n\s+at /);
    const verbose = await memport(['config', '--verbose'], { home });
    expect(verbose.stderr).toMatch(/\n\s+at /);
    expect(verbose.stderr).toContain('caused by');
  });

  test('never let a file name or a memory play with the terminal', async () => {
    const { stderr } = await memport(['import', 'a\u001b[2Jb\u0007.json'], { home: scratch() });
    expect(stderr).not.toContain('\u001b');
    expect(stderr).toContain('a␛[2Jb␇.json');
  });

  test('--quiet leaves the data', async () => {
    const home = scratch();
    const { stdout, stderr } = await memport(['add', 'x', '--quiet'], { home });
    expect(stdout).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(stderr).toBe('');
  });

  test('--home wins over MEMPORT_HOME, and --store over both', async () => {
    const [home, other] = [scratch(), scratch()];
    await ok(['add', 'x', '--home', other], { home });
    expect((await memport(['list'], { home })).code).toBe(10);
    expect(await ok(['list', '--store', join(other, 'memport.db')], { home })).toContain('x');
    expect(await ok(['config', 'path', '--home', '~/m'], { home, env: { HOME: '/home/me' } })).toBe(
      '/home/me/m/memport.json',
    );
    expect(await ok(['config', 'path'], { home, env: { MEMPORT_HOME: '', HOME: '/home/me' } })).toBe(
      '/home/me/.claude-rag/memport.json',
    );
    expect(await ok(['config', 'path', '--home', 'rel'], { home, cwd: '/work' })).toBe(
      '/work/rel/memport.json',
    );
  });
});

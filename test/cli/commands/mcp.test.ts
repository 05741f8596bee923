import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';

/** Runs a server over HTTP until it has said where it is. */
async function untilUp(
  home: string,
  ...args: readonly string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const controller = new AbortController();
  const running = memport(['mcp', '--http', '0', ...args], { home, signal: controller.signal });
  await expect.poll(() => existsSync(join(home, 'keys', 'mcp-token')), { timeout: 10_000 }).toBe(true);
  controller.abort('SIGINT');
  return running;
}

describe('memport mcp', () => {
  test.each(['claude-code', 'claude-desktop', 'cursor', 'vscode'])(
    '--print-config %s names this home',
    async client => {
      const home = scratch();
      const { code, stdout, stderr } = await memport(['mcp', '--print-config', client], { home });
      expect(code).toBe(0);
      expect(stdout).toContain(home);
      expect(stdout).toMatch(client === 'claude-code' ? /^claude mcp add --scope user memport -- / : /^\{/);
      expect(stderr).toMatch(/terminal|json/);
    },
  );

  test('--print-config as data, with the store that is named, and without a home where none is', async () => {
    const home = scratch();
    const text = await ok(['mcp', '--print-config', 'cursor', '--json', '--store', 'other.db'], {
      home,
      env: { MEMPORT_HOME: '' },
    });
    const { args, config, client } = JSON.parse(text) as { args: string[]; config: string; client: string };
    expect(args.slice(-3)).toEqual(['mcp', '--store', join(home, 'other.db')]);
    expect(client).toBe('cursor');
    expect(JSON.parse(config)).toMatchObject({ mcpServers: { memport: { args } } });
  });

  test.each([
    [['--print-config', 'emacs'], /claude-code, claude-desktop, cursor, vscode/],
    [['--http', '-1'], /can't be "-1"/],
    [['--http', '65536'], /can't be "65536"/],
  ])('refuses %j', async (args, message) => {
    const { code, stderr } = await memport(['mcp', ...args], { home: scratch() });
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  test('--http says where it is and where the token is, never the token', async () => {
    const home = scratch();
    const plain = await untilUp(home);
    expect(plain).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/mcp\n$/),
    });
    expect(plain.stderr).toContain(join(home, 'keys', 'mcp-token'));
    const json = await untilUp(home, '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ token_from: join(home, 'keys', 'mcp-token') });
  });

  test('that is told to end before it has begun does so', async () => {
    const options = { home: scratch(), signal: AbortSignal.abort('SIGTERM') };
    expect(await memport(['mcp'], options)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await memport(['mcp', '--http', '0'], options)).toMatchObject({ code: 0 });
  });

  test('with nobody at the other end, ends at once', async () => {
    expect(await memport(['mcp'], { home: scratch() })).toMatchObject({ code: 0, stdout: '', stderr: '' });
  });
});

import { chmodSync, mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLIENTS, clientConfig, PLACES, programFor } from '../../src/mcp/client-config.ts';
import { scratch } from '../support/cli.ts';

const PROGRAM = { command: 'memport', args: ['mcp', '--home', "/my home/o'neil"] };

describe('the set-up of a client', () => {
  test('is what it takes', () => {
    expect(clientConfig('claude-code', PROGRAM)).toBe(
      `claude mcp add --scope user memport -- memport mcp --home '/my home/o'\\''neil'`,
    );
    const server = { command: 'memport', args: PROGRAM.args };
    for (const client of ['claude-desktop', 'cursor'] as const)
      expect(JSON.parse(clientConfig(client, PROGRAM))).toEqual({ mcpServers: { memport: server } });
    expect(JSON.parse(clientConfig('vscode', PROGRAM))).toEqual({
      servers: { memport: { type: 'stdio', ...server } },
    });
    for (const client of CLIENTS) expect(PLACES[client]).toMatch(/put this|run this/);
  });

  test('names the program shortly where the search path leads to it', async () => {
    const folder = scratch();
    const script = join(folder, 'memport.js');
    writeFileSync(script, '');
    mkdirSync(join(folder, 'bin'));
    symlinkSync(script, join(folder, 'bin', 'memport'));
    const path = ['', '/no/such/folder', join(folder, 'bin')].join(delimiter);
    expect(await programFor('cursor', script, path, ['mcp'])).toEqual({ command: 'memport', args: ['mcp'] });
    const whole = { command: process.execPath, args: [realpathSync(script), 'mcp'] };
    expect(await programFor('claude-desktop', script, path, ['mcp'])).toEqual(whole);
    expect(await programFor('cursor', script, undefined, ['mcp'])).toEqual(whole);
    const other = scratch();
    writeFileSync(join(other, 'memport'), '');
    chmodSync(join(other, 'memport'), 0o755);
    expect(await programFor('cursor', script, other, ['mcp'])).toEqual(whole);
  });
});

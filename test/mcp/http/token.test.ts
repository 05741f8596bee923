import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadToken } from '../../../src/mcp/http/token.ts';
import { scratch } from '../../support/cli.ts';

describe('the token', () => {
  test('is made once, also by servers that start at once', async () => {
    const keys = join(scratch(), 'keys');
    const tokens = await Promise.all(Array.from({ length: 8 }, () => loadToken({ keys }, {})));
    const secret = readFileSync(join(keys, 'mcp-token'), 'utf8').trim();
    expect(secret).toMatch(/^[\w-]{43}$/);
    for (const token of tokens) {
      expect(token.matches(`Bearer ${secret}`)).toBe(true);
      expect(token.from).toBe(join(keys, 'mcp-token'));
    }
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'secret-of-my-own-1',
    'bearer secret-of-my-own-1',
    'Bearer secret-of-my-own-1 ',
  ])('does not match %j', async header => {
    const token = await loadToken({ keys: '/none' }, { MEMPORT_MCP_TOKEN: 'secret-of-my-own-1' });
    expect(token.matches('Bearer secret-of-my-own-1')).toBe(true);
    expect(token.matches(header)).toBe(false);
  });

  test.each(['short', 'with spaces in it, and long'])('%j is none', async secret => {
    await expect(loadToken({ keys: '/none' }, { MEMPORT_MCP_TOKEN: secret })).rejects.toMatchObject({
      code: 'usage',
    });
  });

  test('of an empty variable is the one of the file', async () => {
    const keys = join(scratch(), 'keys');
    mkdirSync(keys);
    writeFileSync(join(keys, 'mcp-token'), 'written-by-the-user-1\n');
    const token = await loadToken({ keys }, { MEMPORT_MCP_TOKEN: '' });
    expect(token.matches('Bearer written-by-the-user-1')).toBe(true);
  });

  test('that can not be read is an error', async () => {
    const keys = join(scratch(), 'keys');
    mkdirSync(join(keys, 'mcp-token'), { recursive: true });
    await expect(loadToken({ keys }, {})).rejects.toThrow();
  });
});

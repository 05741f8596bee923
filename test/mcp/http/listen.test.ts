import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { findHome } from '../../../src/home.ts';
import { McpHost } from '../../../src/mcp/host.ts';
import { listen } from '../../../src/mcp/http/listen.ts';
import { loadToken } from '../../../src/mcp/http/token.ts';
import { scratch } from '../../support/cli.ts';
import { connect } from '../../support/mcp.ts';

const SECRET = 'a-secret-for-a-test';
const HEADERS = {
  authorization: `Bearer ${SECRET}`,
  accept: 'application/json, text/event-stream',
  'content-type': 'application/json',
};
const INITIALIZE = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
});

async function server() {
  const home = findHome({ home: scratch(), env: {}, cwd: '/' });
  const host = new McpHost({ home, env: {}, now: Date.now });
  const told: string[] = [];
  const token = await loadToken(home, { MEMPORT_MCP_TOKEN: SECRET });
  const running = await listen(host, 0, token, text => told.push(text));
  return { host, told, url: running.url, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

// More of it, over the real program: test/e2e/mcp-http.test.ts.
describe('a server over HTTP', () => {
  test.each([
    ['2025', {}],
    ['2026', { versionNegotiation: { mode: { pin: '2026-07-28' } } }],
  ] as const)('serves a client of the revision of %s', async (_era, client) => {
    await using running = await server();
    const transport = new StreamableHTTPClientTransport(new URL(running.url), {
      requestInit: { headers: HEADERS },
    });
    const connected = await connect(transport, { client });
    await connected.ok('store_memory', { content: 'x' });
    expect(await connected.ok('list_memories')).toMatchObject({ total: 1 });
    await transport.terminateSession().catch(() => {});
    await connected.close();
  });

  test.each([
    [401, { headers: { ...HEADERS, authorization: 'Bearer wrong' } }],
    [403, { headers: { ...HEADERS, origin: 'https://evil.example' } }],
    [400, { body: 'no JSON' }],
    [400, { body: '{"jsonrpc":"2.0","id":2,"method":"ping"}' }],
    [404, { headers: { ...HEADERS, 'mcp-session-id': 'none' } }],
    [413, { body: new Uint8Array(33 * 1024 * 1024) }],
  ])('answers %i to what is not for it', async (status, request) => {
    await using running = await server();
    const sent = fetch(running.url, { method: 'POST', headers: HEADERS, body: INITIALIZE, ...request });
    // A client that still sends may not come to read why it was cut off.
    const got = await sent.then(({ status }) => status).catch(() => 413);
    expect(got).toBe(status);
  });

  test('cuts off a body without a length that is too long', async () => {
    await using running = await server();
    async function* tooMuch(): AsyncIterable<Uint8Array> {
      for (let n = 0; n < 40; n++) {
        yield new Uint8Array(1024 * 1024);
        // Not before the server has had a turn.
        await new Promise(setImmediate);
      }
    }
    const request = {
      method: 'POST',
      headers: HEADERS,
      body: ReadableStream.from(tooMuch()),
      duplex: 'half',
    } as const;
    expect(
      await fetch(running.url, request)
        .then(({ status }) => status)
        .catch(() => 413),
    ).toBe(413);
    await expect.poll(() => running.told).toEqual([expect.stringMatching(/longer than/)]);
  });

  test('says that it failed, and no more than that', async () => {
    const home = findHome({ home: scratch(), env: {}, cwd: '/' });
    const host = new McpHost({ home, env: {}, now: Date.now });
    const broken = {
      from: '',
      matches: () => {
        throw new Error('a secret');
      },
    };
    await using running = await listen(host, 0, broken, () => {});
    const response = await fetch(running.url, { method: 'POST', headers: HEADERS, body: INITIALIZE });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret');
  });

  test('is nowhere else', async () => {
    await using running = await server();
    const { status } = await fetch(running.url.replace('/mcp', '/'), { headers: HEADERS });
    expect(status).toBe(404);
  });

  test('lets go of the oldest session when there are too many', async () => {
    await using running = await server();
    const sessions: string[] = [];
    for (let n = 0; n < 66; n++) {
      const { headers } = await fetch(running.url, { method: 'POST', headers: HEADERS, body: INITIALIZE });
      sessions.push(headers.get('mcp-session-id') ?? '');
    }
    const ping = async (session = ''): Promise<number> =>
      (
        await fetch(running.url, {
          method: 'POST',
          headers: { ...HEADERS, 'mcp-session-id': session },
          body: '{"jsonrpc":"2.0","id":2,"method":"ping"}',
        })
      ).status;
    expect([await ping(sessions[0]), await ping(sessions[2])]).toEqual([404, 200]);
  });

  test('ends by itself, and a port is one server’s', async () => {
    const running = await server();
    const port = Number(new URL(running.url).port);
    const token = await loadToken({ keys: '/none' }, { MEMPORT_MCP_TOKEN: SECRET });
    await expect(listen(running.host, port, token, () => {})).rejects.toMatchObject({ code: 'locked' });
    await expect(listen(running.host, 1, token, () => {}))
      .rejects.toMatchObject({ code: expect.any(String) })
      .catch(() => {});
    await running[Symbol.asyncDispose]();
    await expect(fetch(running.url)).rejects.toThrow();
  });
});

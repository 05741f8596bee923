import { readFileSync, statSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Ended, startBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { type Connected, type ConnectOptions, connect } from '../support/mcp.ts';
import { linesOf } from '../support/stores.ts';

interface Running {
  readonly url: URL;
  readonly token: string;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
}

async function start(home: string, env: Readonly<Record<string, string>> = {}): Promise<Running> {
  const { child, ended } = startBinary(['mcp', '--http', '0', '--json'], home, env);
  onTestFinished(() => void child.kill('SIGKILL'));
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (chunk: Buffer) => resolve(chunk.toString('utf8')));
    void ended.then(({ stderr }) => reject(new Error(stderr)));
  });
  const { url, token_from: from } = JSON.parse(line) as { url: string; token_from: string };
  const token = env.MEMPORT_MCP_TOKEN ?? readFileSync(from, 'utf8').trim();
  return { url: new URL(url), token, ended, kill: signal => void child.kill(signal) };
}

function client({ url, token }: Running, options?: ConnectOptions): Promise<Connected> {
  return connect(
    new StreamableHTTPClientTransport(url, {
      requestInit: { headers: { authorization: `Bearer ${token}` } },
    }),
    options,
  );
}

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

interface Sent {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One request as no client would make it; resolves to what came back. */
function send(
  { url, token }: Running,
  sent: Sent = {},
): Promise<{ status: number; body: string; session: string }> {
  const { method = 'POST', path = url.pathname, headers = {}, body = JSON.stringify(INITIALIZE) } = sent;
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: url.hostname,
        port: url.port,
        method,
        path,
        agent: false,
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json, text/event-stream',
          'content-type': 'application/json',
          ...headers,
        },
      },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            body: Buffer.concat(chunks).toString('utf8'),
            session: String(response.headers['mcp-session-id'] ?? ''),
          }),
        );
      },
    );
    outgoing.on('error', reject);
    outgoing.end(method === 'POST' ? body : undefined);
  });
}

describe('memport mcp --http', () => {
  test('serves several clients, of both revisions, on one store', async () => {
    const home = scratch();
    const running = await start(home);
    const old = await client(running);
    const modern = await client(running, {
      client: { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    });
    const another = await client(running);
    await old.ok('store_memory', { content: 'from the old one' });
    await modern.ok('store_memory', { content: 'from the modern one' });
    expect(await another.ok('list_memories')).toMatchObject({ total: 2 });
    expect(await linesOf(home)).toHaveLength(2);
    const seen: number[] = [];
    await old.ok('export_memories', {}, { onprogress: ({ progress }) => seen.push(progress) });
    expect(seen.at(-1)).toBe(100);
    // A plan belongs to the server and not to a session.
    await old.ok('export_memories', { output_path: 'a.tar.gz' });
    await modern.ok('store_memory', { content: 'too much' });
    const { plan_id } = await old.ok('restore_from_backup', { input_path: 'a.tar.gz' });
    expect(await modern.ok('restore_from_backup', { plan_id })).toMatchObject({ restored: true });
    running.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0, stderr: '' });
  }, 60_000);

  test('makes a token that only its owner can read, once, and takes one of the environment', async () => {
    const home = scratch();
    const first = await start(home);
    expect(statSync(join(home, 'keys', 'mcp-token')).mode & 0o777).toBe(0o600);
    expect(statSync(join(home, 'keys')).mode & 0o777).toBe(0o700);
    const second = await start(home);
    expect(second.token).toBe(first.token);
    const own = await start(home, { MEMPORT_MCP_TOKEN: 'a-token-of-my-own' });
    await (await client(own)).ok('store_memory', { content: 'x' });
    expect((await send(own, { headers: { authorization: `Bearer ${first.token}` } })).status).toBe(401);
    for (const running of [first, second, own]) {
      running.kill('SIGINT');
      const { stdout, stderr, code } = await running.ended;
      expect(code).toBe(0);
      expect(stdout.toString() + stderr).not.toContain(running.token);
    }
  }, 60_000);

  const BAD: readonly (readonly [string, number, Sent])[] = [
    ['no token', 401, { headers: { authorization: '' } }],
    ['a wrong token', 401, { headers: { authorization: 'Bearer AAAAAAAAAAAAAAAAAAAAAAAA' } }],
    ['a token of another kind', 401, { headers: { authorization: 'Basic AAAA' } }],
    ['a foreign Host', 403, { headers: { host: 'evil.example:80' } }],
    ['a Host that only begins well', 403, { headers: { host: '127.0.0.1.evil.example' } }],
    ['a foreign Origin', 403, { headers: { origin: 'https://evil.example' } }],
    ['an Origin of nowhere', 403, { headers: { origin: 'null' } }],
    ['a foreign Host and no token', 403, { headers: { host: 'evil.example', authorization: '' } }],
    ['another path', 404, { path: '/' }],
    ['a session that does not exist', 404, { headers: { 'mcp-session-id': 'nobody' } }],
    ['no session', 400, { body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'tools/list' }) }],
    ['no session to listen to', 400, { method: 'GET' }],
    ['no JSON', 400, { body: '{' }],
  ];

  test('refuses what is not for it, and says why', async () => {
    const running = await start(scratch());
    for (const [what, status, sent] of BAD) {
      const answer = await send(running, sent);
      expect({ what, status: answer.status }).toEqual({ what, status });
      expect(JSON.parse(answer.body)).toMatchObject({ error: { message: expect.stringMatching(/./) } });
      expect(answer.body).not.toContain(running.token);
    }
    const local = { origin: `http://localhost:${running.url.port}`, host: `localhost:${running.url.port}` };
    expect((await send(running, { headers: local })).status).toBe(200);
  });

  test('refuses a body that is too long', async () => {
    const running = await start(scratch());
    const sent = send(running, { body: `"${'x'.repeat(33 * 1024 * 1024)}"` });
    expect(
      await sent.then(
        ({ status }) => status,
        () => 413,
      ),
    ).toBe(413);
    expect((await send(running)).status).toBe(200);
  });

  test('ends a session when the client asks for it, and that one only', async () => {
    const running = await start(scratch());
    const [one, two] = [await send(running), await send(running)];
    expect(one.session).not.toBe(two.session);
    const ping = (session: string): Promise<{ status: number }> =>
      send(running, {
        headers: { 'mcp-session-id': session },
        body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' }),
      });
    expect((await ping(one.session)).status).toBe(200);
    expect(
      (await send(running, { method: 'DELETE', headers: { 'mcp-session-id': one.session } })).status,
    ).toBe(200);
    expect((await ping(one.session)).status).toBe(404);
    expect((await ping(two.session)).status).toBe(200);
  });

  test('keeps so many sessions at most, and gives up the one that was used least lately', async () => {
    const running = await start(scratch());
    const sessions: string[] = [];
    for (let n = 0; n < 65; n++) sessions.push((await send(running)).session);
    const ping = async (session: string | undefined): Promise<number> =>
      (
        await send(running, {
          headers: { 'mcp-session-id': session ?? '' },
          body: JSON.stringify({ jsonrpc: '2.0', id: 2, method: 'ping' }),
        })
      ).status;
    expect(await ping(sessions[0])).toBe(404);
    expect(await ping(sessions[1])).toBe(200);
    expect(await ping(sessions.at(-1))).toBe(200);
  });

  test('listens to this machine alone, and says when a port is taken', async () => {
    const running = await start(scratch());
    expect(running.url.hostname).toBe('127.0.0.1');
    const second = await startBinary(['mcp', '--http', running.url.port], scratch()).ended;
    expect(second).toMatchObject({ code: 11, stderr: expect.stringMatching(/another program has it/) });
  });

  test.each([
    [['--http', 'x'], /can't be "x"/],
    [['--http', '70000'], /can't be "70000"/],
  ])('refuses %j', async (args, message) => {
    const ended = await startBinary(['mcp', ...args], scratch()).ended;
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });

  test('refuses a token that is too short', async () => {
    const ended = await startBinary(['mcp', '--http', '0'], scratch(), { MEMPORT_MCP_TOKEN: 'short' }).ended;
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringMatching(/too short/) });
    expect(ended.stderr).not.toContain('"short"');
  });
});

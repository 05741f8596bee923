import { spawn } from 'node:child_process';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { BINARY, type Ended, runBinary, startBinary } from '../support/binary.ts';
import { scratch } from '../support/cli.ts';
import { connectBinary } from '../support/mcp.ts';
import { linesOf } from '../support/stores.ts';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};
const INITIALIZED = { jsonrpc: '2.0', method: 'notifications/initialized' };

/** Speaks line for line with the program, which may be sent anything. */
class Speaker {
  readonly ended: Promise<Ended>;
  readonly #child: ReturnType<typeof startBinary>['child'];
  readonly answers: Record<string, unknown>[] = [];
  readonly garbage: string[] = [];
  #rest = '';
  #told: () => void = () => {};

  constructor(home: string, args: readonly string[] = []) {
    const { child, ended } = startBinary(['mcp', ...args], home);
    this.#child = child;
    this.ended = ended;
    child.stdin?.on('error', () => {});
    child.stdout?.on('data', (chunk: Buffer) => {
      const lines = (this.#rest + chunk.toString('utf8')).split('\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) this.#take(line);
      this.#told();
    });
  }

  send(message: unknown): void {
    this.#child.stdin?.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
  }

  /** The answer to the request of this id. */
  async answer(id: number): Promise<Record<string, unknown>> {
    for (;;) {
      const found = this.answers.find(answer => answer.id === id);
      if (found !== undefined) return found;
      await new Promise<void>(resolve => {
        this.#told = resolve;
      });
    }
  }

  end(): void {
    this.#child.stdin?.end();
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  #take(line: string): void {
    try {
      this.answers.push(JSON.parse(line) as Record<string, unknown>);
    } catch {
      this.garbage.push(line);
    }
  }
}

async function greeted(home: string, args: readonly string[] = []): Promise<Speaker> {
  const speaker = new Speaker(home, args);
  speaker.send(INITIALIZE);
  await speaker.answer(1);
  speaker.send(INITIALIZED);
  return speaker;
}

describe('a client that talks nonsense', () => {
  test.each([
    ['no JSON', '{"jsonrpc": "2.0", "id": 7, '],
    ['noise', '\u0000\u0001garbage'],
    ['an empty line', ''],
    ['JSON that is no message', '[1, 2, 3]'],
    ['a batch', JSON.stringify([{ jsonrpc: '2.0', id: 7, method: 'ping' }])],
    ['a message of another version', JSON.stringify({ jsonrpc: '1.0', id: 7, method: 'ping' })],
    ['a method that is a number', JSON.stringify({ jsonrpc: '2.0', id: 7, method: 7 })],
    ['an answer to nothing', JSON.stringify({ jsonrpc: '2.0', id: 77, result: {} })],
    ['deep JSON', `{"jsonrpc":"2.0","method":"x","params":${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}}`],
  ])('by %s: nothing but protocol comes back, and the next request is answered', async (_what, line) => {
    const speaker = await greeted(scratch());
    speaker.send(line);
    speaker.send({ jsonrpc: '2.0', id: 2, method: 'ping' });
    expect(await speaker.answer(2)).toMatchObject({ result: {} });
    speaker.end();
    expect(await speaker.ended).toMatchObject({ code: 0, stderr: '' });
    expect(speaker.garbage).toEqual([]);
  });

  test.each([
    ['an unknown tool', 'tools/call', { name: 'format_disk', arguments: {} }, -32602],
    ['a tool named like a member of every object', 'tools/call', { name: '__proto__' }, -32602],
    ['arguments that are no object', 'tools/call', { name: 'list_memories', arguments: 'all' }, -32602],
    ['an unknown method', 'memories/burn', {}, -32601],
    ['an unknown resource', 'resources/read', { uri: 'memport://nothing' }, undefined],
  ])('%s is an error of the protocol', async (_what, method, params, code) => {
    const speaker = await greeted(scratch());
    speaker.send({ jsonrpc: '2.0', id: 2, method, params });
    const { error } = await speaker.answer(2);
    expect(error).toMatchObject({ code: code ?? expect.any(Number) });
    speaker.end();
    expect((await speaker.ended).code).toBe(0);
  });

  test('an argument of 20 MB is refused like any that is too long, and the server goes on', async () => {
    const home = scratch();
    const server = await connectBinary(home);
    const called = await server.call('store_memory', { content: 'x'.repeat(20 * 1024 * 1024) });
    expect(called).toMatchObject({ isError: true, code: 'usage' });
    expect(called.text.length).toBeLessThan(500);
    const big = await server.call('search_memories', { query: 'y'.repeat(20 * 1024 * 1024) });
    expect(big).toMatchObject({ isError: true, code: 'usage' });
    await server.ok('store_memory', { content: 'still here' });
    expect(await linesOf(home)).toHaveLength(1);
  }, 60_000);
});

describe('the life of a server', () => {
  test('a client that goes away ends it with 0', async () => {
    const speaker = await greeted(scratch());
    speaker.end();
    expect(await speaker.ended).toMatchObject({ code: 0, stderr: '' });
  });

  test('also before it has said a word', async () => {
    const { code, stdout, stderr } = runBinary(['mcp'], scratch(), '');
    expect({ code, stdout: stdout.toString(), stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  test('also when it is killed, and does not read any more', async () => {
    const home = scratch();
    const child = spawn(process.execPath, ['-e', CLIENT_THAT_DIES, process.execPath, BINARY], {
      env: { ...process.env, MEMPORT_HOME: home },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    // The pipe ends when the last process that has it ends: the server, which inherits it as its standard error.
    await new Promise(resolve => child.stdout.on('end', resolve));
    expect(Buffer.concat(chunks).toString()).toBe('');
    expect(child.signalCode).toBe('SIGKILL');
  });

  test.each(['SIGTERM', 'SIGINT'] as const)('%s ends it cleanly', async signal => {
    const home = scratch();
    const speaker = await greeted(home);
    speaker.send({
      jsonrpc: '2.0',
      id: 2,
      method: 'tools/call',
      params: { name: 'store_memory', arguments: { content: 'kept' } },
    });
    await speaker.answer(2);
    speaker.kill(signal);
    expect(await speaker.ended).toMatchObject({ code: 0, stderr: '' });
    expect(await linesOf(home)).toHaveLength(1);
    expect(existsSync(join(home, 'memport.db-wal'))).toBe(false);
  });

  test('it greets without looking at the store, whatever is there', async () => {
    const home = scratch();
    writeFileSync(join(home, 'memport.db'), 'no database at all, and not a small one either'.repeat(100));
    const server = await connectBinary(home);
    expect((await server.client.listTools()).tools.length).toBeGreaterThan(5);
    const called = await server.call('list_memories');
    expect(called).toMatchObject({ isError: true });
    expect(called.text).toMatch(/\nNext: /);
    expect(readFileSync(join(home, 'memport.db'), 'utf8')).toContain('no database at all');
  });

  test('it goes over to the store that has taken the place of the old one', async () => {
    const home = scratch();
    const server = await connectBinary(home);
    await server.ok('store_memory', { content: 'in the old one' });
    renameSync(join(home, 'memport.db'), join(home, 'old.db'));
    for (const end of ['-wal', '-shm'])
      if (existsSync(join(home, `memport.db${end}`)))
        renameSync(join(home, `memport.db${end}`), join(home, `old.db${end}`));
    expect(await server.call('list_memories')).toMatchObject({ isError: true, code: 'not_found' });
    await server.ok('store_memory', { content: 'in the new one' });
    expect((await linesOf(home)).map(line => (JSON.parse(line) as { content: string }).content)).toEqual([
      'in the new one',
    ]);
  });

  test('it says on stderr what a client does wrong, with --verbose', async () => {
    const speaker = await greeted(scratch(), ['--verbose']);
    speaker.send('[1]');
    speaker.send({ jsonrpc: '2.0', id: 2, method: 'ping' });
    await speaker.answer(2);
    speaker.end();
    expect((await speaker.ended).stderr).not.toBe('');
  });

  test('it speaks the revision of 2026 as well', async () => {
    const server = await connectBinary(scratch(), {
      client: { versionNegotiation: { mode: { pin: '2026-07-28' } } },
    });
    await server.ok('store_memory', { content: 'x' });
    expect(await server.ok('list_memories')).toMatchObject({ total: 1 });
  });
});

/** Starts the server with its own stdout as the server's stderr, waits for the greeting, and dies. */
const CLIENT_THAT_DIES = `
const { spawn } = require('node:child_process');
const [node, binary] = process.argv.slice(1);
const server = spawn(node, [binary, 'mcp'], { stdio: ['pipe', 'pipe', 1] });
server.stdin.write(${JSON.stringify(JSON.stringify(INITIALIZE))} + '\\n');
server.stdout.once('data', () => process.kill(process.pid, 'SIGKILL'));
`;

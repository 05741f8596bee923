import { PassThrough } from 'node:stream';
import {
  type CallToolResult,
  Client,
  type ClientOptions,
  type JSONRPCMessage,
  type ProgressCallback,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import { onTestFinished } from 'vitest';
import { run } from '../../src/cli/run.ts';
import { BINARY } from './binary.ts';
import { Capture } from './cli.ts';

export interface CallOptions {
  readonly signal?: AbortSignal;
  readonly onprogress?: ProgressCallback;
}

/** What a call came to, with what a program and what a model would read. */
export interface Called {
  readonly isError: boolean;
  readonly text: string;
  /** The structured content; empty for an error. */
  readonly data: Record<string, unknown>;
  /** The code of an error. */
  readonly code: string | null;
}

export interface Connected {
  readonly client: Client;
  call(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<Called>;
  /** As `call`, for one that must succeed; its data. */
  ok(name: string, args?: Record<string, unknown>, options?: CallOptions): Promise<Record<string, unknown>>;
  close(): Promise<void>;
}

export interface ConnectOptions {
  readonly client?: ClientOptions;
  readonly env?: Readonly<Record<string, string>>;
  /** Another way to start the real program. */
  readonly program?: { readonly command: string; readonly args: readonly string[] };
  /** Further arguments of the command, in this process. */
  readonly args?: readonly string[];
  /** Called before the client connects, to make it answer requests of the server. */
  readonly prepare?: (client: Client) => void;
}

export type Connect = (home: string, options?: ConnectOptions) => Promise<Connected>;

export interface BinaryConnected extends Connected {
  readonly pid: number;
  stderr(): string;
  /** All that came after the greeting: a client drops what comes in one breath with an answer. */
  readonly messages: readonly JSONRPCMessage[];
}

/** A client and the real program, over real pipes. */
export const connectBinary = async (home: string, options: ConnectOptions = {}): Promise<BinaryConnected> => {
  const transport = new StdioClientTransport({
    command: options.program?.command ?? process.execPath,
    args: [...(options.program?.args ?? [BINARY, 'mcp', '--verbose'])],
    env: { ...environment(), ...options.env, MEMPORT_HOME: home },
    cwd: home,
    stderr: 'pipe',
  });
  let stderr = '';
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  const connected = await connect(transport, options);
  const messages: JSONRPCMessage[] = [];
  const take = transport.onmessage;
  transport.onmessage = message => {
    messages.push(message);
    take?.(message);
  };
  return { ...connected, pid: transport.pid ?? 0, stderr: () => stderr, messages };
};

export interface ConnectedHere extends Connected {
  readonly stdin: PassThrough;
  readonly stderr: Capture;
  /** Asks the command to end, as a signal does; resolves to its exit code. */
  stop(): Promise<number>;
}

/** The same in this process: the command line with streams of its own. */
export const connectHere = async (home: string, options: ConnectOptions = {}): Promise<ConnectedHere> => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new Capture()];
  const controller = new AbortController();
  const ended = run(['mcp', ...(options.args ?? [])], {
    stdin,
    stdout,
    stderr,
    env: { ...options.env, MEMPORT_HOME: home },
    cwd: home,
    now: Date.now,
    signal: controller.signal,
  });
  // The transport of a server is one of lines in both directions, so it serves a client as well.
  const connected = await connect(new StdioServerTransport(stdout, stdin), options);
  const close = async (): Promise<void> => {
    await connected.close();
    stdin.end();
    await ended;
  };
  onTestFinished(close);
  const stop = (): Promise<number> => {
    controller.abort('SIGTERM');
    return ended;
  };
  return { ...connected, close, stdin, stderr, stop };
};

/** A client on any transport. */
export async function connect(transport: Transport, options: ConnectOptions = {}): Promise<Connected> {
  const client = new Client({ name: 'test', version: '1.0.0' }, options.client);
  options.prepare?.(client);
  await client.connect(transport);
  const close = (): Promise<void> => client.close();
  onTestFinished(close);
  const call = async (name: string, args = {}, { signal, onprogress }: CallOptions = {}): Promise<Called> =>
    called(
      await client.callTool(
        { name, arguments: args },
        { timeout: 60_000, ...(signal && { signal }), ...(onprogress && { onprogress }) },
      ),
    );
  return {
    client,
    call,
    async ok(name, args, callOptions) {
      const { isError, text, data } = await call(name, args, callOptions);
      if (isError) throw new Error(`${name} failed: ${text}`);
      return data;
    },
    close,
  };
}

function called({ isError = false, content, structuredContent, _meta }: CallToolResult): Called {
  const [first] = content;
  const error: unknown = _meta?.['memport/error'];
  return {
    isError,
    text: first?.type === 'text' ? first.text : '',
    data: typeof structuredContent === 'object' && structuredContent !== null ? { ...structuredContent } : {},
    code: typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : null,
  };
}

function environment(): Record<string, string> {
  const entries = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return Object.fromEntries(entries);
}

import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NodeStreamableHTTPServerTransport } from '@modelcontextprotocol/node';
import { isInitializeRequest } from '@modelcontextprotocol/server';
import type { McpHost } from '../host.ts';
import { createServer } from '../server.ts';

const MOST = 64;

/** The sessions of clients that begin with `initialize`, each with a server of its own. */
export class Sessions {
  readonly #host: McpHost;
  /** The last used one is the last. */
  readonly #transports = new Map<string, NodeStreamableHTTPServerTransport>();

  constructor(host: McpHost) {
    this.#host = host;
  }

  /** Answers a request; `body` is that of a POST. A session that does not exist (any more) is 404: the client begins anew. */
  async handle(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const id = request.headers['mcp-session-id'];
    if (typeof id !== 'string') {
      if (isInitializeRequest(body)) return this.#begin(request, response, body);
      return refuse(response, 400, 'a request without Mcp-Session-Id has to be initialize');
    }
    const transport = this.#transports.get(id);
    if (transport === undefined) return refuse(response, 404, 'there is no such session; begin a new one');
    this.#transports.delete(id);
    this.#transports.set(id, transport);
    await transport.handleRequest(request, response, body);
  }

  async close(): Promise<void> {
    for (const transport of [...this.#transports.values()]) await transport.close();
  }

  async #begin(request: IncomingMessage, response: ServerResponse, body: unknown): Promise<void> {
    const [oldest] = this.#transports.values();
    if (this.#transports.size >= MOST) await oldest?.close();
    const transport = new NodeStreamableHTTPServerTransport({
      sessionIdGenerator: () => randomUUID(),
      onsessioninitialized: id => void this.#transports.set(id, transport),
    });
    const server = createServer(this.#host);
    await server.connect(transport);
    const closed = server.server.onclose;
    server.server.onclose = () => {
      closed?.();
      if (transport.sessionId !== undefined) this.#transports.delete(transport.sessionId);
    };
    await transport.handleRequest(request, response, body);
  }
}

/** An answer of this program itself, as the protocol has them. */
export function refuse(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ jsonrpc: '2.0', error: { code: -32_000, message }, id: null }));
}

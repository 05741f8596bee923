import type { Readable, Writable } from 'node:stream';
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio';
import type { McpHost } from './host.ts';
import { createServer } from './server.ts';

/** A longer message ends the connection. An argument of 20 MB is no reason to. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;

export interface StdioOptions {
  readonly stdin: Readable;
  /** Where the protocol goes, and nothing else. */
  readonly protocol: Writable;
  readonly signal: AbortSignal;
  /** Told of what is wrong with the connection, for the log. */
  readonly onError: (message: string) => void;
}

/** Serves one client over stdio. Resolves when it goes away or the signal aborts; calls that are under way are aborted. */
export async function runStdio(host: McpHost, options: StdioOptions): Promise<void> {
  const { stdin, protocol, signal, onError } = options;
  const transport = new ClosingTransport(stdin, protocol, { maxBufferSize: MAX_MESSAGE_BYTES });
  const handle = serveStdio(() => createServer(host), {
    transport,
    onerror: error => onError(error.message),
  });
  signal.addEventListener('abort', transport.closed.resolve, { once: true });
  if (signal.aborted) transport.closed.resolve(null);
  await transport.closed.promise;
  await handle.close();
}

/** Tells when it is closed, whoever does it: the client, an error, or we. */
class ClosingTransport extends StdioServerTransport {
  readonly closed: PromiseWithResolvers<unknown> = Promise.withResolvers<unknown>();

  override async close(): Promise<void> {
    await super.close();
    this.closed.resolve(null);
  }
}

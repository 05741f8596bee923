import {
  createServer as createHttpServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import {
  localhostHostValidation,
  localhostOriginValidation,
  type NodeIncomingMessageLike,
  toNodeHandler,
  toWebRequest,
} from '@modelcontextprotocol/node';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { MemportError, toMemportError } from '../../errors.ts';
import { systemCode } from '../../file-target.ts';
import type { McpHost } from '../host.ts';
import { createServer } from '../server.ts';
import { refuse, Sessions } from './sessions.ts';
import type { Token } from './token.ts';

const ADDRESS = '127.0.0.1';
const PATH = '/mcp';
const MAX_BODY_BYTES = 32 * 1024 * 1024;

export interface HttpServer extends AsyncDisposable {
  readonly url: string;
}

/**
 * Serves clients over Streamable HTTP, to this machine alone and to who has the token. The names of the host and of the
 * origin are checked first, so that a web page that has a name of its own lead here gets nothing. Port 0 is a free one.
 */
export async function listen(
  host: McpHost,
  port: number,
  token: Token,
  onError: (message: string) => void,
): Promise<HttpServer> {
  const sessions = new Sessions(host);
  const modern = createMcpHandler(() => createServer(host), {
    legacy: 'reject',
    onerror: error => onError(error.message),
  });
  const serveModern = toNodeHandler(modern);
  const [isHost, isOrigin] = [localhostHostValidation(), localhostOriginValidation()];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (!isHost(request, response) || !isOrigin(request, response)) return;
    if (String(request.url).split('?')[0] !== PATH) return refuse(response, 404, `the endpoint is ${PATH}`);
    if (!token.matches(request.headers.authorization)) {
      response.setHeader('www-authenticate', 'Bearer');
      return refuse(response, 401, 'a token is needed');
    }
    if (request.method !== 'POST') return sessions.handle(request, response, undefined);
    const body = await readBody(request);
    if (body === null) return refuse(response, 400, 'the body is not JSON');
    const probe = await toWebRequest(plain(request), body.value);
    if (await isLegacyRequest(probe, body.value)) return sessions.handle(request, response, body.value);
    await serveModern(plain(request), response, body.value);
  };
  const server = createHttpServer((request, response) => {
    answer(request, response).catch(error => {
      onError(toMemportError(error).message);
      if (response.headersSent) response.destroy();
      else
        refuse(
          response.setHeader('connection', 'close'),
          error instanceof RangeError ? 413 : 500,
          'the request could not be answered',
        );
    });
  });
  await start(server, port);
  const bound = z.object({ port: z.int() }).parse(server.address()).port;
  return {
    url: `http://${ADDRESS}:${bound}${PATH}`,
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>(resolve => server.close(() => resolve()));
      await sessions.close();
      await modern.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** A request in the shape that the library takes, whose members may not be undefined. */
function plain(request: IncomingMessage): NodeIncomingMessageLike {
  const { method, url, headers } = request;
  return {
    method: String(method),
    url: String(url),
    headers,
    [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
  };
}

function start(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', error => {
      const taken = systemCode(error) === 'EADDRINUSE';
      const why = taken ? 'another program has it' : error.message;
      reject(
        new MemportError(taken ? 'locked' : 'failed', `can't listen on port ${port}: ${why}`, {
          hint: 'memport mcp --http <another port>, or 0 for a free one',
          cause: error,
        }),
      );
    });
    server.listen(port, ADDRESS, resolve);
  });
}

/** The body of a POST as JSON; null when it is none. Throws RangeError when it is too long. */
async function readBody(request: IncomingMessage): Promise<{ readonly value: unknown } | null> {
  if (Number(request.headers['content-length']) > MAX_BODY_BYTES) throw tooLong();
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.from(chunk);
    bytes += part.length;
    if (bytes > MAX_BODY_BYTES) throw tooLong();
    chunks.push(part);
  }
  try {
    const value: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    return { value };
  } catch {
    return null;
  }
}

function tooLong(): RangeError {
  return new RangeError(`the body is longer than ${MAX_BODY_BYTES} bytes`);
}

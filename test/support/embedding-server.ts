import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

/** What https://platform.openai.com/docs/api-reference/embeddings/create documents, and nothing else. */
const REQUEST = z.strictObject({
  model: z.string().min(1),
  input: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(2048)]),
  encoding_format: z.enum(['float', 'base64']).optional(),
  dimensions: z.int().positive().optional(),
  user: z.string().optional(),
});
export type EmbeddingRequest = z.output<typeof REQUEST>;

export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly request: EmbeddingRequest;
  readonly texts: readonly string[];
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** What is done in place of the documented answer: another one, no answer (`silence`) or a cut connection (`hang up`). */
export type Trouble = Reply | 'silence' | 'hang up' | null;

export interface ServerOptions {
  readonly key?: string;
  /** The one model that it has; by default any. */
  readonly model?: string;
  readonly dimensions?: number;
  readonly maxTexts?: number;
  readonly maxLength?: number;
  /** Asked first, with the number of the request, from 0. */
  readonly trouble?: (number: number, asked: Asked) => Trouble;
  /** Changes the documented answer. */
  readonly bend?: (body: { data: Record<string, unknown>[] }) => unknown;
  readonly base64?: boolean;
}

/** A server on loopback that answers `/v1/embeddings` as documented, and refuses what the documentation does not know. */
export class EmbeddingServer implements AsyncDisposable {
  readonly asked: Asked[] = [];
  readonly #options: ServerOptions;
  readonly #server = createServer((request, response) => void this.#serve(request, response));

  private constructor(options: ServerOptions) {
    this.#options = options;
  }

  static async start(options: ServerOptions = {}): Promise<EmbeddingServer> {
    const server = new EmbeddingServer(options);
    await new Promise<void>(resolve => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get url(): string {
    return `${this.origin}/v1`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise(resolve => this.#server.close(resolve));
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const reply = this.#reply(incoming, Buffer.concat(chunks).toString('utf8'));
    if (reply === 'silence') return;
    if (reply === 'hang up') {
      response.destroy();
      return;
    }
    const { status = 200, headers = {}, body = '' } = reply ?? {};
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  }

  #reply(incoming: IncomingMessage, text: string): Trouble {
    const { key, model, maxTexts = 2048, maxLength = 8192, trouble, dimensions = 3 } = this.#options;
    const { authorization } = incoming.headers;
    if (incoming.method !== 'POST') return problem(405, 'method not allowed');
    if (!incoming.url?.endsWith('/v1/embeddings')) return problem(404, `no ${incoming.url}`);
    if (incoming.headers['content-type'] !== 'application/json') return problem(415, 'no JSON');
    const parsed = REQUEST.safeParse(JSON.parse(text));
    if (!parsed.success) return problem(400, z.prettifyError(parsed.error));
    const request = parsed.data;
    const texts = [request.input].flat();
    const asked = { path: incoming.url, authorization, request, texts };
    this.asked.push(asked);
    const instead = trouble?.(this.asked.length - 1, asked) ?? null;
    if (instead !== null) return instead;
    if (key !== undefined && authorization !== `Bearer ${key}`)
      return problem(401, `Incorrect API key provided: ${authorization?.slice(7)}`, 'invalid_api_key');
    if (model !== undefined && request.model !== model)
      return problem(404, `The model \`${request.model}\` does not exist`, 'model_not_found');
    if (texts.length > maxTexts)
      return problem(413, `batch size ${texts.length} > maximum allowed ${maxTexts}`);
    const long = texts.find(one => one.length > maxLength);
    if (long !== undefined) return problem(400, `This model's maximum context length is ${maxLength} tokens`);
    return { body: this.#answer(request, texts, request.dimensions ?? dimensions) };
  }

  #answer(request: EmbeddingRequest, texts: readonly string[], dimensions: number): unknown {
    const { bend, base64 = request.encoding_format === 'base64' } = this.#options;
    const data = texts.map((one, index): Record<string, unknown> => {
      const vector = serverVector(one, dimensions);
      const embedding = base64 ? Buffer.from(vector.buffer).toString('base64') : [...vector];
      return { object: 'embedding', index, embedding };
    });
    const usage = { prompt_tokens: texts.length, total_tokens: texts.length };
    const body = { object: 'list', data, model: request.model, usage };
    return bend === undefined ? body : bend(body);
  }
}

/** The vector that the server makes of a text. */
export function serverVector(text: string, dimensions = 3): Float32Array {
  let sum = 0;
  for (const character of text) sum = (sum * 31 + (character.codePointAt(0) ?? 0)) % 1009;
  return Float32Array.from({ length: dimensions }, (_, i) => ((sum * (i + 3)) % 17) / 8 + 0.1);
}

/** An error as the API documents it. */
export function problem(status: number, message: string, code: string | null = null): Reply {
  return { status, body: { error: { message, type: 'error', param: null, code } } };
}

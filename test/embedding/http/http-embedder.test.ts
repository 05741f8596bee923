import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import { endpointOf } from '../../../src/embedding/http/endpoint.ts';
import { HttpEmbedder, type HttpOptions } from '../../../src/embedding/http/http-embedder.ts';
import { toMemportError } from '../../../src/errors.ts';
import {
  EmbeddingServer,
  problem,
  type ServerOptions,
  serverVector,
} from '../../support/embedding-server.ts';

function embedderOf(server: EmbeddingServer, options: Partial<HttpOptions> = {}): HttpEmbedder {
  const endpoint = endpointOf(server.url);
  return new HttpEmbedder({
    endpoint,
    model: 'nomic',
    key: null,
    dimensions: null,
    timeoutMs: 60_000,
    sleep: async () => {},
    ...options,
  });
}

/** An embedder of a server, which writes down how long it would have slept. */
async function withServer(options: ServerOptions, own: Partial<HttpOptions> = {}) {
  const server = await EmbeddingServer.start(options);
  const waits: number[] = [];
  const embedder = embedderOf(server, { sleep: async ms => void waits.push(ms), ...own });
  return { server, waits, embedder, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

const lists = (vectors: readonly Float32Array[]) => vectors.map(vector => [...vector]);
const expected = (texts: readonly string[]) => texts.map(text => [...serverVector(text)]);

describe('what is asked', () => {
  test('the texts in order, with the model, and no more than is documented', async () => {
    await using it = await withServer({});
    expect(it.embedder.dimensions).toBeNull();
    expect(lists(await it.embedder.embed(['one', 'two']))).toEqual(expected(['one', 'two']));
    expect(it.embedder.dimensions).toBe(3);
    expect(it.server.asked).toEqual([
      {
        path: '/v1/embeddings',
        authorization: undefined,
        request: { model: 'nomic', input: ['one', 'two'], encoding_format: 'float' },
        texts: ['one', 'two'],
      },
    ]);
    expect(await it.embedder.embed([])).toEqual([]);
    expect(it.server.asked).toHaveLength(1);
  });

  test('dimensions are asked for where they are configured', async () => {
    await using it = await withServer({}, { dimensions: 5 });
    expect(it.embedder.dimensions).toBe(5);
    expect((await it.embedder.embed(['one']))[0]).toHaveLength(5);
    expect(it.server.asked[0]?.request.dimensions).toBe(5);
  });

  test('the key goes into the header and nowhere else', async () => {
    await using it = await withServer({ key: 'sk-secret' }, { key: 'sk-secret' });
    await it.embedder.embed(['one']);
    expect(it.server.asked[0]?.authorization).toBe('Bearer sk-secret');
  });

  test('half a character is sent as U+FFFD: JSON for other readers has no halves', async () => {
    await using it = await withServer({});
    await it.embedder.embed(['a\ud800b']);
    expect(it.server.asked[0]?.texts).toEqual(['a\ufffdb']);
  });
});

describe('batches', () => {
  test('hold at most 64 texts and 100,000 characters', async () => {
    await using it = await withServer({ maxLength: 100_000 });
    const short = Array.from({ length: 150 }, (_, n) => `text ${n}`);
    expect(lists(await it.embedder.embed(short))).toEqual(expected(short));
    const long = ['a', 'b', 'c'].map(letter => letter.repeat(50_000));
    expect(lists(await it.embedder.embed(long))).toEqual(expected(long));
    expect(it.server.asked.map(({ texts }) => texts.length)).toEqual([64, 64, 22, 2, 1]);
  });

  test.each([
    ['413', {}],
    [
      '422',
      {
        trouble: (_: number, { texts }: { texts: readonly string[] }) =>
          texts.length > 10 ? problem(422, 'batch size 64 > maximum allowed batch size 10') : null,
      },
    ],
  ])('too many for the server (%s) are halved until they pass, in order', async (_, options) => {
    await using it = await withServer({ maxTexts: 10, ...options });
    const texts = Array.from({ length: 64 }, (_, n) => `text ${n}`);
    expect(lists(await it.embedder.embed(texts))).toEqual(expected(texts));
    expect(it.waits).toEqual([]);
  });

  test('a text that is too long loses its end, and the next ones are not sent longer', async () => {
    await using it = await withServer({ maxLength: 1000 });
    const long = 'x'.repeat(1500);
    expect(lists(await it.embedder.embed(['short', long]))).toEqual(expected(['short', 'x'.repeat(750)]));
    const before = it.server.asked.length;
    await it.embedder.embed([long]);
    expect(it.server.asked.slice(before).map(({ texts }) => texts[0]?.length)).toEqual([750]);
  });

  test('a server that finds everything too large is believed in the end', async () => {
    await using it = await withServer({ maxLength: 2 });
    await expect(it.embedder.embed(['x'.repeat(3000)])).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('maximum context length'),
    });
    expect(it.server.asked.length).toBeLessThan(8);
  });
});

describe('answers', () => {
  test('in another order are put right by their index', async () => {
    await using it = await withServer({ bend: body => ({ ...body, data: body.data.toReversed() }) });
    expect(lists(await it.embedder.embed(['one', 'two', 'three']))).toEqual(
      expected(['one', 'two', 'three']),
    );
  });

  test('as base64 are the same to the bit', async () => {
    await using it = await withServer({ base64: true });
    expect(lists(await it.embedder.embed(['one', 'two']))).toEqual(expected(['one', 'two']));
  });

  const first = (change: Record<string, unknown>) => (body: { data: Record<string, unknown>[] }) => ({
    ...body,
    data: body.data.map((item, i) => (i === 0 ? { ...item, ...change } : item)),
  });
  test.each([
    [
      'a vector that is missing',
      (body: { data: unknown[] }) => ({ ...body, data: body.data.slice(1) }),
      /2 texts/,
    ],
    ['an index twice', first({ index: 1 }), /two vectors/],
    ['an index too far', first({ index: 7 }), /text 7/],
    ['no index', first({ index: undefined }), /something else/],
    ['text for a number', first({ embedding: [1, 'x', 2] }), /no vector/],
    ['null for a number', first({ embedding: [1, null, 2] }), /no vector/],
    ['a number beyond float32', first({ embedding: [1, 1e300, 2] }), /no vector/],
    ['an empty vector', first({ embedding: [] }), /no vector/],
    ['base64 that is no float32', first({ embedding: 'AAA=' }), /no vector/],
    ['vectors of two lengths', first({ embedding: [1, 2] }), /dimensions/],
    ['no data', () => ({ object: 'list' }), /something else/],
    ['no JSON', () => '<html>', /something else/],
  ])('with %s are an error, and no vector is taken', async (_, bend, message) => {
    await using it = await withServer({ bend });
    await expect(it.embedder.embed(['one', 'two'])).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(message),
    });
  });

  test('of another length than before, or than was asked for, are an error', async () => {
    let shrunk = false;
    const bend = (body: { data: Record<string, unknown>[] }) =>
      shrunk ? first({ embedding: [1, 2] })(body) : body;
    await using it = await withServer({ bend });
    await it.embedder.embed(['one']);
    shrunk = true;
    await expect(it.embedder.embed(['two'])).rejects.toThrow(/2 dimensions in place of 3/);
    await using stubborn = await withServer({ bend: first({ embedding: [1, 2, 3] }) }, { dimensions: 5 });
    await expect(stubborn.embedder.embed(['one'])).rejects.toThrow(/3 dimensions in place of 5/);
  });
});

describe('trouble that passes', () => {
  const failing = (times: number, reply: ReturnType<typeof problem> | 'hang up') => (number: number) =>
    number < times ? reply : null;

  test.each([
    ['429', problem(429, 'Rate limit reached')],
    ['500', problem(500, 'The server had an error')],
    ['503', { status: 503, body: 'upstream unavailable' }],
    ['a lost connection', 'hang up' as const],
  ])('%s is waited for, longer each time', async (_, reply) => {
    await using it = await withServer({ trouble: failing(3, reply) });
    expect(lists(await it.embedder.embed(['one']))).toEqual(expected(['one']));
    expect(it.waits).toEqual([500, 1000, 2000]);
  });

  test('Retry-After is kept to, in seconds and as a date', async () => {
    const now = Date.parse('2026-06-01T12:00:00Z');
    const headers = ['7', 'Mon, 01 Jun 2026 12:00:09 GMT', 'Mon, 01 Jun 2026 11:00:00 GMT'];
    const trouble = (number: number) => {
      const header = headers[number];
      return header === undefined
        ? null
        : { ...problem(429, 'slow down'), headers: { 'retry-after': header } };
    };
    await using it = await withServer({ trouble }, { now: () => now });
    await it.embedder.embed(['one']);
    expect(it.waits).toEqual([7000, 9000, 0]);
  });

  test('a wait of more than a minute is left to the caller', async () => {
    const reply = { ...problem(429, 'come back tomorrow'), headers: { 'retry-after': '3600' } };
    await using it = await withServer({ trouble: () => reply });
    await expect(it.embedder.embed(['one'])).rejects.toThrow(/come back tomorrow/);
    expect([it.waits, it.server.asked.length]).toEqual([[], 1]);
  });

  test('after four times it is given up', async () => {
    await using it = await withServer({ trouble: () => problem(502, 'bad gateway') });
    await expect(it.embedder.embed(['one'])).rejects.toMatchObject({
      code: 'network',
      message: expect.stringMatching(/answered 502: bad gateway$/),
    });
    expect(it.server.asked).toHaveLength(4);
  });

  test('a server that is not there', async () => {
    const server = await EmbeddingServer.start();
    const embedder = embedderOf(server);
    const byName = embedderOf(server, { endpoint: endpointOf(server.url.replace('127.0.0.1', 'localhost')) });
    await server[Symbol.asyncDispose]();
    for (const one of [embedder, byName])
      await expect(one.embed(['one'])).rejects.toMatchObject({
        code: 'network',
        message: expect.stringMatching(/can't be reached: .*ECONNREFUSED/),
        hint: expect.stringContaining('embedding_url'),
      });
  });
});

describe('trouble that stays is told at once', () => {
  test('an answer without end', async () => {
    await using it = await withServer({ trouble: () => ({ body: ' '.repeat(64 * 1024 * 1024 + 1) }) });
    await expect(it.embedder.embed(['one'])).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('larger than'),
    });
    expect(it.server.asked).toHaveLength(1);
  });

  test.each([
    [
      'a wrong key',
      { key: 'right' },
      { code: 'no_key', hint: expect.stringContaining('MEMPORT_EMBEDDING_API_KEY') },
    ],
    [
      'an unknown model',
      { model: 'other' },
      {
        code: 'network',
        message: expect.stringContaining('does not exist'),
        hint: expect.stringContaining('nomic'),
      },
    ],
    [
      'a used up account',
      { trouble: () => problem(429, 'You exceeded your current quota', 'insufficient_quota') },
      { code: 'network', hint: 'see to the account' },
    ],
    [
      'a refusal',
      { trouble: () => problem(400, 'no') },
      { code: 'network', message: expect.stringMatching(/answered 400: no$/) },
    ],
    [
      'an error that is text',
      { trouble: () => ({ status: 400, body: { error: 'no such thing' } }) },
      { message: expect.stringContaining('no such thing') },
    ],
    [
      'an empty answer',
      { trouble: () => ({ status: 418, body: '' }) },
      { message: expect.stringMatching(/answered 418$/) },
    ],
  ])('%s', async (_, options, error) => {
    await using it = await withServer(options);
    await expect(it.embedder.embed(['one'])).rejects.toMatchObject(error);
    expect([it.waits, it.server.asked.length]).toEqual([[], 1]);
  });

  test('a long answer is cut', async () => {
    await using it = await withServer({ trouble: () => ({ status: 400, body: 'no '.repeat(10_000) }) });
    const error = await it.embedder.embed(['one']).catch((thrown: Error) => thrown);
    expect(String(error).length).toBeLessThan(500);
  });

  test('a server that says nothing is waited for as long as configured, and not again', async () => {
    await using it = await withServer({ trouble: () => 'silence' }, { timeoutMs: 50 });
    await expect(it.embedder.embed(['one'])).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('did not answer within 0.05 s'),
      hint: expect.stringContaining('embedding_timeout'),
    });
    expect(it.server.asked).toHaveLength(1);
  });
});

describe('the key stays a secret', () => {
  test('no redirect takes texts or key to another server', async () => {
    await using other = await EmbeddingServer.start();
    for (const status of [301, 302, 307, 308]) {
      const trouble = () => ({ status, headers: { location: `${other.url}/embeddings` } });
      await using it = await withServer({ trouble }, { key: 'sk-secret' });
      await expect(it.embedder.embed(['one'])).rejects.toMatchObject({
        code: 'network',
        message: expect.stringContaining(`sends on to ${other.url}/embeddings, which is not followed`),
      });
    }
    expect(other.asked).toEqual([]);
  });

  test('a redirect within the server is followed where it keeps the method, but not for ever', async () => {
    const trouble = (_: number, { path }: { readonly path: string }) =>
      path === '/v1/embeddings' ? { status: 308, headers: { location: '/new/v1/embeddings' } } : null;
    await using it = await withServer({ trouble }, { key: 'sk-secret' });
    expect(lists(await it.embedder.embed(['one']))).toEqual(expected(['one']));
    await using round = await withServer({
      trouble: () => ({ status: 307, headers: { location: '/v1/embeddings' } }),
    });
    await expect(round.embedder.embed(['one'])).rejects.toMatchObject({ code: 'network' });
    expect(round.server.asked.length).toBeLessThan(6);
  });

  test('a server that repeats it is quoted without it', async () => {
    await using it = await withServer({ key: 'right' }, { key: 'sk-secret' });
    const error = await it.embedder.embed(['one']).catch((thrown: Error) => thrown);
    expect(String(error)).toContain('Incorrect API key provided: ***');
    expect(JSON.stringify(error) + String(error)).not.toContain('sk-secret');
  });

  test.each(['sk-secret', 'sk-secret/+='])('also where it sends one: %s', async key => {
    await using other = await EmbeddingServer.start();
    for (const spelling of [key, encodeURIComponent(key)]) {
      const trouble = () => ({ status: 307, headers: { location: `${other.url}/${spelling}` } });
      await using it = await withServer({ trouble }, { key });
      const error = toMemportError(await it.embedder.embed(['one']).catch((thrown: Error) => thrown));
      expect(error.hint).toContain(`embedding_url ${other.url}/***`);
      expect(error.message + error.hint).not.toContain('sk-secret');
    }
  });
});

describe('an abort', () => {
  test('ends a request that is under way, and a wait', async () => {
    const controller = new AbortController();
    await using it = await withServer({
      trouble: () => {
        controller.abort();
        return 'silence';
      },
    });
    await expect(it.embedder.embed(['one'], controller.signal)).rejects.toThrow(/abort/i);
    await using waiting = await withServer({ trouble: () => problem(429, 'later') }, { sleep: undefined });
    const second = new AbortController();
    const embedding = waiting.embedder.embed(['one'], second.signal);
    // Once the request is over the wait has begun: fetch takes its listener away.
    while (waiting.server.asked.length === 0 || getEventListeners(second.signal, 'abort').length !== 1)
      await new Promise(setImmediate);
    second.abort();
    await expect(embedding).rejects.toThrow(/abort/i);
    await expect(it.embedder.embed(['one'], AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});

/** What a server answered, whatever its status. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it would have the request go; null unless it is a redirect to another place, which is never followed. */
  readonly elsewhere: string | null;
}

export interface ExchangeOptions {
  readonly key: string | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** More is no answer to so few texts. */
const MAX_ANSWER = 64 * 1024 * 1024;
const MAX_REDIRECTS = 3;

/**
 * Posts JSON and reads the answer. A redirect is followed only where it keeps the method and the origin: texts and key go
 * to nobody but the configured server. Throws what fetch throws, and a RangeError for an answer without end.
 */
export async function exchange(endpoint: URL, body: string, options: ExchangeOptions): Promise<Answer> {
  const { key, timeoutMs, signal } = options;
  const timeout = AbortSignal.timeout(timeoutMs);
  const init: RequestInit = {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json',
      ...(key !== null && { authorization: `Bearer ${key}` }),
    },
    body,
    redirect: 'manual',
    signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
  };
  let url = endpoint;
  for (let redirects = 0; ; redirects++) {
    const response = await fetch(url, init);
    const target = redirectOf(response, url);
    if (target !== null && isSafe(response.status, target, endpoint) && redirects < MAX_REDIRECTS) {
      await response.body?.cancel();
      url = target;
      continue;
    }
    const { status, headers } = response;
    const elsewhere = target === null ? null : `${target.origin}${target.pathname}`;
    return { status, headers, text: await readText(response), elsewhere };
  }
}

function redirectOf(response: Response, from: URL): URL | null {
  if (response.status < 300 || response.status > 399) return null;
  return URL.parse(response.headers.get('location') ?? '', from.href);
}

function isSafe(status: number, target: URL, endpoint: URL): boolean {
  return (status === 307 || status === 308) && target.origin === endpoint.origin;
}

async function readText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER) throw new RangeError(`its answer is larger than ${MAX_ANSWER} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

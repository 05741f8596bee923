import { setTimeout } from 'node:timers/promises';
import { MemportError, toMemportError } from '../../errors.ts';
import { type Answer, type ExchangeOptions, exchange } from './exchange.ts';
import { failureOf, isPassing, TooLarge } from './failure.ts';

export type Sleep = (ms: number, signal?: AbortSignal) => Promise<void>;

export interface Patience extends ExchangeOptions {
  readonly model: string;
  readonly sleep?: Sleep | undefined;
  readonly now?: (() => number) | undefined;
}

const ATTEMPTS = 4;
const FIRST_WAIT_MS = 500;
/** Who is told to wait for longer is told so. */
const LONGEST_WAIT_MS = 60_000;

const sleepReally: Sleep = async (ms, signal) => setTimeout(ms, undefined, { signal });

/**
 * The text of a successful answer. What may pass is tried four times, after 0.5, 1 and 2 seconds or after as long as the
 * server asks for, up to a minute: 408, 429, 5xx and lost connections. A server that takes too long is not asked
 * again. Throws MemportError: `no_key`, `network`, TooLarge; the key stands in no message.
 */
export async function postPatiently(endpoint: URL, body: string, patience: Patience): Promise<string> {
  const { signal, sleep = sleepReally, now = Date.now } = patience;
  const where = `${endpoint.origin}${endpoint.pathname}`;
  for (let attempt = 1; ; attempt++) {
    const tried = await attemptOnce(endpoint, body, where, patience);
    if ('text' in tried) return tried.text;
    const wait = tried.waitMs(now()) ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
    if (!tried.passing || attempt === ATTEMPTS || wait > LONGEST_WAIT_MS)
      throw scrubbed(tried.failure, patience.key);
    await sleep(wait, signal);
    signal?.throwIfAborted();
  }
}

interface Refusal {
  readonly failure: MemportError;
  readonly passing: boolean;
  /** How long the server asks to wait; null where it says nothing. */
  readonly waitMs: (now: number) => number | null;
}

async function attemptOnce(
  endpoint: URL,
  body: string,
  where: string,
  options: Patience,
): Promise<{ readonly text: string } | Refusal> {
  options.signal?.throwIfAborted();
  let answer: Answer;
  try {
    answer = await exchange(endpoint, body, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { ...lostConnection(error, where, options.timeoutMs), waitMs: () => null };
  }
  if (answer.status === 200) return { text: answer.text };
  const failure = failureOf(answer, where, options.model);
  const asked = answer.headers.get('retry-after');
  return { failure, passing: isPassing(answer, failure), waitMs: now => retryAfter(asked, now) };
}

function lostConnection(error: unknown, where: string, timeoutMs: number): Omit<Refusal, 'waitMs'> {
  const hint = 'see whether the server runs: memport config get embedding_url';
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    const message = `${where} did not answer within ${timeoutMs / 1000} s`;
    const longer = 'memport config set embedding_timeout <seconds>';
    return { failure: new MemportError('network', message, { hint: longer, cause: error }), passing: false };
  }
  const passing = !(error instanceof RangeError);
  const message = `${where} can't be reached: ${reason(error)}`;
  return { failure: new MemportError('network', message, { hint, cause: error }), passing };
}

/** fetch itself only says that it failed; the cause says why, and where several addresses were tried the first of its errors. */
function reason(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  return toMemportError(first).message;
}

/** Seconds or a date. */
function retryAfter(header: string | null, now: number): number | null {
  if (header === null) return null;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

/** A server may repeat the key in what it says and where it sends one. The cause goes too: it may show the request. */
function scrubbed(failure: MemportError, key: string | null): MemportError {
  const withoutKey = (text: string): string =>
    spellings(key).reduce((rest, spelling) => rest.replaceAll(spelling, '***'), text);
  const message = withoutKey(failure.message);
  const hint = failure.hint === null ? null : withoutKey(failure.hint);
  if (message === failure.message && hint === failure.hint) return failure;
  const options = hint === null ? {} : { hint };
  return failure instanceof TooLarge
    ? new TooLarge(failure.code, message, options)
    : new MemportError(failure.code, message, options);
}

/** The key as it is, and as it stands in URLs. */
function spellings(key: string | null): readonly string[] {
  if (key === null) return [];
  return [key, encodeURIComponent(key), encodeURI(key)];
}

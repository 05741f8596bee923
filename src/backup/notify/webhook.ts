import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 10_000;
const RETRY_DELAYS_MS = [1000, 5000];

/**
 * Posts JSON. Server errors, too many requests, time-outs and a network that is down are tried again, twice. Redirects are
 * not followed. Its errors never name the address, which may hold a secret.
 */
export async function postWebhook(
  url: string,
  body: unknown,
  wait: (ms: number) => Promise<unknown> = sleep,
): Promise<void> {
  for (const delay of [...RETRY_DELAYS_MS, null]) {
    const answer = await post(url, body);
    if (answer.ok) return;
    if (delay === null || !answer.again) throw new Error(answer.why);
    await wait(delay);
  }
}

interface Answer {
  readonly ok: boolean;
  readonly again: boolean;
  readonly why: string;
}

async function post(url: string, body: unknown): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    const { ok, status } = response;
    return { ok, again: status >= 500 || status === 429, why: `it answered ${status}` };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause);
    return { ok: false, again: true, why: `it could not be reached (${code.replaceAll(url, '…')})` };
  }
}

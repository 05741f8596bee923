import { z } from 'zod';
import { MemportError } from '../../errors.ts';
import type { Answer } from './exchange.ts';

/** The server takes no request of this size; a smaller one may pass. */
export class TooLarge extends MemportError {}

const MAX_SHOWN = 300;
/** How servers say it: OpenAI, vLLM, Ollama, llama.cpp and TEI have no common code for it. */
const TOO_LARGE =
  /too (large|long|many)|context.?length|context size|maximum.{0,30}(length|batch|tokens?)|batch size|exceeds?\b/i;

const BODY = z.object({
  error: z.union([z.string(), z.object({ message: z.string(), code: z.unknown().optional() })]),
});

/** What an answer that is no success means. `where` names the server in messages. */
export function failureOf(answer: Answer, where: string, model: string): MemportError {
  const { status, elsewhere } = answer;
  const { said, code } = readError(answer.text);
  const what = `${where} answered ${status}${said === '' ? '' : `: ${said}`}`;
  if (elsewhere !== null) {
    return new MemportError('network', `${where} sends on to ${elsewhere}, which is not followed`, {
      hint: `if that is the place to ask: memport config set embedding_url ${elsewhere}`,
    });
  }
  if (status === 401 || status === 403) {
    return new MemportError('no_key', what, { hint: 'the key is taken from MEMPORT_EMBEDDING_API_KEY' });
  }
  if (status === 413 || ([400, 422, 500].includes(status) && TOO_LARGE.test(said)))
    return new TooLarge('network', what);
  if (status === 404) {
    const hint = `check embedding_url, and whether the server has the model ${model}`;
    return new MemportError('network', what, { hint });
  }
  if (code === 'insufficient_quota') return new MemportError('network', what, { hint: 'see to the account' });
  return new MemportError('network', what);
}

/** Whether the same request may pass later: not where the account is used up, nor where it is the size that is wrong. */
export function isPassing(answer: Answer, failure: MemportError): boolean {
  if (failure instanceof TooLarge || readError(answer.text).code === 'insufficient_quota') return false;
  return [408, 429, 500, 502, 503, 504].includes(answer.status);
}

function readError(text: string): { readonly said: string; readonly code: unknown } {
  const { error } = parse(text);
  const said = typeof error === 'string' ? error : (error?.message ?? text);
  return { said: cut(said.replace(/\s+/g, ' ').trim()), code: typeof error === 'object' ? error.code : null };
}

function parse(text: string): Partial<z.output<typeof BODY>> {
  try {
    return BODY.safeParse(JSON.parse(text)).data ?? {};
  } catch {
    return {};
  }
}

function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…`.toWellFormed() : text;
}

import { MemportError } from '../../errors.ts';
import { serviceUrl } from '../../service-url.ts';

const PATH = '/embeddings';

/**
 * The address to send texts to, of a base URL as programs show it: alone, with a path such as `/v1`, or the whole address.
 * Throws `usage`; what is refused is not shown.
 */
export function endpointOf(base: string): URL {
  const url = serviceUrl(base);
  if (url === null) {
    const what =
      base === '' ? 'is not set' : 'is no http or https URL without user, password, query and fragment';
    throw new MemportError('usage', `embedding_url ${what}`, {
      hint: 'memport config set embedding_url http://localhost:11434/v1; a key goes into MEMPORT_EMBEDDING_API_KEY',
    });
  }
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(PATH) ? path : `${path === '' ? '/v1' : path}${PATH}`;
  return url;
}

/**
 * The key for an address, from the environment: MEMPORT_EMBEDDING_API_KEY, or for OpenAI itself OPENAI_API_KEY, which
 * nobody else is sent. null without one. Throws `no_key` for what can't be a key, without showing it.
 */
export function keyFor(endpoint: URL, env: Readonly<Record<string, string | undefined>>): string | null {
  const own = env.MEMPORT_EMBEDDING_API_KEY?.trim();
  const openAi = isOpenAi(endpoint) ? env.OPENAI_API_KEY?.trim() : undefined;
  const key = own || openAi;
  if (!key) return null;
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  const name = own ? 'MEMPORT_EMBEDDING_API_KEY' : 'OPENAI_API_KEY';
  throw new MemportError(
    'no_key',
    `${name} can't be a key: it has spaces, line breaks or other such characters in it`,
  );
}

function isOpenAi({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' && /^([a-z0-9-]+\.)*openai\.com$/.test(hostname);
}

import { MemportError } from '../errors.ts';
import type { Memory } from '../model/memory.ts';
import type { Reader } from '../store/store.ts';
import { storedMemory } from '../transfer/stored-entry.ts';

const SHORTEST_PREFIX = 4;

/** The id that begins so. Throws `not_found` when none does, `usage` when several do or the prefix is too short. */
export async function resolveId(reader: Pick<Reader, 'idsByPrefix'>, prefix: string): Promise<string> {
  const text = prefix.toLowerCase();
  if (text.length < SHORTEST_PREFIX || !/^[0-9a-f-]+$/.test(text)) {
    throw new MemportError(
      'usage',
      `${JSON.stringify(prefix)} is no id: an id or at least its first ${SHORTEST_PREFIX} characters are needed`,
      {
        hint: 'memport list shows the ids',
      },
    );
  }
  const found = await reader.idsByPrefix('memory', text, 4);
  const [id, ...others] = found;
  if (id === undefined) {
    throw new MemportError('not_found', `no memory has an id that begins with ${prefix}`, {
      hint: 'memport list shows the ids',
    });
  }
  if (others.length > 0) {
    throw new MemportError(
      'usage',
      `several ids begin with ${prefix}: ${found.slice(0, 3).join(', ')}${found.length > 3 ? ', …' : ''}`,
      {
        hint: 'give more characters of the id',
      },
    );
  }
  return id;
}

/** The memory whose id begins so. Throws as resolveId does. */
export async function findMemory(
  reader: Pick<Reader, 'idsByPrefix' | 'get'>,
  prefix: string,
): Promise<{
  readonly memory: Memory;
  readonly line: string;
  readonly vector: Float32Array | null;
}> {
  const id = await resolveId(reader, prefix);
  const [stored] = await reader.get('memory', [id]);
  if (stored === undefined)
    throw new MemportError('not_found', `the memory ${id} is gone`, { hint: 'memport list shows the ids' });
  return { memory: storedMemory(stored), line: stored.line, vector: stored.vector };
}

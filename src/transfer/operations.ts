import { MemportError } from '../errors.ts';
import type { Operation, Reader } from '../store/store.ts';

const PAGE = 100;
const SHORTEST_PREFIX = 4;
const HINT = 'memport operations lists them';

/** Every operation, newest first. */
export async function* allOperations(reader: Pick<Reader, 'operations'>): AsyncIterable<Operation> {
  let after: string | null = null;
  for (;;) {
    const page: readonly Operation[] = await reader.operations({ prefix: '', after, limit: PAGE });
    const last = page.at(-1);
    if (last === undefined) return;
    yield* page;
    after = last.id;
  }
}

/** The newest operation that is neither undone nor itself an undo, so that one undo after the other goes back in time. */
export async function newestToUndo(reader: Pick<Reader, 'operations'>): Promise<Operation | null> {
  for await (const operation of allOperations(reader)) {
    if (operation.undoneBy === null && operation.undoes === null) return operation;
  }
  return null;
}

/** The operation whose id begins so. Throws `not_found` when none does, `usage` when several do or it is no id. */
export async function findOperation(reader: Pick<Reader, 'operations'>, prefix: string): Promise<Operation> {
  const text = prefix.toLowerCase();
  if (text.length < SHORTEST_PREFIX || !/^[0-9a-f-]+$/.test(text)) {
    const needed = `an id or at least its first ${SHORTEST_PREFIX} characters are needed`;
    throw new MemportError('usage', `${JSON.stringify(prefix)} is no id: ${needed}`, { hint: HINT });
  }
  const found = await reader.operations({ prefix: text, after: null, limit: 4 });
  const [operation, ...others] = found;
  if (operation === undefined) {
    throw new MemportError('not_found', `no operation has an id that begins with ${prefix}`, { hint: HINT });
  }
  if (others.length > 0) {
    const ids = found.slice(0, 3).map(({ id }) => id);
    throw new MemportError('usage', `several operations begin with ${prefix}: ${ids.join(', ')}`, {
      hint: 'give more characters of the id',
    });
  }
  return operation;
}

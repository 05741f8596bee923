import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../store/store.ts';
import type { Session } from './session.ts';

export interface OpenedTarget extends AsyncDisposable {
  readonly store: Store;
}

/**
 * The store that an import goes to. A dry run where there is none gets an empty one in the temporary folder, which goes
 * away with it: trying leaves nothing.
 */
export async function openTarget(session: Session, dryRun: boolean): Promise<OpenedTarget> {
  if (dryRun && !(await hasContent(session.home.store))) return openTrial();
  const store = await session.openStore('create');
  return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

async function openTrial(): Promise<OpenedTarget> {
  const { openStore } = await import('../store/open.ts');
  const folder = await mkdtemp(join(tmpdir(), 'memport-'));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    const store = await openStore({ path: join(folder, 'memport.db') });
    return {
      store,
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** Whether there is anything at the path, be it no store; an empty file is none yet. */
async function hasContent(path: string): Promise<boolean> {
  return stat(path).then(
    found => !found.isFile() || found.size > 0,
    () => false,
  );
}

import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';

export interface OpenedTarget extends AsyncDisposable {
  readonly store: Store;
}

/**
 * The store at `path`, opened by `open`, that an import goes to. A dry run where there is none gets an empty one in the
 * temporary folder, which goes away with it: trying leaves nothing. What `open` gives is closed when this is disposed of.
 */
export async function openTarget(
  path: string,
  dryRun: boolean,
  open: () => Promise<Store>,
): Promise<OpenedTarget> {
  if (dryRun && !(await hasContent(path))) return openTrial();
  const store = await open();
  return { store, [Symbol.asyncDispose]: () => store[Symbol.asyncDispose]() };
}

/** An empty store in the temporary folder, gone when it is disposed of. */
export async function openTrial(): Promise<OpenedTarget> {
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
export async function hasContent(path: string): Promise<boolean> {
  return stat(path).then(
    found => !found.isFile() || found.size > 0,
    () => false,
  );
}

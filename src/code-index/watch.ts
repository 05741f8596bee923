import { relative, sep } from 'node:path';
import { watch as watchFiles } from 'chokidar';
import type { WorkOptions } from '../model/progress.ts';
import { IgnoreRules, RULE_FILES } from './ignore-rules.ts';
import type { IndexReport } from './index-report.ts';
import { type IndexRequest, indexPaths, indexProject } from './indexer.ts';
import { findRoot } from './root.ts';
import { type Visit, walkFrom } from './walk.ts';

export interface WatchOptions {
  /** Ends the watch; it rejects then, as all work does. */
  readonly signal: AbortSignal;
  /** How long nothing must have changed before an index run begins, in ms. */
  readonly quietMs?: number;
  /** Told when changes are seen from now on. */
  readonly onReady?: () => void;
  readonly onReport: (report: IndexReport) => Promise<void>;
  readonly onProgress?: WorkOptions['onProgress'];
  readonly now: () => number;
}

const QUIET_MS = 300;

/**
 * Follows the changes below a project's folder until the signal aborts: what changed is indexed again once it has been
 * quiet for a moment, everything when the rules of what is ignored changed. The first run looks at all files, with the
 * watch on already, so that no change falls between.
 */
export async function watchProject(request: IndexRequest, options: WatchOptions): Promise<never> {
  const { signal } = options;
  const changes = new Changes(options.quietMs ?? QUIET_MS);
  for (let next = request; ; next = { ...request, all: false }) {
    signal.throwIfAborted();
    const rules = new IgnoreRules(request.root);
    await using _watcher = await startWatch(request.root, rules, changes);
    await options.onReport(await indexProject(at(next, options), options));
    options.onReady?.();
    await followChanges({ ...request, all: false }, options, changes, rules);
  }
}

/** Resolves when the rules have changed. */
async function followChanges(
  request: IndexRequest,
  options: WatchOptions,
  changes: Changes,
  rules: IgnoreRules,
): Promise<void> {
  const { signal } = options;
  for (;;) {
    const paths = await changes.next(signal);
    if (paths.some(path => RULE_FILES.some(name => path === name || path.endsWith(`/${name}`)))) return;
    // A folder that is gone, or a disk that was taken out, is no reason to forget all of its code.
    await findRoot(request.root);
    const visits: Visit[] = [];
    for await (const visit of walkFrom(request.root, paths, rules, signal)) visits.push(visit);
    const report = await indexPaths(at(request, options), paths, visits, options);
    if (report !== null) await options.onReport(report);
  }
}

function at(request: IndexRequest, { now }: WatchOptions): IndexRequest {
  return { ...request, nowMs: now() };
}

async function startWatch(root: string, rules: IgnoreRules, changes: Changes): Promise<AsyncDisposable> {
  const pathOf = (path: string): string => relative(root, path).split(sep).join('/');
  const watcher = watchFiles(root, {
    ignoreInitial: true,
    followSymlinks: false,
    ignored: (path, stats) => {
      const inside = pathOf(path);
      return (
        inside !== '' && !inside.startsWith('..') && rules.ignores(inside, stats?.isDirectory() ?? false)
      );
    },
  });
  watcher.on('all', (_event, path) => changes.add(pathOf(path)));
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  watcher.once('ready', () => resolve());
  watcher.once('error', reject);
  await ready;
  watcher.on('error', () => {});
  return { [Symbol.asyncDispose]: () => watcher.close() };
}

/** Gathers changed paths until there were none for a moment. */
class Changes {
  readonly #quietMs: number;
  readonly #paths = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #wake: () => void = () => {};

  constructor(quietMs: number) {
    this.#quietMs = quietMs;
  }

  add(path: string): void {
    this.#paths.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#wake(), this.#quietMs);
  }

  /** The paths that changed since the last time, as soon as there are any and it is quiet. Rejects when the signal aborts. */
  async next(signal: AbortSignal): Promise<readonly string[]> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const abort = (): void => {
      clearTimeout(this.#timer);
      reject(signal.reason);
    };
    if (signal.aborted) abort();
    this.#wake = resolve;
    signal.addEventListener('abort', abort, { once: true });
    clearTimeout(this.#timer);
    if (this.#paths.size > 0) this.#timer = setTimeout(resolve, this.#quietMs);
    try {
      await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
    const paths = [...this.#paths].sort();
    this.#paths.clear();
    return paths;
  }
}

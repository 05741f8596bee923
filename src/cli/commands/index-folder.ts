import { resolve } from 'node:path';
import { Command } from 'commander';
import type { IndexRequest } from '../../code-index/indexer.ts';
import { toMemportError } from '../../errors.ts';
import type { Act } from '../act.ts';
import { operand, refuseEmpty } from '../operands.ts';
import type { Session } from '../session.ts';
import type { ProgressLine } from '../ui/progress.ts';

interface IndexOptions {
  readonly project?: string;
  readonly all?: boolean;
  readonly replace?: boolean;
  readonly watch?: boolean;
}

export const indexCommand = (act: Act): Command =>
  new Command('index')
    .description('index the code of a folder, so that search-code finds it')
    .argument('<folder>', 'the folder of the project')
    .option('--project <name>', 'what the project is called (default: as its folder)')
    .option('--all', 'parse every file and make every vector again, also where nothing changed')
    .option('--replace', 'replace the code index of another folder under the same name')
    .option('--watch', 'stay and follow changes until Ctrl-C')
    .action(act((session, command) => index(session, operand(command, 0), command.opts<IndexOptions>())));

async function index(session: Session, folder: string, options: IndexOptions): Promise<void> {
  refuseEmpty(folder, 'the folder');
  const { findRoot, projectName } = await import('../../code-index/root.ts');
  const root = await findRoot(resolve(session.io.cwd, folder));
  const project = projectName(root, options.project);
  const { indexProject } = await import('../../code-index/indexer.ts');
  const { printIndexReport } = await import('../ui/index-report.ts');
  await using store = await session.openStore('create');
  using progress = session.progress();
  const failures: unknown[] = [];
  const request = {
    store,
    project,
    root,
    embedder: await session.embedder(),
    nowMs: session.io.now(),
    all: options.all === true,
    replace: options.replace === true,
    onEmbedderFailure: (error: unknown) => void failures.push(error),
  };
  if (options.watch) return await watch(session, request, progress);
  const started = performance.now();
  const report = await indexProject(request, { signal: session.io.signal, onProgress: progress.update });
  progress.clear();
  session.committed('the code index is stored');
  for (const failure of failures)
    await session.warn(`${request.embedder?.model} failed: ${toMemportError(failure).message}`);
  if (report.unreadable.length > 0) session.exitCode = 3;
  await printIndexReport(session, report, performance.now() - started);
}

/** Until Ctrl-C, which ends it like any other command that is interrupted. */
async function watch(session: Session, request: IndexRequest, progress: ProgressLine): Promise<void> {
  const { watchProject } = await import('../../code-index/watch.ts');
  const { printIndexReport } = await import('../ui/index-report.ts');
  let started = session.io.now();
  const onEmbedderFailure = (error: unknown) =>
    void session.warn(`${request.embedder?.model} failed: ${toMemportError(error).message}`);
  await watchProject(
    { ...request, onEmbedderFailure },
    {
      signal: session.io.signal,
      onProgress: progress.update,
      now: () => {
        started = session.io.now();
        return started;
      },
      onReady: () => void session.note(`watching ${request.root}; Ctrl-C ends it`),
      onReport: async report => {
        progress.clear();
        await printIndexReport(session, report, session.io.now() - started);
      },
    },
  );
}

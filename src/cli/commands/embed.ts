import { Command } from 'commander';
import { MemportError, toMemportError } from '../../errors.ts';
import type { EmbedReport, EmbedWork } from '../../transfer/embed.ts';
import type { Act } from '../act.ts';
import type { Session } from '../session.ts';

interface EmbedOptions {
  readonly all?: boolean;
}

export const embedCommand = (act: Act): Command =>
  new Command('embed')
    .description('make the vectors that memories lack to be searched by')
    .option('--all', 'make those of all memories again, in place of their own, and swap them at once')
    .action(act((session, command) => embed(session, command.opts<EmbedOptions>().all === true)));

async function embed(session: Session, all: boolean): Promise<void> {
  const embedder = await session.requiredEmbedder();
  if (embedder === null) {
    throw new MemportError('usage', 'there is no embedder to make vectors with', {
      hint: 'memport config set embedding_provider hashing',
    });
  }
  const { embedAll, embedPending } = await import('../../transfer/embed.ts');
  await using store = await session.openStore('existing');
  using progress = session.progress();
  let kept = 0;
  const failures: unknown[] = [];
  const work: EmbedWork = {
    signal: session.io.signal,
    onProgress: progress.update,
    onKept: embedded => {
      kept = embedded;
    },
    onFailure: error => void failures.push(error),
  };
  try {
    const report = all
      ? await embedAll(store, embedder, session.io.now(), work)
      : await embedPending(store, embedder, work);
    progress.clear();
    session.committed('the vectors are stored');
    for (const failure of failures)
      await session.warn(`${embedder.model} failed: ${toMemportError(failure).message}`);
    if (failures.length > 0) session.exitCode = 3;
    await printReport(session, report);
  } catch (error) {
    progress.clear();
    if (kept > 0)
      await session.warn(`${kept} memories were given a vector and keep it; the next run goes on from there`);
    throw error;
  }
}

async function printReport(session: Session, report: EmbedReport): Promise<void> {
  if (session.json) {
    await session.outJson(report);
    return;
  }
  const { embedded, unchanged, pending } = report;
  await session.out(`${embedded} embedded, ${unchanged} unchanged, ${pending} pending`);
  if (pending > 0) await session.note('run memport embed again for those that are pending');
  if (report.operation_id !== null) await session.note(`operation ${report.operation_id}`);
}

import { Command } from 'commander';
import { MemportError, toMemportError } from '../../errors.ts';
import type { EmbedReport, EmbedWork } from '../../transfer/embed.ts';
import type { Act } from '../act.ts';
import type { Session } from '../session.ts';

interface EmbedOptions {
  readonly all?: boolean;
  readonly model?: string;
}

export const embedCommand = (act: Act): Command =>
  new Command('embed')
    .description('make the vectors that memories lack to be searched by')
    .option('--all', 'make those of all memories again, in place of their own, and swap them at once')
    .option(
      '--model <name>',
      'by this model of the configured provider, which the settings name from then on',
    )
    .action(act((session, command) => embed(session, command.opts<EmbedOptions>())));

async function embed(session: Session, { all = false, model }: EmbedOptions): Promise<void> {
  if (model !== undefined) await checkModel(session, model);
  const embedder = await session.requiredEmbedder(model);
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
    if (model !== undefined && failures.length === 0) await keepModel(session, model);
  } catch (error) {
    progress.clear();
    if (kept > 0)
      await session.warn(`${kept} memories were given a vector and keep it; the next run goes on from there`);
    throw error;
  }
}

/** Before anything is made: what the settings would refuse, or the provider does not have. */
async function checkModel(session: Session, model: string): Promise<void> {
  const { checkSetting } = await import('../../config.ts');
  const { HASHING_MODEL } = await import('../../embedding/hashing.ts');
  checkSetting('embedding_model', model, '--model');
  if ((await session.config()).embedding_provider !== 'hashing' || model === HASHING_MODEL) return;
  throw new MemportError('usage', `the provider hashing has no model ${JSON.stringify(model)}`, {
    hint: 'memport config set embedding_provider transformers, or http',
  });
}

/** After the vectors: a crash in between leaves a search by those that are there. */
async function keepModel(session: Session, model: string): Promise<void> {
  const { setSetting } = await import('../../config.ts');
  await setSetting(session.home.config, 'embedding_model', model);
  await session.note(`embedding_model is ${model}`);
  if (session.io.env.MEMPORT_EMBEDDING_MODEL)
    await session.warn('the environment variable MEMPORT_EMBEDDING_MODEL still names another model');
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

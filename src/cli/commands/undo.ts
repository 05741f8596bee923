import { Command } from 'commander';
import type { Left, UndoReport } from '../../transfer/undo.ts';
import { undoRecord } from '../../transfer/undo-record.ts';
import type { Act } from '../act.ts';
import type { Session } from '../session.ts';
import { Listing } from '../ui/listing.ts';
import { visible } from '../ui/text.ts';

export const undoCommand = (act: Act): Command =>
  new Command('undo')
    .description('take back exactly what an import, a restore or an undo has changed')
    .argument(
      '[operation]',
      'an operation, or its first 4 or more characters (default: the newest that is not undone and no undo)',
    )
    .option('--dry-run', 'show what would be taken back, and do nothing')
    .action(
      act((session, command) =>
        undo(session, command.args[0] ?? null, command.opts<{ dryRun?: boolean }>().dryRun === true),
      ),
    );

async function undo(session: Session, operation: string | null, dryRun: boolean): Promise<void> {
  const { undoOperation } = await import('../../transfer/undo.ts');
  await using store = await session.openStore('existing');
  using progress = session.progress();
  const listing = new Listing(session);
  const report = await undoOperation(
    store,
    {
      operation,
      dryRun,
      nowMs: session.io.now(),
      onLeft: left => listing.add('left', () => [leftLine(session, left)]),
    },
    { signal: session.io.signal, onProgress: progress.update },
  );
  progress.clear();
  await listing.finish();
  await printReport(session, report, dryRun);
  if (report !== null && report.left > 0) session.exitCode = 3;
}

function leftLine(session: Session, { kind, id }: Left): string {
  if (session.json) return JSON.stringify({ message_type: 'left', kind, id });
  return `left       ${visible(id)}  ${kind.replace('_', ' ')}: changed since, and left as it is`;
}

async function printReport(session: Session, report: UndoReport | null, dryRun: boolean): Promise<void> {
  if (session.json) {
    await session.outJson({ message_type: 'summary', ...undoRecord(report, dryRun) });
    return;
  }
  if (report === null) {
    await session.note('there is nothing to undo');
    return;
  }
  const { operation, restored, left, operationId } = report;
  if (restored === 0) {
    await session.out(
      `nothing of the ${visible(operation.kind)} ${operation.id} of ${visible(operation.source)} ${dryRun ? 'would be' : 'was'} taken back: all ${left} rows were changed since`,
    );
    await session.note('to go further back, name an older one: memport operations lists them');
    return;
  }
  const verb = dryRun ? 'would undo' : 'undid';
  const rest = left > 0 ? `; ${left} were changed since and left` : '';
  await session.out(
    `${verb} the ${visible(operation.kind)} ${operation.id} of ${visible(operation.source)}: ${restored} rows as before${rest}`,
  );
  if (operationId !== null) await session.note(`to take this back: memport undo ${operationId}`);
  if (dryRun) await session.note('nothing was changed; without --dry-run it will be');
}

import { Command } from 'commander';
import { formatInstant } from '../../model/instant.ts';
import type { Operation } from '../../store/store.ts';
import type { Act } from '../act.ts';
import { readCount } from '../numbers.ts';
import type { Session } from '../session.ts';
import { table } from '../ui/table.ts';

const COLUMNS = [
  { title: 'OPERATION' },
  { title: 'KIND' },
  { title: 'WHEN' },
  { title: 'CHANGED', align: 'right' },
  { title: 'UNDONE' },
  { title: 'SOURCE', flexible: true },
] as const;

export const operationsCommand = (act: Act): Command =>
  new Command('operations')
    .description('list what imports, restores and undos have changed, newest first')
    .option('--limit <n>', 'at most so many', '50')
    .option('--all', 'every one, without a limit')
    .action(
      act(async (session, command) => {
        const options = command.opts<{ limit: string; all?: boolean }>();
        const limit = options.all ? Number.POSITIVE_INFINITY : readCount(options.limit, '--limit', 1);
        await listOperations(session, limit);
      }),
    );

async function listOperations(session: Session, limit: number): Promise<void> {
  const { allOperations } = await import('../../transfer/operations.ts');
  await using store = await session.openStore('existing');
  const rows: string[][] = [];
  let [shown, hasMore] = [0, false];
  for await (const operation of allOperations(store)) {
    hasMore = shown === limit;
    if (hasMore) break;
    shown += 1;
    if (session.json) await session.outJson(operationRecord(operation));
    else rows.push(operationRow(operation));
  }
  if (rows.length > 0) await session.out(table(COLUMNS, rows, session.width).join('\n'));
  if (shown === 0) await session.note('no operations');
  if (hasMore) await session.note(`the newest ${shown}; all of them: memport operations --all`);
}

function operationRow({ id, kind, startedAt, changed, undoneBy, source }: Operation): string[] {
  const count = changed.memories + changed.codeUnits + changed.projects;
  const when = formatInstant(startedAt).replace(/\.\d+/, '');
  return [id, kind, when, String(count), undoneBy === null ? '' : 'undone', source];
}

/** An operation under the names of `--json`. */
export function operationRecord(operation: Operation): Readonly<Record<string, unknown>> {
  return {
    id: operation.id,
    kind: operation.kind,
    source: operation.source,
    started_at: formatInstant(operation.startedAt),
    finished_at: formatInstant(operation.finishedAt),
    memories: operation.changed.memories,
    code_units: operation.changed.codeUnits,
    projects: operation.changed.projects,
    undoes: operation.undoes,
    undone_by: operation.undoneBy,
  };
}

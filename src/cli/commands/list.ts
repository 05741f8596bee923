import { Command } from 'commander';
import type { Filter } from '../../model/filter.ts';
import type { Memory } from '../../model/memory.ts';
import type { Reader } from '../../store/store.ts';
import type { Act } from '../act.ts';
import { addFilters, type FilterOptions, readFilter } from '../filters.ts';
import { readCount } from '../numbers.ts';
import type { Session } from '../session.ts';

interface ListOptions extends FilterOptions {
  readonly limit: string;
  readonly offset: string;
  readonly all?: boolean;
  readonly fullIds?: boolean;
}

const PAGE = 500;

export const listCommand = (act: Act): Command =>
  addFilters(new Command('list').description('list memories, the last changed first'))
    .option('--limit <n>', 'at most so many', '50')
    .option('--offset <n>', 'pass over the first so many', '0')
    .option('--all', 'every one, without a limit')
    .option('--full-ids', 'ids in full')
    .action(
      act(async (session, command) => {
        const options = command.opts<ListOptions>();
        const filter = readFilter(options, session.io.now());
        const offset = readCount(options.offset, '--offset', 0);
        const limit = options.all ? Number.POSITIVE_INFINITY : readCount(options.limit, '--limit', 1);
        await using opened = await session.openStore('existing');
        await using store = await opened.snapshot();
        const shown = session.json
          ? await printLines(session, store, filter, offset, limit)
          : await printTable(session, store, filter, offset, limit, options.fullIds === true);
        const { memories } = await store.counts(filter);
        const rest = memories - offset - shown;
        if (memories === 0) await session.note('no memories');
        else if (rest > 0)
          await session.note(
            `${shown} of ${memories}; the rest: memport list --offset ${offset + shown}, or --all`,
          );
      }),
    );

/** One record a line: JSON Lines stay flat in memory however many there are. */
async function printLines(
  session: Session,
  store: Reader,
  filter: Filter,
  offset: number,
  limit: number,
): Promise<number> {
  let shown = 0;
  while (shown < limit) {
    const page = await store.newest(filter, { offset: offset + shown, limit: Math.min(PAGE, limit - shown) });
    if (page.length === 0) break;
    await session.out(page.map(stored => stored.line).join('\n'));
    shown += page.length;
  }
  return shown;
}

async function printTable(
  session: Session,
  store: Reader,
  filter: Filter,
  offset: number,
  limit: number,
  fullIds: boolean,
): Promise<number> {
  const { storedMemory } = await import('../../transfer/stored-entry.ts');
  const { memoryTable } = await import('../ui/memory.ts');
  const memories: Memory[] = [];
  while (memories.length < limit) {
    const page = await store.newest(filter, {
      offset: offset + memories.length,
      limit: Math.min(PAGE, limit - memories.length),
    });
    if (page.length === 0) break;
    memories.push(...page.map(storedMemory));
  }
  if (memories.length > 0) await session.out(memoryTable(memories, session, fullIds).join('\n'));
  return memories.length;
}

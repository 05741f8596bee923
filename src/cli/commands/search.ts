import { Command } from 'commander';
import type { Act } from '../act.ts';
import { addFilters, type FilterOptions, readFilter } from '../filters.ts';
import { readCount } from '../numbers.ts';

export const searchCommand = (act: Act): Command =>
  addFilters(
    new Command('search')
      .description('find memories by words and by likeness, the best first')
      .argument('<query...>', 'what to look for'),
  )
    .option('--limit <n>', 'at most so many', '10')
    .action(
      act(async (session, command) => {
        const options = command.opts<FilterOptions & { readonly limit: string }>();
        const request = {
          query: command.args.join(' '),
          filter: readFilter(options, session.io.now()),
          limit: readCount(options.limit, '--limit', 1),
        };
        const { searchMemories } = await import('../../memories/search.ts');
        await using store = await session.openStore('existing');
        const warnings: string[] = [];
        const others = {
          open: (label: string) => session.embedderOf(label),
          warn: (warning: string) => void warnings.push(warning),
        };
        const { signal } = session.io;
        const found = await searchMemories(store, request, await session.embedder(), signal, others);
        for (const warning of warnings) await session.warn(warning);
        if (session.json) {
          for (const { line, score } of found) await session.out(`{"memory":${line},"score":${score}}`);
          return;
        }
        const { memoryTable } = await import('../ui/memory.ts');
        const memories = found.map(hit => hit.memory);
        if (memories.length > 0) await session.out(memoryTable(memories, session, false).join('\n'));
        else await session.note('nothing found');
      }),
    );

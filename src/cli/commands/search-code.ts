import { Command } from 'commander';
import { toMemportError } from '../../errors.ts';
import { readCodeFilter } from '../../model/code-filter.ts';
import type { Act } from '../act.ts';
import { collect } from '../filters.ts';
import { readCount } from '../numbers.ts';

interface SearchCodeOptions {
  readonly project: readonly string[];
  readonly language: readonly string[];
  readonly type: readonly string[];
  readonly path?: string;
  readonly limit: string;
}

export const searchCodeCommand = (act: Act): Command =>
  new Command('search-code')
    .description('find code by words, parts of names and likeness, the best first')
    .argument('<query...>', 'what to look for')
    .option('--project <name>', 'only this project (repeatable)', collect, [])
    .option('--language <language>', 'only this language (repeatable): typescript, python, …', collect, [])
    .option('--type <type>', 'only units of this type (repeatable): function, method, class, …', collect, [])
    .option('--path <prefix>', 'only files whose path begins so: src/store/')
    .option('--limit <n>', 'at most so many', '10')
    .action(
      act(async (session, command) => {
        const { project, language, type, path, limit } = command.opts<SearchCodeOptions>();
        const search = {
          query: command.args.join(' '),
          filter: readCodeFilter({ projects: project, languages: language, unitTypes: type, path }),
          limit: readCount(limit, '--limit', 1),
        };
        const { searchCode } = await import('../../code-index/search.ts');
        await using store = await session.openStore('existing');
        const failures: unknown[] = [];
        const found = await searchCode(store, search, await session.embedder(), {
          signal: session.io.signal,
          onEmbedderFailure: error => void failures.push(error),
        });
        for (const failure of failures)
          await session.warn(`searched by words alone: ${toMemportError(failure).message}`);
        if (session.json) {
          for (const { line, score } of found) await session.out(`{"code_unit":${line},"score":${score}}`);
          return;
        }
        const { codeTable } = await import('../ui/code-unit.ts');
        if (found.length === 0) await session.note('nothing found');
        else
          await session.out(
            codeTable(
              found.map(({ unit }) => unit),
              session,
            ).join('\n'),
          );
      }),
    );

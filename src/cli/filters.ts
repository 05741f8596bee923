import type { Command } from 'commander';
import type { Filter } from '../model/filter.ts';
import { CATEGORIES } from '../model/memory.ts';
import { readFilter as readFilterWords } from '../model/read-filter.ts';

export interface FilterOptions {
  readonly project: readonly string[];
  readonly category: readonly string[];
  readonly tag: readonly string[];
  readonly since?: string;
  readonly until?: string;
}

/** Gathers a repeatable option. */
export function collect(value: string, earlier: readonly string[]): readonly string[] {
  return [...earlier, value];
}

/** The same filters, with the same meaning, for every command that has them. */
export function addFilters(command: Command): Command {
  return command
    .option('--project <name>', 'only this project (repeatable)', collect, [])
    .option('--category <category>', `only this category (repeatable): ${CATEGORIES.join(', ')}`, collect, [])
    .option('--tag <tag>', 'only with this tag (repeatable)', collect, [])
    .option(
      '--since <date>',
      'only changed at or after: 2026-01-31, 2026-01-31T10:00Z, 12h, 7d, 2w, yesterday',
    )
    .option('--until <date>', 'only changed at or before; a bare day means its end');
}

export function readFilter(options: FilterOptions, nowMs: number): Filter {
  const { project, category, tag, since, until } = options;
  return readFilterWords({ projects: project, categories: category, tags: tag, since, until }, nowMs);
}

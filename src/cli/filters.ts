import type { Command } from 'commander';
import { MemportError } from '../errors.ts';
import type { Filter } from '../model/filter.ts';
import { CATEGORIES } from '../model/memory.ts';
import { parseWhen } from '../model/when.ts';

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
  for (const category of options.category) {
    if (!CATEGORIES.some(known => known === category)) {
      throw new MemportError('usage', `there is no category ${JSON.stringify(category)}`, {
        hint: `it is one of ${CATEGORIES.join(', ')}`,
      });
    }
  }
  const since = readBound(options.since, nowMs, 'start');
  const until = readBound(options.until, nowMs, 'end');
  if (since !== null && until !== null && since > until) {
    throw new MemportError('usage', '--since is later than --until: nothing could pass');
  }
  return { projects: options.project, categories: options.category, tags: options.tag, since, until };
}

function readBound(text: string | undefined, nowMs: number, edge: 'start' | 'end'): bigint | null {
  if (text === undefined) return null;
  const instant = parseWhen(text, nowMs, edge);
  if (instant !== null) return instant;
  throw new MemportError('usage', `${JSON.stringify(text)} is no date`, {
    hint: 'for example 2026-01-31, 2026-01-31T10:00Z, 12h, 7d, 2w or yesterday',
  });
}

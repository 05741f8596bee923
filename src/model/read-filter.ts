import { MemportError } from '../errors.ts';
import type { Filter } from './filter.ts';
import { CATEGORIES } from './memory.ts';
import { parseWhen } from './when.ts';

/** A filter in the words of a user. */
export interface FilterWords {
  readonly projects?: readonly string[] | undefined;
  readonly categories?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly since?: string | undefined;
  /** A bare day means its end. */
  readonly until?: string | undefined;
}

/** The filter that is meant. Throws `usage` for an unknown category, what is no date, and bounds that let nothing pass. */
export function readFilter(words: FilterWords, nowMs: number): Filter {
  const { projects = [], categories = [], tags = [] } = words;
  for (const category of categories) {
    if (!CATEGORIES.some(known => known === category)) {
      throw new MemportError('usage', `there is no category ${JSON.stringify(category)}`, {
        hint: `it is one of ${CATEGORIES.join(', ')}`,
      });
    }
  }
  const since = readBound(words.since, nowMs, 'start');
  const until = readBound(words.until, nowMs, 'end');
  if (since !== null && until !== null && since > until) {
    throw new MemportError('usage', '"since" is later than "until": nothing could pass');
  }
  return { projects, categories, tags, since, until };
}

function readBound(text: string | undefined, nowMs: number, edge: 'start' | 'end'): bigint | null {
  if (text === undefined) return null;
  const instant = parseWhen(text, nowMs, edge);
  if (instant !== null) return instant;
  throw new MemportError('usage', `${JSON.stringify(text)} is no date`, {
    hint: 'for example 2026-01-31, 2026-01-31T10:00Z, 12h, 7d, 2w or yesterday',
  });
}
